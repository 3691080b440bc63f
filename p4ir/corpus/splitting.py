"""Split a corpus, by document or at random, and keep the split in a small file.

Clauses of one document share wording, so that a random split flatters a model:
published scores fall by 8 to 16 points on documents never seen. Split by document to
learn how a model does on a new code of practice.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from p4ir.corpus.records import Record
from p4ir.corpus.writing import write_text
from p4ir.counting import counted
from p4ir.errors import CorpusError

TRAIN = "train"
HELD_OUT = "test"


def split_by_document(
    records: Sequence[Record],
    *,
    fraction: float | None = None,
    holdout: Iterable[str] | None = None,
    rng: np.random.Generator | None = None,
    name: str = HELD_OUT,
) -> dict[str, str]:
    """Hold whole documents out; return record id → `train` or `name`.

    Args:
        records: each with a document.
        fraction: share of the records to hold out, in (0, 1). Documents are drawn at
            random, each taken if that brings the share nearer; at least one is taken
            and one left.
        holdout: instead, the documents to hold out.
        rng: needed with `fraction`.
        name: what the held-out split is called.

    Raises:
        CorpusError: a record has no document, a document is unknown, or nothing would
            be left to train on.
    """
    if (fraction is None) == (holdout is None):
        raise CorpusError("give either a fraction or the documents to hold out")
    sizes = Counter(_document(record) for record in records)
    if holdout is not None:
        held = set(holdout)
        unknown = sorted(held - set(sizes))
        if unknown:
            raise CorpusError(f"no document {unknown[0]!r}; there are {', '.join(sorted(sizes))}")
    else:
        held = _draw_documents(sizes, _checked_fraction(fraction), rng)
    if not held or len(held) >= len(sizes):
        raise CorpusError(
            f"holding out {len(held)} of {counted(len(sizes), 'document')} leaves one side empty"
        )
    return {record.id: name if record.document in held else TRAIN for record in records}


def split_at_random(
    records: Sequence[Record],
    fraction: float,
    rng: np.random.Generator,
    *,
    name: str = HELD_OUT,
) -> dict[str, str]:
    """Hold records out at random; return record id → `train` or `name`.

    Args:
        records: at least two.
        fraction: share to hold out, in (0, 1); rounded, at least one record a side.
        rng: source of randomness.
        name: what the held-out split is called.

    Raises:
        CorpusError: the fraction is out of range, or there are fewer than two records.
    """
    fraction = _checked_fraction(fraction)
    if len(records) < 2:
        raise CorpusError(f"{counted(len(records), 'record')} cannot be split")
    count = min(max(round(fraction * len(records)), 1), len(records) - 1)
    held = set(rng.permutation(len(records))[:count].tolist())
    return {record.id: name if n in held else TRAIN for n, record in enumerate(records)}


def apply_splits(records: Iterable[Record], splits: Mapping[str, str]) -> list[Record]:
    """Return the records with the splits that a stored split gives them.

    Raises:
        CorpusError: records without a split are listed in `problems`.
    """
    records = list(records)
    missing = [record.id for record in records if record.id not in splits]
    if missing:
        shown = ", ".join(missing[:10]) + (", …" if len(missing) > 10 else "")
        raise CorpusError(
            f"the split does not know {len(missing)} of {len(records)} records: {shown}",
            tuple(missing),
        )
    return [replace(record, split=splits[record.id]) for record in records]


def write_splits(splits: Mapping[str, str], path: str | Path) -> None:
    """Store a split as JSON, record id → split.

    Raises:
        OutputError: the file cannot be written.
    """
    write_text(path, json.dumps(dict(splits), ensure_ascii=False, indent=0) + "\n")


def read_splits(path: str | Path) -> dict[str, str]:
    """Read a split that `write_splits` stored.

    Raises:
        CorpusError: the file is missing, or not a split.
    """
    try:
        value = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise CorpusError(f"{path}: is no JSON: {error}") from None
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value.values()):
        raise CorpusError(f"{path}: a split is one JSON object, record id to name of the split")
    return value


def _document(record: Record) -> str:
    if record.document is None:
        raise CorpusError(f"record {record.id!r} has no document, so it cannot be split by it")
    return record.document


def _checked_fraction(fraction: float | None) -> float:
    if fraction is None or not 0 < fraction < 1:
        raise CorpusError(f"the fraction to hold out is {fraction}, it must lie between 0 and 1")
    return fraction


def _draw_documents(
    sizes: Counter[str], fraction: float, rng: np.random.Generator | None
) -> set[str]:
    if rng is None:
        raise CorpusError("drawing documents at random needs an rng")
    names = sorted(sizes)
    target, taken = fraction * sizes.total(), 0
    held: set[str] = set()
    for index in rng.permutation(len(names)):
        size = sizes[names[index]]
        is_last = len(held) + 1 == len(names)
        if not is_last and abs(taken + size - target) < abs(taken - target):
            held.add(names[index])
            taken += size
    return held or {min(names, key=lambda name: sizes[name])}
