"""A finding: one thing that a check of the guard saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

SHOWN_IDS = 20
"""Rows that a finding names; it counts them all."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that a check found."""

    check: str
    """Name of `CHECKS`."""
    level: Literal["refuse", "warn"]
    """Whether it passes a limit, or is only worth a look."""
    message: str
    """What was seen, and the limit where there is one."""
    ids: list[str] = field(default_factory=list)
    """The first rows or probes that show it."""


def share_finding(check: str, ids: Sequence[str], n: int, limit: float) -> list[Finding]:
    """Return the finding that rows, out of n, show something; none where none do."""
    if not ids:
        return []
    message = f"{len(ids)} of {n} ({len(ids) / n:.1%}), limit {limit:.1%}"
    level: Literal["refuse", "warn"] = "refuse" if len(ids) > limit * n else "warn"
    return [Finding(check=check, level=level, message=message, ids=list(ids[:SHOWN_IDS]))]
