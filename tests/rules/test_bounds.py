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
        ("at least\u00a02 m", "greaterThanEqual", "lessThanEqual"),
        ("at\nleast  2 m", "greaterThanEqual", "lessThanEqual"),
        ("≥ 2 m", "greaterThanEqual", "lessThanEqual"),
        ("<= 2 m", "lessThanEqual", "greaterThanEqual"),
        ("2 m minimum", "greaterThanEqual", "lessThanEqual"),
        ("2 m (max.)", "lessThanEqual", "greaterThanEqual"),
        ("never below 2 m", "greaterThanEqual", "lessThanEqual"),
    ],
)
def test_a_bound_the_other_way_round_is_said_and_a_right_one_is_not(said, right, wrong):
    clause = f"A fence shall have a height of {said}."
    rule = "if(exist(fence)),then(obligation({}(fence.height,2 m)))"
    assert turned(clause, rule.format(right)) == []
    message = f"“{said}” in the clause, but {wrong} in the rule"
    assert turned(clause, rule.format(wrong)) == [message]


@pytest.mark.parametrize(
    ("clause", "right", "wrong"),
    [
        ("The minimum height of a fence shall be 2 m.", "greaterThanEqual", "lessThanEqual"),
        ("A fence shall be more than 2 m high.", "greaterThan", "lessThan"),
        ("A fence shall not have gaps and shall be at least 2 m high.", "greaterThan", "lessThan"),
        ("A fence shall not have a height of 2 m or more.", "lessThan", "greaterThanEqual"),
        ("A height of at least 2 m is prohibited.", "lessThan", "greaterThanEqual"),
        ("A height of 2 m or more is not permitted.", "lessThan", "greaterThanEqual"),
    ],
)
def test_the_sentence_says_which_way_a_bound_goes(clause, right, wrong):
    rule = "if(exist(fence)),then(obligation({}(fence.height,2 m)))"
    assert turned(clause, rule.format(right)) == []
    assert len(turned(clause, rule.format(wrong))) == 1


@pytest.mark.parametrize("ratio", ["1/12", "1:12", "'1:12'", "1 in 12"])
def test_a_ratio_is_a_bound_however_it_is_written(ratio):
    clause = "A ramp shall be no steeper than 1 in 12."
    rule = "if(exist(ramp)),then(obligation({}(ramp.gradient,{})))"
    assert turned(clause, rule.format("lessThanEqual", ratio)) == []
    assert len(turned(clause, rule.format("greaterThanEqual", ratio))) == 1


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
            "No fence beside a path shall be more than 2 m high.",
            "if(exist(fence)),then(obligation(lessThanEqual(fence.height,2 m)))",
        ),
        (
            "A fence shall not be closed before its gate is 2 m wide or wider.",
            "if(exist(fence)),then(obligation(or(not(closed(fence)),greaterThan(gate.width,2 m))))",
        ),
        (
            "A fence shall not be required to be at least 2 m high.",
            "if(exist(fence)),then(not(obligation(greaterThanEqual(fence.height,2 m))))",
        ),
        (
            "A gate shall not be hung until its post has stood for 2 hours or longer.",
            "if(exist(gate)),then(obligation(greaterThanEqual(post.standingTime,2 h)))",
        ),
        (
            "A fence shall be 2 m high.",
            "if(exist(fence)),then(obligation(lessThan(fence.height,2 m)))",
        ),
    ],
)
def test_what_is_not_plain_is_no_doubt(clause, rule):
    assert turned(clause, rule) == []
