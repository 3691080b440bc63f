import pytest

from p4ir.grpo.consistency import consistency, inconsistent_share
from p4ir.grpo.rewards import consistency_reward
from p4ir.rules import parse_rule
from p4ir.rules.draft import blank_draft, read_draft, write_draft

CLAUSE = "3.1.2 A ramp shall be at least 1200 mm wide and no longer than 9 m."
GOOD = (
    "if(exist(ramp)),then(obligation(and(greaterThanEqual(ramp.width,1200 mm),"
    "lessThanEqual(ramp.length,9 m))))"
)


def test_a_rule_that_says_what_the_clause_says_is_consistent():
    assert consistency(CLAUSE, "", parse_rule(GOOD)) == 1


@pytest.mark.parametrize(
    "rule",
    [
        GOOD.replace("1200", "1100"),
        GOOD.replace("9 m)", "9 mm)"),
        "if(exist(ramp)),then(obligation(greaterThanEqual(ramp.width,1200 mm)))",
        GOOD.replace("ramp", "escalator"),
    ],
)
def test_a_rule_that_says_something_else_is_less_so(rule):
    assert consistency(CLAUSE, "", parse_rule(rule)) < 1


def test_a_draft_has_to_agree_with_clause_and_rule():
    rule = parse_rule(GOOD)
    right = consistency(CLAUSE, "a ramp, width 1200 mm, length 9 m", rule)
    wrong = consistency(CLAUSE, "a ramp, width 1000 mm, length 9 m", rule)
    assert right == 1
    assert wrong < 1


def test_the_reward_reads_the_draft_apart_from_the_rule():
    drafts = ["", "<think>a ramp, 1200 mm, 9 m</think>", "<think>a ramp, 7 mm</think>"]
    found = consistency_reward(
        [*(draft + GOOD for draft in drafts), "no rule"], ["lrml"] * 4, [CLAUSE] * 4
    )
    assert found[:2] == [1, 1]
    assert 0 < found[2] < 1
    assert found[3] == 0
    assert inconsistent_share([each for each in found if each is not None]) == 0.5


def test_a_draft_is_read_and_blanked_without_moving_the_rule():
    rule = parse_rule(GOOD)
    text = write_draft(rule) + GOOD
    assert read_draft(text).splitlines() == [
        "subject: ramp",
        "condition: exist, ramp",
        "requirement: obligation, and, greater than equal, ramp's width, 1200 mm, "
        "less than equal, ramp's length, 9 m",
        "quantities: 1200 mm, 9 m",
    ]
    blank = blank_draft(text)
    assert len(blank) == len(text)
    assert blank.strip() == GOOD
    assert blank.index("if(") == text.index("if(")
    assert blank_draft(GOOD) == GOOD
