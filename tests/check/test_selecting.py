from p4ir.check import VERDICTS, Element, Finding, Reason
from p4ir.check.selecting import count_verdicts, select_findings
from p4ir.rules import parse_rule
from p4ir.rules.entry import Entry

RULE = parse_rule("if(exist(door)),then(obligation(has(door,handle)))")


def finding(verdict, element="D1", rule="r1", clause="Doors shall have a handle."):
    return Finding(
        entry=Entry(rule=RULE, id=rule, clause=clause),
        rule_id=rule,
        verdict=verdict,
        reason=Reason("met"),
        element=Element(id=element, types=("door",), name=f"Door {element}") if element else None,
    )


FINDINGS = [
    finding("pass", "D1"),
    finding("fail", "D2"),
    finding("unknown", "D3", "r2"),
    finding("fail", "D4", "r2", "Gates shall close."),
    finding("review", "", "r3"),
]


def test_verdicts_are_counted_those_that_there_are_not_too():
    assert count_verdicts(FINDINGS) == {
        "fail": 2, "unknown": 1, "review": 1, "pass": 1, "not applicable": 0,
    }  # fmt: skip
    assert list(count_verdicts([])) == list(VERDICTS)


def test_failures_come_first_else_the_order_stays():
    assert [each.verdict for each in select_findings(FINDINGS)] == [
        "fail", "fail", "unknown", "review", "pass",
    ]  # fmt: skip
    assert [each.element.id for each in select_findings(FINDINGS)[:2]] == ["D2", "D4"]


def test_findings_are_chosen_by_verdict_rule_and_words_together():
    assert select_findings(FINDINGS, verdicts=["fail"], rule_id="r2") == [FINDINGS[3]]
    assert select_findings(FINDINGS, text="door d3") == [FINDINGS[2]]
    assert select_findings(FINDINGS, text="GATES") == [FINDINGS[3]]
    assert select_findings(FINDINGS, text="nothing of the kind") == []


def test_a_finding_about_no_element_can_be_found():
    assert select_findings(FINDINGS, text="r3") == [FINDINGS[4]]
