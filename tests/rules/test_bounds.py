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
        ("min. 2 m", "greaterThanEqual", "lessThanEqual"),
        ("maximum 2 m", "lessThanEqual", "greaterThanEqual"),
        ("< 2 m", "lessThan", "greaterThan"),
        ("2 m and over", "greaterThanEqual", "lessThanEqual"),
        ("at least 2 m", "greaterThanEqual", "equal"),
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


@pytest.mark.parametrize(
    ("sentence", "right", "wrong"),
    [
        ("A fence shall be over 2 m high.", "greaterThan", "lessThan"),
        ("A fence shall be up to 2 m high.", "lessThanEqual", "greaterThanEqual"),
        ("A fence shall be equal to or greater than 2 m high.", "greaterThanEqual", "lessThan"),
        ("A fence shall have a height exceeding 2 m.", "greaterThan", "lessThan"),
        ("A fence shall not have a height exceeding 2 m.", "lessThanEqual", "greaterThan"),
        ("The height of a fence cannot exceed 2 m.", "lessThanEqual", "greaterThan"),
        ("The height of a fence is not to exceed 2 m.", "lessThanEqual", "equal"),
        ("A fence shall at no point be lower than 2 m.", "greaterThanEqual", "lessThan"),
        ("A fence shall be limited to 2 m in height.", "lessThanEqual", "greaterThan"),
        ("The minimum height of a fence is 2 m.", "greaterThanEqual", "lessThanEqual"),
        ("The greatest height of fences: 2 m.", "lessThanEqual", "greaterThan"),
        ("At least one fence shall be 2 m high.", "equal", None),
        ("Posts 1 m minimum 2 m maximum high.", "equal", None),
        ("Neither shall be higher than 2 m.", "lessThanEqual", None),
    ],
)
def test_more_ways_to_state_a_bound(sentence, right, wrong):
    rule = "if(exist(fence)),then(obligation({}(fence.height,2 m)))"
    assert turned(sentence, rule.format(right)) == []
    assert wrong is None or len(turned(sentence, rule.format(wrong))) == 1


@pytest.mark.parametrize(
    ("sentence", "right", "wrong"),
    [
        ("Where the drop exceeds 2 m, a guard shall be fixed.", "greaterThan", "lessThan"),
        ("A drop of more than 2 m shall have a guard.", "greaterThan", "lessThanEqual"),
        (
            "A guard shall be fixed if the drop is not less than 2 m.",
            "greaterThanEqual",
            "lessThan",
        ),
        ("A drop of 2 m or less shall be marked.", "lessThanEqual", "greaterThan"),
        # A rule may state the contrary of what a denial is about.
        ("No guard is needed where the drop is less than 2 m.", "greaterThanEqual", None),
        ("Drops have a guard except those of less than 2 m.", "greaterThanEqual", None),
        ("Drops have a guard, other than those of less than 2 m.", "greaterThanEqual", None),
        ("Only drops of more than 2 m have no curb.", "lessThanEqual", None),
        ("Exceptions: 1. Stairs. 2. Drops of less than 2 m.", "greaterThanEqual", None),
        ("Drops of less than 2 m are low. Other drops have a guard.", "greaterThanEqual", None),
    ],
)
def test_a_bound_in_a_condition_is_turned_round_only_beside_a_denial(sentence, right, wrong):
    rule = "if({}(drop,2 m)),then(obligation(has(drop,guard)))"
    assert turned(sentence, rule.format(right)) == []
    assert wrong is None or len(turned(sentence, rule.format(wrong))) == 1


@pytest.mark.parametrize(
    ("clause", "demand"),
    [
        ("The minimum height of a fence is 2 m.", "equal(fence.minimumHeight,2 m)"),
        ("The maximum height of fences is 2 m.", "equal(max(fence.height),2 m)"),
        ("A house has at least one fence and is a single storey.", "equal(count(storey),1)"),
        (
            "Fences shall be at least 1 m high with rails of 1000 mm.",
            "and(greaterThanEqual(fence.height,1 m),equal(rail.length,1000 mm))",
        ),
        (
            "Fences shall be 2 m and over 3 m apart.",
            "and(equal(fence.height,2 m),greaterThan(fence.distance,3 m))",
        ),
        (
            "Gaps shall be 5 mm max. 10 mm deep grooves are cut.",
            "and(lessThanEqual(gap.width,5 mm),equal(groove.depth,10 mm))",
        ),
    ],
)
def test_what_a_rule_makes_exact_for_good_reason_is_no_doubt(clause, demand):
    assert turned(clause, f"if(exist(fence)),then(obligation({demand}))") == []


def test_a_prohibition_may_state_the_contrary_of_a_demand():
    clause = "A tank shall hold at least 2 m3."
    assert turned(clause, "if(lessThan(tank.volume,2 m3)),then(prohibition(use(tank)))") == []
