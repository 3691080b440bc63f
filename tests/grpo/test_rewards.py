import pickle

import pytest

from p4ir.errors import TrainingError
from p4ir.grpo.rewards import (
    REWARDS,
    CheckedReward,
    false_positive_reward,
    grounding_reward,
    lrml_f1_reward,
    token_similarity_reward,
    tree_similarity_reward,
    validity_reward,
)
from p4ir.metrics import normalized_token_levenshtein, normalized_tree_edit_distance
from p4ir.rules import format_rule, parse_rule

REFERENCE = "if(exist(door)),then(obligation(greaterThanEqual(door.width,850 mm)))"
NEAR = "if(exist(door)),then(obligation(greaterThanEqual(door.width,900 mm)))"
CLAUSE = "A door shall have a width of 850 mm or more."


def call(reward, *completions, notation="lrml", reference=REFERENCE, **more):
    n = len(completions)
    return reward(
        completions,
        prompts=[""] * n,
        completion_ids=[[]] * n,
        notation=[notation] * n,
        reference=[reference] * n,
        clause=[CLAUSE] * n,
        trainer_state=None,
        **more,
    )


@pytest.mark.parametrize("reward", REWARDS.values())
def test_a_reward_is_from_0_to_1_and_highest_for_the_reference_itself(reward):
    right, near, junk, empty = call(reward, REFERENCE, NEAR, "if(a", "")
    assert right == 1
    assert 0 < near <= 1
    assert (junk, empty) == (0, 0)


@pytest.mark.parametrize("reward", REWARDS.values())
def test_a_reward_can_be_sent_to_another_process_and_has_a_name(reward):
    assert pickle.loads(pickle.dumps(reward)) is reward
    assert reward.__name__.endswith("_reward")


def test_rewards_are_the_metrics():
    near, reference = parse_rule(NEAR), parse_rule(REFERENCE)
    assert call(tree_similarity_reward, NEAR) == [
        1 - normalized_tree_edit_distance(near, reference)
    ]
    assert call(token_similarity_reward, NEAR) == [
        1 - normalized_token_levenshtein(near, reference)
    ]


def test_one_wrong_node_of_eight_costs_an_eighth():
    assert parse_rule(REFERENCE).size == 9
    assert call(false_positive_reward, NEAR) == [1 - 1 / 9]
    assert call(tree_similarity_reward, NEAR) == [1 - 1 / 9]


def test_what_is_missing_costs_as_much_of_the_f1_as_what_is_invented():
    door, wide = (
        "if(exist(door)),then(obligation(a))",
        "if(exist(door),has(frame)),then(obligation(a))",
    )
    (missing,) = call(lrml_f1_reward, door, reference=wide)
    (invented,) = call(lrml_f1_reward, wide, reference=door)
    assert 0 < missing == invented < 1
    assert call(false_positive_reward, door, reference=wide) == [1]


def test_an_invented_number_lowers_the_grounding():
    assert call(grounding_reward, NEAR)[0] < call(grounding_reward, REFERENCE)[0] == 1


def test_completions_are_read_in_the_notation_that_the_model_writes():
    outline = format_rule(parse_rule(REFERENCE), "outline")
    assert call(tree_similarity_reward, outline, notation="outline") == [1]
    assert call(tree_similarity_reward, outline, notation="lrml") == [0]


@pytest.mark.parametrize(
    "reward",
    [tree_similarity_reward, token_similarity_reward, lrml_f1_reward, false_positive_reward],
)
def test_without_a_reference_rule_nothing_is_scored(reward):
    assert call(reward, REFERENCE, reference=None) == [None]


def test_why_a_completion_does_not_parse_is_logged():
    logged = {}
    call(validity_reward, "if(a", REFERENCE, log_extra=logged.__setitem__)
    assert "found the end of the text" in logged["problem"][0]
    assert logged["problem"][1] == ""


def test_a_monstrous_completion_is_worth_nothing_rather_than_a_crash():
    deep = "if(" + "a(" * 500 + "b" + ")" * 500 + "),then(c)"
    assert [call(reward, deep)[0] for reward in REWARDS.values()] == [0] * len(REWARDS)


def test_a_checked_reward_is_the_reward():
    checked = CheckedReward(tree_similarity_reward)
    assert call(checked, NEAR, "junk") == call(tree_similarity_reward, NEAR, "junk")
    assert pickle.loads(pickle.dumps(checked)).__name__ == "tree_similarity_reward"


def test_a_reward_that_fails_is_named():
    def odd_reward(completions, **_):
        raise ZeroDivisionError("division by zero\nand more")

    with pytest.raises(TrainingError) as error:
        call(CheckedReward(odd_reward), NEAR)
    assert str(error.value) == "odd_reward failed: ZeroDivisionError: division by zero"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_reward_that_is_no_number_is_named_with_its_clause(value):
    def odd_reward(completions, **_):
        return [None, value]

    with pytest.raises(TrainingError, match=r"odd_reward gave (nan|inf) .* of clause b"):
        call(CheckedReward(odd_reward), NEAR, NEAR, id=["a", "b"])
