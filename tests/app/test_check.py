import json

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


def test_results_are_marked_as_out_of_date_once_more_is_left_out(open_page, approved):
    store, _ = approved
    page = checked(open_page("check"))
    store.add([Draft(clause="A door shall be lit.", rule=RULE, id="lit")], "Ada")
    page.run()
    assert "Out of date" in page.warning[0].value
    checked(page)
    assert not page.warning


def captions(page):
    return " ".join(each.value for each in page.caption).replace("\\", "")


def test_rules_of_the_review_that_are_not_approved_are_said_to_be_left_out(open_page, approved):
    store, _ = approved
    page = checked(open_page("check"))
    assert "Not checked against" not in captions(page)
    store.add([Draft(clause="A door shall be lit.", rule=RULE, id="lit")], "Ada")
    assert "**Not checked against**: 1 rule of the review, not approved" in captions(checked(page))


def test_rules_of_documents_that_were_not_chosen_are_said_to_be_left_out(open_page, approved):
    store, _ = approved
    other = Draft(clause="Doors.", rule=RULE, id="other", document="B", status="approved")
    store.add([other], "Ada")
    page = open_page("check")
    page.multiselect(key="check_documents").set_value(["B"]).run()
    assert "**Not checked against**: 1 rule of other documents" in captions(checked(page))


def test_rules_of_a_file_that_cannot_be_read_or_were_rejected_are_left_out_and_said(open_page):
    rows = [{"rule": str(RULE)[6:-1], "status": status} for status in ("approved", "rejected")]
    lines = [*map(json.dumps, rows), *["{}"] * 6]
    page = open_page("check")
    page.segmented_control(key="check_rules").set_value("file").run()
    uploader = page.file_uploader(key="check_rules_file")
    uploader.set_value(("rules.jsonl", "\n".join(lines).encode(), "text/plain")).run()
    checked(page)
    assert "Two-storey office: 31 elements, 1 rule," in captions(page)
    said = (
        "**Not checked against**: 1 rule, rejected by a reviewer; line 3: an object without a rule"
    )
    assert said in captions(page)
    assert "and 2 more, which reports name" in captions(page)
    assert {item["text"] for item in findings(page)} == {"1: "}


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
