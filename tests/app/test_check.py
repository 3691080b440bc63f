import pytest

from p4ir.check import VERDICTS
from p4ir.review import Draft, ReviewStore
from p4ir.rules import parse_rule
from tests.app.parts import parts

RULE = parse_rule("if(exist(door)),then(obligation(greaterThanEqual(door.clearWidth,950 mm)))")


@pytest.fixture
def approved(home):
    """A store with one approved rule, which doors of the sample office break."""
    with ReviewStore(home / "reviews.db") as store:
        draft = Draft(
            clause="A door shall be 950 mm wide.", rule=RULE, id="wide", status="approved"
        )
        yield store, store.add([draft], "Ada").added[0]


def checked(page):
    page.button(key="check_go").click().run()
    assert not page.exception
    return page


def counts(page):
    return {metric.label.lower(): int(metric.value) for metric in page.metric}


def findings(page):
    return parts(page, "queue")[0]["items"]


def test_the_sample_is_checked_with_the_sample_rules(open_page):
    page = checked(open_page("check"))
    assert list(counts(page)) == list(VERDICTS)
    assert counts(page)["fail"] > 0
    notes = [item["note"] for item in findings(page)]
    assert notes == sorted(notes, key=VERDICTS.index)
    assert set(notes) == {"fail", "unknown", "review"}


def test_approved_rules_are_checked_where_there_are_any(open_page, approved):
    page = checked(open_page("check"))
    assert counts(page)["fail"] == len(findings(page)) - counts(page)["unknown"]
    assert {item["text"] for item in findings(page)} == {"wide: A door shall be 950 mm wide."}
    assert "950" in parts(page, "linked")[0]["rule"]


def test_findings_are_filtered_by_verdict_and_words(open_page, approved):
    page = checked(open_page("check"))
    page.pills(key="finding_verdicts").set_value(["pass"]).run()
    assert {item["note"] for item in findings(page)} == {"pass"}
    page.text_input(key="finding_text").set_value("no such door").run()
    assert parts(page, "queue") == []
    assert "No finding matches" in [each.value.strip("*") for each in page.markdown]


def test_results_are_marked_as_out_of_date_once_a_rule_changes(open_page, approved):
    store, rule = approved
    page = checked(open_page("check"))
    assert not page.warning
    changed = parse_rule(str(RULE)[6:-1].replace("950", "700"))
    store.edit(rule.id, changed, version=rule.version, author="Ada", approve=True)
    page.run()
    assert "Out of date" in page.warning[0].value
    checked(page)
    assert not page.warning


def test_facts_are_typed_on_the_spot(open_page, approved):
    page = open_page("check")
    page.segmented_control(key="check_building").set_value("typed").run()
    checked(page)
    assert counts(page)["fail"] == 1
    assert findings(page)[0]["title"] == "D1"


def test_without_rules_nothing_can_be_checked(open_page):
    page = open_page("check")
    page.segmented_control(key="check_rules").set_value("approved").run()
    assert page.button(key="check_go").disabled
    assert "No rule is approved yet" in " ".join(each.value for each in page.caption)
