"""What is told of one system on a corpus: its figures, by document, and its confidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from p4ir.corpus.records import Record
from p4ir.evaluation import figures, sections
from p4ir.evaluation.blocks import Block, Cell, Paragraph, Table
from p4ir.evaluation.compare import Comparison, compare
from p4ir.evaluation.confidence import confidence
from p4ir.evaluation.fitted_confidence import fitted_confidence, read_features
from p4ir.evaluation.summary import basis
from p4ir.evaluation.systems import Answers
from p4ir.metrics.significance import mean_interval, within

TITLE = "Evaluation"


def account(
    records: Sequence[Record], answers: Answers, predictions: Path, seed: int
) -> Iterator[Block]:
    """Yield the blocks of the report; ids and figures, no text of clauses.

    Args:
        records: the clauses with their reference rules.
        answers: what the system said to them.
        predictions: the file of its predictions, as `p4ir batch` writes it.
        seed: of the draws for the intervals.
    """
    rng = np.random.default_rng(seed)
    comparison = compare(records, [answers], rng=rng)
    rests_on = basis(len(records), comparison.documents)
    yield Paragraph(f"{rests_on} Definitions in docs/metrics.md.")
    yield sections.means_table(comparison)
    if comparison.documents:
        yield _by_document(comparison, comparison.documents, rng)
    yield from confidence(comparison, rng)
    features = read_features(predictions, [record.id for record in records])
    yield from fitted_confidence(comparison, features, rng)


def _by_document(
    comparison: Comparison, documents: Sequence[str], rng: np.random.Generator
) -> Table:
    nted: dict[str, list[float]] = {}
    for document, each in zip(documents, comparison.systems[0].scores, strict=True):
        nted.setdefault(document, []).append(each.nted)
    rows = []
    for document, values in sorted(nted.items()):
        found = within(mean_interval(values, rng=rng), 0, 2)
        mean = Cell(figures.number("nted", found.mean), figures.ends("nted", found))
        rows.append((Cell(document), Cell(str(found.n)), mean))
    caption = (
        "Means with 95% intervals, which take the clauses of a document as independent; one "
        "clause gives none."
    )
    return Table(("document", "clauses", "nTED"), tuple(rows), caption)
