"""From the store to what others read: rules in every notation, a corpus to train on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from p4ir.corpus.records import Record
from p4ir.corpus.writing import is_database
from p4ir.errors import ReviewError
from p4ir.review.records import ReviewedRule
from p4ir.rules.entry import Entry


def is_store(where: str | Path) -> bool:
    """Say whether this names a database rather than a file of rules: a URL or an SQLite file."""
    return (not isinstance(where, Path) and "://" in where) or is_database(where)


def to_entry(reviewed: ReviewedRule) -> Entry:
    """Return a rule as an entry of a file of rules, which any notation can be written from.

    Raises:
        ReviewError: there is no rule.
    """
    if reviewed.rule is None:
        raise ReviewError(f"{reviewed.id}: there is no rule to export")
    return Entry(
        rule=reviewed.rule,
        id=reviewed.id,
        clause=reviewed.clause,
        document=reviewed.document,
        number=reviewed.number,
        paraphrase=reviewed.paraphrase,
        model=reviewed.model,
        adapter=reviewed.adapter,
        status=reviewed.status,
    )


def export_corpus(
    rules: Iterable[ReviewedRule],
    *,
    validation_share: float = 0.1,
    split: str = "",
    jurisdiction: str = "",
    topic: str = "",
) -> list[Record]:
    """Return approved rules as pairs to train on; those that are not approved are left out.

    Args:
        rules: of a store.
        validation_share: share of the pairs for validation, 0 to 1. Which they are depends
            on their clauses alone, so that a pair keeps its part while the store grows. Of
            several pairs at least one is in each part: where that takes moving one, it may
            go back once there are more.
        split: instead, the part of every pair that has none of its own.
        jurisdiction: for pairs that have none of their own.
        topic: for pairs that have none of their own.
    """
    pairs = [each for each in rules if each.status == "approved" and each.rule is not None]
    splits = _splits([each.clause for each in pairs], validation_share)
    return [
        Record(
            id=each.id,
            clause=each.clause,
            rule=each.rule,
            document=each.document or None,
            jurisdiction=each.jurisdiction or jurisdiction or None,
            split=each.split or split or part,
            paraphrase=each.paraphrase or None,
            topic=each.topic or topic or None,
            source=f"reviewed by {each.author} on {each.changed_at:%Y-%m-%d}",
        )
        for each, part in zip(pairs, splits, strict=True)
    ]


def _splits(clauses: Sequence[str], share: float) -> list[str]:
    places = [_place(clause) for clause in clauses]
    limit = share
    if share > 0 and len(places) > 1:
        limit = min(max(limit, min(places)), sorted(places)[-2])
    return ["validation" if place <= limit and share > 0 else "train" for place in places]


def _place(clause: str) -> float:
    """Return a number in [0, 1) that depends on a clause's words alone."""
    digest = hashlib.sha256(" ".join(clause.lower().split()).encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48
