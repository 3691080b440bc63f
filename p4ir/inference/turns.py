"""Several users, one model: each interprets a few clauses at a time, then lets others in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from p4ir.inference.interpretation import Interpretation
from p4ir.inference.rule_writer import RuleWriter

CLAUSES_A_TURN = 4
"""Clauses interpreted before the next user may: some seconds on a small machine."""


def interpret_in_turns(
    interpreter: RuleWriter,
    clauses: Sequence[str],
    turn: AbstractContextManager[Any],
    size: int = CLAUSES_A_TURN,
) -> Iterator[list[Interpretation]]:
    """Yield the interpretations of `size` clauses at a time, in order.

    Args:
        interpreter: the model, which other threads may use too.
        clauses: the clauses.
        turn: a lock that all threads share; it is held only while the model works.
        size: clauses a turn.
    """
    for start in range(0, len(clauses), size):
        with turn:
            found = interpreter.interpret(clauses[start : start + size])
        yield found
