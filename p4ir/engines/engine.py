"""`Engine`: what a batch job asks for rules, wherever the model runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from p4ir.batch.progress import Advance
from p4ir.batch.rows import BatchRow
from p4ir.inference.interpretation import Interpretation
from p4ir.models import AdapterLabel


class Engine(Protocol):
    """Turns rows into rules, in their order, reading no further ahead than it has to."""

    @property
    def model(self) -> str | None:
        """The base model, as results name it."""

    @property
    def info(self) -> AdapterLabel | None:
        """The adapter, if there is one."""

    @property
    def constrained(self) -> bool:
        """Whether the model is held to its notation."""

    @property
    def beams(self) -> int:
        """Beginnings of a rule that are followed side by side."""

    @property
    def consensus(self) -> int:
        """Rules written for each clause, of which one is taken."""

    def stream(
        self, rows: Iterable[BatchRow], advance: Advance
    ) -> Iterator[tuple[BatchRow, Interpretation]]:
        """Yield each row with its interpretation.

        A row that cannot be interpreted gives an interpretation that says why; only what
        stops every row is raised. `advance` is told of rows as they are done, which may be
        before they are yielded.
        """
