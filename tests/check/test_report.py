import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest

from p4ir.check import Building, check, explain
from p4ir.check.report import summarize, write_csv, write_html, write_json
from p4ir.check.report.csv_report import safe_cell
from p4ir.check.report.html_report import MAX_ROWS
from p4ir.rules import format_rule, parse_rule
from p4ir.rules.entry import Entry
from tests.check.buildings import building, element

SCRIPT = "<script>alert(1)</script>"
WIDE = parse_rule("if(exist(door)),then(obligation(greaterThanEqual(door.width,850 mm)))")


def wide(**about) -> Entry:
    return Entry(rule=WIDE, **about)


def doors(*widths: str) -> Building:
    return building(*(element(f"d{n}", "door", width=width) for n, width in enumerate(widths)))


class Tags(HTMLParser):
    """Collects the tags of a page, and checks that they close as they open."""

    def __init__(self):
        super().__init__()
        self.seen, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def tags_of(page: str) -> list[tuple[str, dict]]:
    parser = Tags()
    parser.feed(page)
    assert not parser.open
    return parser.seen


def test_what_a_clause_or_an_element_says_is_text_and_never_html():
    facts = building(element(SCRIPT, "door", width=SCRIPT), element("e", "door"))
    hostile = wide(id=f"{SCRIPT}\"'", clause=SCRIPT, document=SCRIPT, status=SCRIPT, model=SCRIPT)
    page = write_html(check([hostile], facts), facts)
    assert "script" not in {tag for tag, _ in tags_of(page)}
    assert page.count("&lt;script&gt;") >= 5


def test_the_page_needs_nothing_else_and_prints_and_is_light_and_dark():
    facts = doors("900 mm", "1 kg")
    page = write_html(check([wide(id="r")], facts), facts)
    assert {tag for tag, _ in tags_of(page)}.isdisjoint({"link", "img", "script", "iframe"})
    assert not re.search(r"https?:|url\(", page)
    assert "@media print" in page
    assert "prefers-color-scheme: dark" in page


def test_the_page_links_each_rule_to_its_findings():
    facts = doors("900 mm")
    rules = [wide(id="a b"), wide(id="a-b"), wide(id="é")]
    tags = tags_of(write_html(check(rules, facts), facts))
    ids = [attrs["id"] for tag, attrs in tags if tag == "section"]
    links = [attrs["href"] for tag, attrs in tags if tag == "a"]
    assert len(set(ids)) == 3
    assert {f"#{id}" for id in ids} == set(links)


def test_the_page_says_what_the_rule_is_who_wrote_it_and_in_which_state_it_is():
    facts = doors("900 mm")
    entry = wide(id="R1", clause="Doors are wide.", document="Code", number="1.2",
                 model="M", adapter="A", status="approved")  # fmt: skip
    page = write_html(check([entry], facts), facts)
    for said in ("R1", "Doors are wide.", "Code 1.2", "approved", "M · A", format_rule(WIDE)):
        assert said in page
    assert "not legal advice" in page


def test_a_page_of_many_findings_stays_readable():
    facts = doors(*["1 mm"] * (MAX_ROWS + 5))
    page = write_html(check([wide(id="r")], facts), facts)
    assert "and 5 more; the JSON report has all" in page
    assert page.count('<th scope="row">d') == MAX_ROWS


def test_a_building_without_rules_gives_a_page_too():
    facts = doors("1 m")
    assert tags_of(write_html([], facts))


def test_json_holds_every_finding_with_what_was_read_compared_and_missed():
    facts = building(element("d", "door", width="800 mm"), element("e", "door"))
    report = json.loads(write_json(check([wide(id="r", clause="c")], facts), facts))
    assert report["counts"] == {"fail": 1, "unknown": 1, "review": 0, "pass": 0,
                                "not applicable": 0}  # fmt: skip
    assert report["rules"] == [{"id": "r", "rule": format_rule(WIDE), "clause": "c"}]
    failed, unknown = report["findings"]
    assert failed["element"] == {"id": "d", "globalId": "", "name": "", "type": ["door"]}
    assert failed["reason"]["facts"] == [{"element": "d", "name": "width", "value": "800 mm"}]
    assert failed["reason"]["comparisons"][0]["holds"] is False
    assert unknown["reason"]["missing"][0]["code"] == "fact-missing"


