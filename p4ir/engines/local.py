"""The engine of one interpreter, here or behind a server, fed some batches at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from p4ir.batch.progress import Advance
from p4ir.batch.rows import BatchRow
from p4ir.inference.interpretation import Interpretation, refused
from p4ir.inference.rule_writer import RuleWriter
from p4ir.models import AdapterLabel

CHUNK = 4
"""Batches that are read together: enough rows for batches of like length."""
REMEMBERED = 256
"""Clauses whose rules are kept, for rows that say the same again."""


class LocalEngine:
    """An interpreter as an engine; a clause that was just interpreted is not again."""

    def __init__(self, interpreter: RuleWriter) -> None:
        self.interpreter = interpreter
        self._known: OrderedDict[str, Interpretation] = OrderedDict()

    @property
    def model(self) -> str | None:
        """The base model."""
        return self.interpreter.model

    @property
    def info(self) -> AdapterLabel | None:
        """The adapter, if there is one."""
        return self.interpreter.info

    @property
    def constrained(self) -> bool:
        """Whether the model is held to its notation."""
        return self.interpreter.constrained

    @property
    def beams(self) -> int:
        """Beginnings of a rule that are followed side by side."""
        return self.interpreter.beams

    @property
    def consensus(self) -> int:
        """Rules written for each clause, of which one is taken."""
        return self.interpreter.consensus

    def stream(
        self, rows: Iterable[BatchRow], advance: Advance
    ) -> Iterator[tuple[BatchRow, Interpretation]]:
        """Yield each row with its interpretation."""
        rows = iter(rows)
        while some := list(islice(rows, self.interpreter.batch_size * CHUNK)):
            yield from zip(some, self.interpret(some, advance), strict=True)

    def interpret(
        self, rows: Sequence[BatchRow], advance: Advance = lambda done: None
    ) -> list[Interpretation]:
        """Interpret some rows together."""
        found = {
            row.clause: self._known[row.clause]
            for row in rows
            if not row.problem and row.clause in self._known
        }
        wanted = dict.fromkeys(row.clause for row in rows if not row.problem)
        clauses = [clause for clause in wanted if clause not in found]
        advance(len(rows) - len(clauses))
        results = self.interpreter.interpret(clauses, on_batch=advance)
        found.update(zip(clauses, results, strict=True))
        self._remember(found)
        return [
            refused(row.clause, row.problem) if row.problem else found[row.clause] for row in rows
        ]

    def _remember(self, found: dict[str, Interpretation]) -> None:
        for clause, result in found.items():
            self._known[clause] = replace(result, seconds=0.0)
            self._known.move_to_end(clause)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
