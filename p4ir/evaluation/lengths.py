"""Scores against the length of clauses: long ones are harder, and systems differ there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from p4ir.evaluation import figures
from p4ir.evaluation.blocks import Block, Cell, Figure, Heading, Table
from p4ir.evaluation.compare import Comparison
from p4ir.evaluation.plots import Series, plot_by_length
from p4ir.metrics.significance import Interval, mean_interval, within

GROUPS = 4
FEWEST = 8
"""Clauses below which groups by length say nothing."""


class LengthGroup(NamedTuple):
    """The clauses of like length."""

    low: int
    """Words of the shortest clause."""
    high: int
    """Words of the longest clause."""
    n: int
    means: tuple[Interval, ...]
    """nTED of each system."""

    @property
    def label(self) -> str:
        """The range, as in `12–30`."""
        return f"{self.low}–{self.high}" if self.low < self.high else str(self.low)


def by_length(comparison: Comparison, *, rng: np.random.Generator) -> tuple[LengthGroup, ...]:
    """Sort the clauses into groups of about equal number by their length in words.

    Nothing is returned for fewer clauses than `FEWEST`.
    """
    lengths = np.array([len(record.clause.split()) for record in comparison.records])
    if lengths.size < FEWEST:
        return ()
    columns = [system.column("nted") for system in comparison.systems]
    documents = comparison.documents
    cuts = np.unique(np.quantile(lengths, np.arange(1, GROUPS) / GROUPS, method="lower"))
    place = np.searchsorted(cuts, lengths, side="left")
    groups = []
    for group in np.unique(place):
        own = np.flatnonzero(place == group)
        clusters = [documents[index] for index in own] if documents else None
        means = tuple(
            within(mean_interval(column[own], clusters, rng=rng), 0, 2) for column in columns
        )
        groups.append(
            LengthGroup(int(lengths[own].min()), int(lengths[own].max()), own.size, means)
        )
    return tuple(groups)


def lengths(comparison: Comparison, rng: np.random.Generator) -> Iterator[Block]:
    """Show nTED by the length of the clause."""
    groups = by_length(comparison, rng=rng)
    if len(groups) < 2:
        return
    rows = [
        (
            Cell(group.label),
            Cell(str(group.n)),
            *(Cell(figures.number("nted", m.mean), figures.ends("nted", m)) for m in group.means),
        )
        for group in groups
    ]
    names = [system.name for system in comparison.systems]
    yield Heading("By length of the clause")
    yield Table(("words in the clause", "clauses", *names), tuple(rows), "nTED with 95% intervals.")
    series = [
        Series(name, [group.means[place] for group in groups]) for place, name in enumerate(names)
    ]
    yield Figure((plot_by_length([group.label for group in groups], series),), "nTED by length.")
