import threading

import pytest

from p4ir.inference.turns import interpret_in_turns
from tests.batch.parrot import Parrot

CLAUSES = [f"Door {number} shall have a handle." for number in range(10)]


def test_all_clauses_are_interpreted_in_order():
    found = [r for some in interpret_in_turns(Parrot(), CLAUSES, threading.Lock()) for r in some]
    assert [result.clause for result in found] == CLAUSES


def test_the_turn_is_held_while_the_model_works_and_free_in_between():
    turn = threading.Lock()
    held = []
    parrot = Parrot(before=lambda clauses: held.append(turn.locked()))
    for _ in interpret_in_turns(parrot, CLAUSES, turn, size=3):
        held.append(turn.locked())
    assert held == [True, False] * 4


def test_the_turn_is_given_back_when_the_model_fails():
    turn = threading.Lock()

    def fail(clauses):
        raise RuntimeError("no memory")

    with pytest.raises(RuntimeError):
        list(interpret_in_turns(Parrot(before=fail), CLAUSES, turn))
    assert not turn.locked()


def test_a_second_user_comes_in_between():
    turn, order = threading.Lock(), []
    first = interpret_in_turns(
        Parrot(before=lambda c: order.append("first")), CLAUSES, turn, size=5
    )
    second = interpret_in_turns(
        Parrot(before=lambda c: order.append("second")), CLAUSES[:2], turn, size=5
    )
    next(first), next(second), next(first)
    assert order == ["first", "second", "first"]
