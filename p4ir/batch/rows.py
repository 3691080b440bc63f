"""`BatchRow`: a row of clauses to be interpreted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol


class BatchRow(NamedTuple):
    """A row of the input."""

    id: str
    clause: str
    problem: str = ""
    """Why the row cannot be interpreted; empty if it can."""
    origin: Mapping[str, str | int] = MappingProxyType({})
    """Where the clause stands: `document`, `number`, `page`, `row`, as far as known."""


class Rows(Protocol):
    """Rows that can be counted, and read any number of times."""

    def __len__(self) -> int:
        """Return how many there are."""

    def __iter__(self) -> Iterator[BatchRow]:
        """Read them, in order."""
