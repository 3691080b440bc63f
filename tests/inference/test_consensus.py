import pytest

from p4ir.inference import Interpreter
from p4ir.inference.consensus import agree, mean_distances
from p4ir.inference.interpretation import Interpretation
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


def interpret(adapter, clauses, **options):
    made = Interpreter(
        adapter=str(adapter), max_new_tokens=40, consensus=4, batch_size=8, **options
    )
    return made.interpret(clauses)


def test_an_interpreter_takes_the_consensus_of_samples(tiny_adapter, monkeypatch):
    seen = []

    def agree_and_keep(candidates):
        seen.append([candidate.completion for candidate in candidates])
        return agree(candidates)

    monkeypatch.setattr("p4ir.inference.interpreter.agree", agree_and_keep)
    clauses = ["A door.", "", "A stair shall have a handrail."]
    found = interpret(tiny_adapter, clauses)
    assert [each.valid for each in found] == [True, False, True]
    assert [len(set(texts)) for texts in seen] == [4, 4]
    for texts, each in zip(seen, (found[0], found[2]), strict=True):
        assert each.completion in texts
        assert 0 <= each.confidence < 1
    greedy = Interpreter(adapter=str(tiny_adapter), max_new_tokens=40, beams=1).interpret(
        clauses[0]
    )
    assert greedy[0].completion[:5] == seen[0][0][:5]


def test_draws_depend_on_seed_and_clause_alone(tiny_adapter, monkeypatch):
    monkeypatch.setattr("p4ir.inference.interpreter.agree", lambda candidates: candidates[-1])
    clauses = ["A door.", "A stair shall have a handrail."]
    first = interpret(tiny_adapter, clauses)
    # Rounding differs with what is written beside it, so that only the beginning has to agree.
    again = interpret(tiny_adapter, clauses[1:])
    assert again[0].completion[:8] == first[1].completion[:8]
    assert interpret(tiny_adapter, clauses, seed=1)[1].completion[:8] != first[1].completion[:8]
