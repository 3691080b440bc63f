"""Predictions of any system: a table with `id` and `rule`, whatever the rule looks like."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from p4ir.corpus.columns import choose_columns
from p4ir.corpus.records import Record
from p4ir.corpus.tables import read_table
from p4ir.errors import CorpusError
from p4ir.metrics.scoring import ClauseScore, score


class Predictions(NamedTuple):
    """What a system wrote, by id, and what was odd about the file."""

    rules: dict[str, str]
    problems: tuple[str, ...] = ()


class Scored(NamedTuple):
    """The scores of a system on the clauses of a corpus, in the corpus' order."""

    scores: list[ClauseScore]
    documents: list[str]
    """Document of each clause, by which resampling is clustered."""
    missing: tuple[str, ...]
    """Ids without a prediction; they are scored as empty text."""
    unknown: tuple[str, ...]
    """Ids of predictions that are not in the corpus; they are not scored."""


def read_predictions(path: Path) -> Predictions:
    """Read a CSV, JSON lines or Parquet file of predictions; rules need not parse.

    Raises:
        CorpusError: the file cannot be read, or has no columns for ids and rules.
    """
    table = read_table(path)
    columns = choose_columns(
        str(path), [*table.columns, "clause"], {"rule": _rule_column(path, table.columns)}
    )
    if "id" not in columns:
        raise CorpusError(f"{path}: no column with the id; the columns are {table.columns}")
    rules: dict[str, str] = {}
    problems: list[str] = []
    for row in table.rows:
        name, value = row.values.get(columns["id"]), row.values.get(columns["rule"])
        if row.problem or name in (None, ""):
            problems.append(f"{row.place}: {row.problem or 'the id is missing'}")
            continue
        if str(name) in rules:
            problems.append(f"{row.place}: the id {name!r} stands in an earlier row, which is used")
            continue
        rules[str(name)] = (
            value if isinstance(value, str) else json.dumps(value) if value is not None else ""
        )
    return Predictions(rules, tuple(problems))


def score_predictions(rules: dict[str, str], references: Sequence[Record]) -> Scored:
    """Score predictions against the rules of a corpus; a missing one is an empty text."""
    known = {record.id for record in references}
    scores = []
    for record in references:
        assert record.rule is not None
        scores.append(score(rules.get(record.id, ""), record.rule))
    return Scored(
        scores,
        [record.document or record.id for record in references],
        tuple(record.id for record in references if record.id not in rules),
        tuple(name for name in rules if name not in known),
    )


def _rule_column(path: Path, columns: Sequence[str]) -> str:
    for name in ("rule", "lrml", "prediction"):
        if name in columns:
            return name
    raise CorpusError(
        f"{path}: no column with the rule (rule, lrml, prediction); the columns are "
        f"{', '.join(columns)}"
    )
