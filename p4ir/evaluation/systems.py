"""A system: anything that gives a rule for a clause, named by a file or by an adapter.

What it said is taken as it is. Ids that are missing, stand twice or belong to no clause
are reported: a clause without a prediction counts as empty text, never less.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from p4ir.corpus.records import Record
from p4ir.corpus.tables import SUFFIXES, read_table
from p4ir.errors import CorpusError
from p4ir.evaluation.predictions import read_predictions
from p4ir.rules import format_rule


@dataclass(frozen=True, kw_only=True)
class System:
    """What a system said, by the ids of clauses."""

    name: str
    texts: Mapping[str, str]
    """Id to the predicted rule in compact LRML, or to whatever was written instead."""
    confidences: Mapping[str, float] = field(default_factory=dict)
    """Id to the system's own confidence, 0 to 1, where it gave one."""
    problems: tuple[str, ...] = ()
    """Rows of its file that do not count, each with the place and the reason."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a system said to the clauses of a corpus, in the corpus's order."""

    name: str
    texts: tuple[str, ...]
    """One for each clause; empty where there is none."""
    confidences: tuple[float | None, ...]
    missing: tuple[str, ...] = ()
    """Ids of clauses without a prediction."""
    unknown: tuple[str, ...] = ()
    """Ids of predictions for no clause of the corpus; they do not count."""
    problems: tuple[str, ...] = ()


def load_system(spec: str, records: Sequence[Record]) -> System:
    """Return the predictions of a system for the clauses of a corpus.

    Args:
        spec: a prediction file, or the name or folder of an adapter, which is then run
            over the clauses; `NAME=` before it says what the report calls it.
        records: the clauses.

    Raises:
        CorpusError: the file is missing or holds no predictions.
        ModelError: there is no such adapter.
    """
    name, equals, rest = spec.partition("=")
    if not equals or Path(spec).exists():
        name, rest = "", spec
    path = Path(rest)
    if path.is_file():
        found = read_predictions(path)
        return System(
            name=name or path.stem,
            texts=found.rules,
            confidences=_confidences(path),
            problems=found.problems,
        )
    if path.suffix.lower() in SUFFIXES:
        raise CorpusError(f"{rest}: no such file of predictions")
    return _interpret(rest, name or path.name, records)


def align(system: System, records: Sequence[Record]) -> Answers:
    """Put a system's predictions in the order of the clauses.

    Raises:
        CorpusError: no prediction is for any of the clauses.
    """
    ids = [record.id for record in records]
    known = set(ids)
    missing = tuple(name for name in ids if name not in system.texts)
    if ids and len(missing) == len(ids):
        seen = next(iter(system.texts), "")
        near = difflib.get_close_matches(seen, ids, 1, 0)[0]
        raise CorpusError(
            f"{system.name}: none of its ids is that of a clause to compare on; its ids are "
            f"such as {seen!r}, the clauses' such as {near!r}"
        )
    return Answers(
        name=system.name,
        texts=tuple(system.texts.get(name, "") for name in ids),
        confidences=tuple(system.confidences.get(name) for name in ids),
        missing=missing,
        unknown=tuple(name for name in system.texts if name not in known),
        problems=system.problems,
    )


def _confidences(path: Path) -> dict[str, float]:
    """Read the column `confidence`, if there is one; of rows with the same id the first."""
    found: dict[str, float] = {}
    for row in read_table(path).rows:
        value = row.values.get("confidence")
        if value is None or value == "":
            continue
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = -1.0
        if not 0 <= number <= 1:
            raise CorpusError(
                f"{path}: {row.place}: the confidence is {value!r}, not a number from 0 to 1"
            )
        found.setdefault(str(row.values.get("id")), number)
    return found


def _interpret(adapter: str, name: str, records: Sequence[Record]) -> System:
    from p4ir.inference import Interpreter

    found = Interpreter(adapter=adapter).interpret([record.clause for record in records])
    pairs = list(zip(records, found, strict=True))
    return System(
        name=name,
        texts={r.id: format_rule(f.rule) if f.rule else f.completion for r, f in pairs},
        confidences={r.id: f.confidence for r, f in pairs},
    )
