import pytest

from p4ir.rules import parse_rule
from p4ir.rules.bounds import turned_bounds
from p4ir.rules.grounding import ground


def turned(clause, rule):
    rule = parse_rule(rule)
    return turned_bounds(rule, clause, ground(rule, clause))


@pytest.mark.parametrize(
    ("said", "right", "wrong"),
    [
        ("at least 2 m", "greaterThanEqual", "lessThanEqual"),
        ("2 m or more", "greaterThanEqual", "lessThan"),
        ("not less than 2 m", "greaterThanEqual", "lessThanEqual"),
        ("a maximum of 2 m", "lessThanEqual", "greaterThan"),
        ("No more than 2 m", "lessThanEqual", "greaterThanEqual"),
    ],
)
def test_a_bound_the_other_way_round_is_said_and_a_right_one_is_not(said, right, wrong):
    clause = f"A fence shall have a height of {said}."
    rule = "if(exist(fence)),then(obligation({}(fence.height,2 m)))"
    assert turned(clause, rule.format(right)) == []
    message = f"“{said}” in the clause, but {wrong} in the rule"
    assert turned(clause, rule.format(wrong)) == [message]


@pytest.mark.parametrize("around", ["prohibition({})", "obligation(not({}))"])
def test_a_denial_turns_a_bound_round(around):
    clause = "A fence shall be no more than 2 m high."
    rule = "if(exist(fence)),then(" + around.format("{}(fence.height,2 m)") + ")"
    assert turned(clause, rule.format("greaterThan")) == []
    assert turned(clause, rule.format("lessThan")) != []


@pytest.mark.parametrize(
    ("clause", "rule"),
    [
        (  # a condition turns round for good reasons
            "A fence shall have a gate, unless it is at least 2 m long.",
            "if(lessThan(fence.length,2 m)),then(obligation(has(fence,gate)))",
        ),
        (  # and so does an alternative that is one
            "A fence shall have a gate if it is 2 m long or more.",
            "if(exist(fence)),then(obligation(or(lessThan(fence.length,2 m),has(fence,gate))))",
        ),
        (  # the number stands there twice
            "A fence shall be at least 2 m and a gate at most 2 m high.",
            "if(exist(fence)),then(obligation(lessThan(gate.height,2 m)))",
        ),
        (  # the number is taken off
            "A fence shall be at least 20 mm below the paving.",
            "if(exist(fence)),then(obligation(and(define(paving.elevation,x0),"
            "lessThanEqual(fence.elevation,'x0 - 20 mm'))))",
        ),
        (
            "A fence shall be painted every 6 months or more often.",
            "if(exist(fence)),then(obligation(lessThanEqual(fence.paintInterval,6 months)))",
        ),
        (
            "A fence shall be 2 m high.",
            "if(exist(fence)),then(obligation(lessThan(fence.height,2 m)))",
        ),
    ],
)
def test_what_is_not_plain_is_no_doubt(clause, rule):
    assert turned(clause, rule) == []
