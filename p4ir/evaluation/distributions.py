"""The section of a report that shows how the clauses of each system spread."""

from __future__ import annotations

from collections.abc import Iterator

from p4ir.evaluation import figures
from p4ir.evaluation.blocks import Block, Figure, Heading
from p4ir.evaluation.compare import Comparison
from p4ir.evaluation.plots import plot_distribution

SPREAD = ("nted", "nlev", "false_positives")


def distributions(comparison: Comparison) -> Iterator[Block]:
    """Show how the clauses of each system spread."""
    if len(comparison.records) < 2:
        return
    yield Heading("Distributions")
    names = [system.name for system in comparison.systems]
    plots = [
        plot_distribution(
            figures.label(metric), names, [each.column(metric) for each in comparison.systems]
        )
        for metric in SPREAD
    ]
    yield Figure(
        tuple(plots), "Share of the clauses with at most that value: further left is better."
    )
