"""`Engine`: what a batch job asks for rules, wherever the model runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from p4ir.batch.progress import Advance
from p4ir.batch.rows import BatchRow
from p4ir.inference.interpretation import Interpretation, Maker


class Engine(Maker, Protocol):
    """Turns rows into rules, in their order, reading no further ahead than it has to."""

    def stream(
        self, rows: Iterable[BatchRow], advance: Advance
    ) -> Iterator[tuple[BatchRow, Interpretation]]:
        """Yield each row with its interpretation.

        A row that cannot be interpreted gives an interpretation that says why; only what
        stops every row is raised. `advance` is told of rows as they are done, which may be
        before they are yielded.
        """
