"""`Record`: one clause of a building code and, where known, its rule."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from p4ir.rules import Rule, format_rule


@dataclass(frozen=True, kw_only=True)
class Record:
    """One row of a corpus."""

    id: str
    """Unique within the corpus."""
    clause: str
    """The regulation text, without white space around it."""
    rule: Rule | None = None
    """The reference rule, if there is one."""
    document: str | None = None
    """The document that the clause stands in: the unit of splitting and resampling."""
    jurisdiction: str | None = None
    """Whose code it is."""
    split: str | None = None
    """`train`, `validation`, `test`, or any other name."""
    paraphrase: str | None = None
    """The rule in plain English."""
    topic: str | None = None
    """What the clause is about, in a word or two."""
    source: str | None = None
    """Where the row comes from."""
    holdout: str | None = None
    """Why it is in the test split: its `topic` or `jurisdiction` is held out, or `random`."""


FIELDS = tuple(field.name for field in fields(Record))
"""The names of a record's fields, in order."""


def to_object(record: Record) -> dict[str, Any]:
    """Return a record as the dict of its JSON form; fields that are `None` are left out."""
    values = {name: getattr(record, name) for name in FIELDS}
    if record.rule is not None:
        values["rule"] = format_rule(record.rule)
    return {name: value for name, value in values.items() if value is not None}
