import pytest

from p4ir.inference import Interpreter
from p4ir.inference.consensus import agree, mean_distances
from p4ir.inference.interpreter import Interpretation
from p4ir.metrics import normalized_tree_edit_distance
from p4ir.rules import parse_rule

DOOR = parse_rule("if(exist(door)),then(obligation(has(door,handle)))")
DOOR_2 = parse_rule("if(exist(door)),then(obligation(has(door,lock)))")
RAMP = parse_rule("if(ramp),then(permission(x))")


def candidates(*rules):
    return [
        Interpretation(clause="", rule=rule, valid=rule is not None, confidence=0.1 * n)
        for n, rule in enumerate(rules)
    ]


def test_the_rule_nearest_to_the_others_is_taken():
    found = agree(candidates(RAMP, DOOR_2, DOOR, DOOR))
    assert found.rule == DOOR
    far, near = (normalized_tree_edit_distance(DOOR, other) for other in (RAMP, DOOR_2))
    assert found.confidence == pytest.approx(1 - (far + near) / 3)


def test_among_equals_the_first_is_taken():
    assert agree(candidates(DOOR, RAMP)).rule == DOOR
    assert agree(candidates(RAMP, DOOR)).rule == RAMP


def test_full_agreement_is_certain_and_a_single_rule_agrees_with_itself():
    assert agree(candidates(DOOR, DOOR, DOOR)).confidence == 1
    assert agree(candidates(DOOR)).confidence == 1


def test_what_is_no_rule_counts_as_different_from_all():
    found = agree(candidates(None, DOOR, None))
    assert (found.rule, found.confidence) == (DOOR, 0)
    assert agree(candidates(None, None)).rule is None
    assert mean_distances([DOOR, None, DOOR]).tolist() == [0.5, 1, 0.5]


def test_no_rules_have_no_distances():
    assert mean_distances([]).tolist() == []


def test_an_interpreter_takes_the_consensus_of_samples(tiny_adapter):
    def interpret(clauses, **options):
        made = Interpreter(
            adapter=str(tiny_adapter), max_new_tokens=40, consensus=4, batch_size=8, **options
        )
        return made.interpret(clauses)

    clauses = ["A door.", "", "A stair shall have a handrail."]
    found = interpret(clauses)
    assert [each.valid for each in found] == [True, False, True]
    assert all(0 <= each.confidence < 1 for each in found)
    # The draws depend on seed and clause, not on what else is asked for.
    again = interpret(clauses[2:])
    assert again[0].completion[:5] == found[2].completion[:5]
    assert interpret(clauses, seed=1)[0].completion != found[0].completion
