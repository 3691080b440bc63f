import pytest

from p4ir.check import explain
from p4ir.check.findings import Finding, Missing, Reason
from p4ir.rules import parse_rule
from p4ir.rules.entry import Entry

RULE = Entry(rule=parse_rule("if(exist(corridor)),then(obligation(has(corridor,sign)))"))


@pytest.mark.parametrize(
    "kind",
    [
        "a fire door",
        "an exit corridor",
        "an accessible route",
        "an unheated space",
        "a unit",
        "a used room",
    ],
)
def test_a_kind_has_the_article_that_its_first_sound_asks_for(kind):
    missing = Missing("kind-unknown", "Corridor 0", kind.partition(" ")[2])
    finding = Finding(
        entry=RULE,
        rule_id="1",
        verdict="unknown",
        reason=Reason("kind-unknown", missing=(missing,)),
    )
    assert explain(finding) == f"Whether Corridor 0 is {kind} is not stated."
