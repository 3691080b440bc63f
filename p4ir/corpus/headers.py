"""Which row of a table is its header: titles and empty rows may stand above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from p4ir.corpus.columns import SYNONYMS

HEAD_ROWS = 20
"""Rows at the head of a table among which the header is looked for."""


def find_header(
    rows: Sequence[Sequence[str]], chosen: Mapping[str, str] | None = None
) -> int | None:
    """Return which row is the header, from 0; `None` where no row shows that it is.

    It is the first that names the column of clauses and has more cells than the titles above
    it. Without such a row, it is the first of several cells, if most rows below are like it.

    Args:
        rows: the first rows of a table.
        chosen: the user's own mapping, field → column.

    >>> find_header([["Register of 2024", ""], ["No", "Wording"], ["1", "Doors are wide."]])
    1
    """
    wanted = {(chosen or {}).get("clause", "").strip().casefold()} - {""}
    wanted = wanted or set(SYNONYMS["clause"])
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    for number, row in enumerate(rows):
        above = max(filled[:number], default=0)
        is_named = not wanted.isdisjoint(cell.strip().casefold() for cell in row)
        if is_named and (above <= 1 or above < filled[number]):
            return number
    first = next((number for number, count in enumerate(filled) if count > 1), len(rows))
    below = [count > 1 for count in filled[first + 1 :] if count]
    return first if 2 * sum(below) > len(below) else None


def first_filled(rows: Sequence[Sequence[str]]) -> int:
    """Return which row is the first that is not empty, from 0."""
    return next((number for number, row in enumerate(rows) if any(map(str.strip, row))), 0)