def test_csv_holds_one_line_for_each_finding():
    facts = building(element("d", "door", width="800 mm"), element("e", "door"))
    text = write_csv(check([wide(id="r", clause='Says "wide", twice.\nReally.')], facts), facts)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(row["verdict"], row["element"]) for row in rows] == [("fail", "d"), ("unknown", "e")]
    assert rows[0]["clause"] == 'Says "wide", twice.\nReally.'
    assert rows[0]["lrml"] == format_rule(WIDE)


def test_csv_says_behind_the_findings_what_was_not_checked_against():
    facts = doors("900 mm")
    text = write_csv(check([wide(id="r")], facts), facts, ["line 2: no rule", "=1 rule, rejected"])
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    said = [(row["verdict"], row["rule"], row["reason"]) for row in rows[1:]]
    assert said == [
        ("not checked", "", "line 2: no rule"),
        ("not checked", "", "'=1 rule, rejected"),
    ]
    assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum(1)", "\t=1", "\r=1", " =1", "＝1"])
def test_no_cell_of_the_csv_is_a_formula(text):
    assert safe_cell(text) == f"'{text}"
    facts = building(element(text, "door", width=text))
    rows = csv.reader(io.StringIO(write_csv(check([wide(id=text, clause=text)], facts), facts)))
    assert not [cell for row in rows for cell in row if cell.startswith(text)]


def test_a_summary_counts_verdicts_and_what_would_settle_most():
    facts = building(element("d", "door"), element("e", "door"), element("f", "door", width="1 m"))
    summary = summarize(check([wide(id="r")], facts))
    assert summary.verdicts == {"unknown": 2, "pass": 1}
    assert summary.wanted == (("width", 2),)
    assert [(rule.rule_id, rule.worst) for rule in summary.rules] == [("r", "unknown")]


NO_QUANTITY = "is no quantity: write a number and a unit, as in 0.84 m."


@pytest.mark.parametrize(
    "value", ["0,84 m", "9.9 m^2", "1,200 mm", "2 ft 10 in", ">= 900 mm", "≥900 mm", "-0,5 m"]
)
@pytest.mark.parametrize(
    "demand",
    [
        "greaterThan(door.width,1 m)",
        "equal(door.width,1 m)",
        "lessThan(door.height,door.width)",
    ],
)
def test_a_value_that_is_no_quantity_is_said_to_be_none(value, demand):
    rule = Entry(rule=parse_rule(f"if(exist(door)),then(obligation({demand}))"))
    facts = building(element("d", "door", width=value, height="2 m"))
    (finding,) = check([rule], facts)
    assert (finding.verdict, finding.reason.code) == ("unknown", "not-a-quantity")
    assert explain(finding).endswith(f"door.width: “{value}” {NO_QUANTITY}")


@pytest.mark.parametrize(
    ("rule", "facts", "said"),
    [
        ("greaterThan(door.width,1 m)", {"width": "0.9 m"}, "door.width (0.9 m) is not > 1 m."),
        ("greaterThan(door.width,1 m)", {}, "Width of d is not stated."),
        ("greaterThan(door.width,1 m)", {"width": "9 kg"},
         "width of d: 9 kg. door.width: 9 kg and 1 m cannot be compared."),
        ("greaterThan(door.width,1 m)", {"width": "steel"},
         "width of d: steel. door.width: steel and 1 m cannot be compared."),
        ("greaterThan(max(door.width),1 m)", {"width": "0,84 m"},
         f"max(door.width): “0,84 m” {NO_QUANTITY}"),
        ("is(door.material,oak)", {"material": "ash"}, "material (ash) is not oak."),
        ("complyWith(door,en_1125)", {}, "complyWith(door,en_1125) refers to en_1125."),
        ("has(door,lock)", {"complete": ["has lock"]}, "d has lock: none."),
        ("has(door,lock)", {}, "Not all there is of “has lock” of d is known."),
    ],
)  # fmt: skip
def test_a_reason_reads_as_a_sentence(rule, facts, said):
    whole = Entry(rule=parse_rule(f"if(exist(door)),then(obligation({rule}))"))
    (finding,) = check([whole], building(element("d", "door", **facts)))
    assert explain(finding) == said


def test_a_reason_calls_an_element_what_people_call_it():
    facts = building(element("0fK3", "door") | {"name": "D1.04"})
    (finding,) = check([wide()], facts)
    assert explain(finding) == "Width of D1.04 is not stated."
