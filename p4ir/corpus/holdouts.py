"""Split a corpus so that its test tells apart what a model has not seen.

Whole topics and whole jurisdictions are held out, and clauses at random, each test clause
marked with the reason: a score on random clauses says how well a model writes what it has
been shown, the two others how it copes with a code about something else, or of somebody
else. Clauses that are nearly the same stay on one side.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from p4ir.corpus.columns import column_of
from p4ir.corpus.likeness import like_pairs
from p4ir.corpus.reading import SPLIT_FILES, corpus_files, read_corpus
from p4ir.corpus.records import Record
from p4ir.corpus.tables import read_table
from p4ir.corpus.writing import write_texts
from p4ir.counting import counted
from p4ir.errors import CorpusError

HOLDOUTS = ("topic", "jurisdiction", "random")
"""Why a record is in the test split; the first that holds."""


class Place(NamedTuple):
    """Where a record goes."""

    split: str
    """`train`, `validation` or `test`."""
    holdout: str | None = None
    """Of a test record, one of `HOLDOUTS`."""


@dataclass(frozen=True, kw_only=True)
class HoldoutPlan:
    """How a corpus is split."""

    topics: Sequence[str] = ()
    """Topics whose clauses are all for the test."""
    jurisdictions: Sequence[str] = ()
    """Jurisdictions whose clauses are all for the test."""
    random: float = 0.05
    """Share of all clauses that is drawn for the test from the others, in [0, 1)."""
    validation: float = 0.08
    """Share of all clauses that is drawn for validation, whole documents, in [0, 1)."""
    seed: int = 0
    """Seed of both draws."""


def split_with_holdouts(records: Sequence[Record], plan: HoldoutPlan) -> dict[str, Place]:
    """Return record id → its place.

    The draws do not depend on the order of the records. A clause nearly the same as a
    test clause goes to the test too.

    Raises:
        CorpusError: a topic or jurisdiction to hold out is not there, a share is out of
            range, or nothing is left to train on.
    """
    _check_plan(records, plan)
    records = sorted(records, key=lambda record: record.id)
    rng = np.random.default_rng(plan.seed)
    reasons = [_held_out(record, plan) for record in records]
    groups = _groups(records, by_document=False)
    touched = {group for group, reason in zip(groups, reasons, strict=True) if reason}
    free = [group for group in groups if group not in touched]
    drawn = touched | _draw(free, round(plan.random * len(records)), rng)
    places = {
        record.id: Place("test", reason or "random")
        for record, reason, group in zip(records, reasons, groups, strict=True)
        if group in drawn
    }
    rest = [record for record in records if record.id not in places]
    groups = _groups(rest, by_document=True)
    drawn = _draw(groups, round(plan.validation * len(records)), rng)
    for record, group in zip(rest, groups, strict=True):
        places[record.id] = Place("validation" if group in drawn else "train")
    if not any(place.split == "train" for place in places.values()):
        raise CorpusError(f"nothing is left to train on of {counted(len(records), 'record')}")
    return places


def split_folder(folder: str | Path, plan: HoldoutPlan) -> dict[str, int]:
    """Split the corpus of a folder anew and rewrite its files, all or none; return the counts.

    Raises:
        CorpusError: the corpus cannot be read, or `split_with_holdouts` refuses the plan.
        OutputError: a file cannot be written.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise CorpusError(f"{folder}: is no folder; give one that holds .jsonl files")
    strangers = [file.name for file in corpus_files(folder) if file.stem not in SPLIT_FILES]
    if strangers:
        raise CorpusError(f"{folder}: {strangers[0]} is none of {', '.join(SPLIT_FILES)} (.jsonl)")
    records = read_corpus(folder)
    places = split_with_holdouts(records, plan)
    rows = {record.id: row for record, row in zip(records, _rows(folder), strict=True)}
    lines: dict[str, list[str]] = {name: [] for name in SPLIT_FILES}
    for name, row in sorted(rows.items()):
        placed = _placed(row, name, places[name])
        lines[places[name].split].append(json.dumps(placed, ensure_ascii=False) + "\n")
    files = {folder / f"{name}.jsonl": "".join(texts) for name, texts in lines.items()}
    write_texts({file: text for file, text in files.items() if text})
    for file, text in files.items():
        if not text:
            file.unlink(missing_ok=True)  # A file without rows could not be read again.
    counts = Counter("/".join(filter(None, place)) for place in places.values())
    return dict(sorted(counts.items()))


def empty_shares(plan: HoldoutPlan, counts: Mapping[str, int]) -> list[str]:
    """Return which shares of a plan, `random` or `validation`, were asked for and gave nothing.

    Args:
        plan: how the corpus was split.
        counts: what `split_folder` returned.
    """
    splits = {"random": "test/random", "validation": "validation"}
    return [name for name, split in splits.items() if getattr(plan, name) and split not in counts]


def _rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a folder, in the order in which `read_corpus` reads them."""
    for name in SPLIT_FILES:
        file = folder / f"{name}.jsonl"
        if file.exists():
            yield from (row.values for row in read_table(file).rows)


def _check_plan(records: Sequence[Record], plan: HoldoutPlan) -> None:
    for what, names, known in (
        ("topic", plan.topics, {record.topic for record in records}),
        ("jurisdiction", plan.jurisdictions, {record.jurisdiction for record in records}),
    ):
        missing = [name for name in names if name not in known]
        if missing:
            there = ", ".join(sorted(name for name in known if name))
            raise CorpusError(f"no record has the {what} {missing[0]!r}; there are {there}")
    for name in ("random", "validation"):
        if not 0 <= getattr(plan, name) < 1:
            raise CorpusError(f"the share {name} is {getattr(plan, name)}, it must lie in [0, 1)")


def _held_out(record: Record, plan: HoldoutPlan) -> str | None:
    if record.topic in plan.topics:
        return "topic"
    return "jurisdiction" if record.jurisdiction in plan.jurisdictions else None


def _groups(records: Sequence[Record], *, by_document: bool) -> list[int]:
    """Return a number for each record; those that must stay together have the same."""
    if not records:
        return []
    clauses = [record.clause for record in records]
    links = [(pair.first, pair.second) for pair in like_pairs(clauses, clauses)]
    if by_document:
        first: dict[str, int] = {}
        links += [(first.setdefault(r.document, n), n) for n, r in enumerate(records) if r.document]
    one, other = np.array(links, dtype=int).reshape(-1, 2).T
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(len(records),) * 2)
    return [int(group) for group in connected_components(graph, directed=False)[1]]


def _draw(groups: Sequence[int], target: int, rng: np.random.Generator) -> set[int]:
    """Draw groups at random, each taken if that brings their size nearer to the target."""
    sizes = Counter(groups)
    drawn: set[int] = set()
    taken = 0
    for group in rng.permutation(sorted(sizes)).tolist():
        if abs(taken + sizes[group] - target) < abs(taken - target):
            drawn.add(group)
            taken += sizes[group]
    return drawn


def _placed(row: dict[str, Any], name: str, place: Place) -> dict[str, Any]:
    """Return a row for its new place; one without an id keeps the one that it was read by."""
    own_id = column_of("id", row) or "id"
    if row.get(own_id) is None or not str(row[own_id]).strip():
        row[own_id] = name
    row.pop(column_of("holdout", row) or "holdout", None)
    row[column_of("split", row) or "split"] = place.split
    return row | ({"holdout": place.holdout} if place.holdout else {})
