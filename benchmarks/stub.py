"""An interpreter that costs nothing: what is measured is what stands around the model."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from p4ir.inference.interpretation import Interpretation, refused
from p4ir.inference.refusal import why_refused
from p4ir.rules import parse_rule

RULE = parse_rule("if(exist(door)),then(obligation(has(door,handle)))")


class StubInterpreter:
    """Gives every clause the same rule.

    Args:
        batch_size: Clauses of a batch.
        pause_s: Time that a call takes, in seconds.
    """

    model: str | None = "stub"
    info = None
    constrained = False
    beams = 1
    consensus = 1

    def __init__(self, batch_size: int = 16, pause_s: float = 0.0) -> None:
        self.batch_size, self.pause_s = batch_size, pause_s

    def interpret(
        self, clauses: Sequence[str], on_batch: Callable[[int], None] = lambda done: None
    ) -> list[Interpretation]:
        """Return a rule for each clause."""
        time.sleep(self.pause_s)
        on_batch(len(clauses))
        return [
            refused(clause, problem)
            if (problem := why_refused(clause))
            else Interpretation(clause=clause, rule=RULE, valid=True, confidence=0.5)
            for clause in clauses
        ]
