"""The report of a comparison: Markdown, one HTML file, and the scores of every clause."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from p4ir import __version__
from p4ir.corpus.writing import check_folder, write_text
from p4ir.errors import OutputExistsError
from p4ir.evaluation import sections
from p4ir.evaluation.blocks import Block, Heading, Paragraph
from p4ir.evaluation.compare import COMPARED, Comparison
from p4ir.evaluation.confidence import confidence
from p4ir.evaluation.distributions import distributions
from p4ir.evaluation.html import write_html
from p4ir.evaluation.lengths import lengths
from p4ir.evaluation.markdown import write_markdown

TITLE = "Comparison of systems"
FILES = ("report.md", "report.html", "scores.csv")
SHOWN = 5
"""Clauses shown of those that got better, and of those that got worse."""


def build_report(
    comparison: Comparison, *, corpus: str, rng: np.random.Generator, quote: bool = True
) -> list[Block]:
    """Return the blocks of a report.

    Args:
        comparison: what is reported on.
        corpus: what the reference rules are called.
        rng: draws the intervals that the comparison does not hold already.
        quote: whether clauses and rules are quoted; else only ids and figures stand in it.
    """
    return [
        Paragraph(f"Reference rules: {corpus}."),
        *sections.summary(comparison),
        *sections.notes(comparison),
        *sections.means(comparison),
        *sections.differences(comparison),
        *distributions(comparison),
        *sections.errors(comparison),
        *lengths(comparison, rng),
        *confidence(comparison, rng),
        *sections.changes(comparison, SHOWN, quote),
        Heading("Definitions"),
        Paragraph(
            "nTED: tree edit distance over the nodes of the larger rule. nLev: Levenshtein "
            "distance over the longer list of tokens. LRML-F1: 100 times the harmonic mean of "
            "mean precision and mean recall of relations and entities. Exact: equal in words. "
            "Valid: parses as it stands; what does not parse is read by its brackets alone and "
            "stays in every mean, and text without any bracket counts 1.0 in nTED and nLev. "
            "docs/metrics.md has all definitions and sources."
        ),
        Paragraph(f"Made with p4ir {__version__}. Rules are drafts for expert review."),
    ]


def write_report(
    comparison: Comparison,
    directory: Path,
    *,
    corpus: str,
    rng: np.random.Generator,
    quote: bool = True,
) -> list[Path]:
    """Write `report.md`, `report.html` and `scores.csv`; return their paths.

    Raises:
        OutputError: one cannot be written.
    """
    blocks = build_report(comparison, corpus=corpus, rng=rng, quote=quote)
    texts = write_markdown(TITLE, blocks), write_html(TITLE, blocks), _scores(comparison)
    for name, text in zip(FILES, texts, strict=True):
        write_text(directory / name, text)
    return [directory / name for name in FILES]


def check_output(directory: Path, *, overwrite: bool) -> None:
    """Refuse a folder that a report could not be written to later, or should not be.

    Raises:
        OutputError: it is no folder, or not to be written to.
        OutputExistsError: it holds a report that is not to be overwritten.
    """
    check_folder(directory)
    if not overwrite and any((directory / name).exists() for name in FILES):
        raise OutputExistsError(
            f"{directory} holds a report: give --overwrite to replace it, or another --output"
        )


def print_tables(comparison: Comparison, *, brief: bool = False) -> str:
    """Return the notes, the means and the differences as Markdown.

    In brief, that a terminal has room for them, effect sizes are left out.
    """
    differences = map(sections.differences_table, comparison.pairs)
    blocks = [
        *sections.notes(comparison),
        sections.means_table(comparison),
        *(table.without("effect size") if brief else table for table in differences),
        *sections.summary(comparison),
    ]
    return write_markdown(TITLE, blocks).rstrip("\n")


def _scores(comparison: Comparison) -> str:
    """Return every metric of every clause and system as CSV: ids and figures only."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["id", "document", "system", *COMPARED])
    for system in comparison.systems:
        columns = [system.column(metric) for metric in COMPARED]
        for index, record in enumerate(comparison.records):
            values = [f"{column[index]:.6g}" for column in columns]
            writer.writerow([record.id, record.document or "", system.name, *values])
    return file.getvalue()
