"""`RuleWriter`: what turns clauses into rules, be it an `Interpreter` or a server that has one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from p4ir.inference.interpretation import Interpretation, Maker


class RuleWriter(Maker, Protocol):
    """Turns clauses into rules, as `p4ir.inference.Interpreter` does."""

    @property
    def batch_size(self) -> int:
        """Clauses that are best given together."""

    def interpret(
        self, clauses: Sequence[str], on_batch: Callable[[int], None] = ...
    ) -> list[Interpretation]:
        """Turn clauses into rules, in the order given.

        `on_batch` is told of clauses as they are done: how many more.
        """
