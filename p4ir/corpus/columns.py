"""Which column of a table holds which field of a record."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from p4ir.corpus.records import FIELDS
from p4ir.errors import CorpusError

SYNONYMS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in FIELDS},
    "id": ("id", "example_id"),
    "clause": ("clause", "text", "content"),
    "rule": ("rule", "lrml"),
    "document": ("document", "file"),
    "number": ("number",),
}
"""Field to the column names that it goes by. `number` is a clause's number within its
document: where no column is an id, `document/number` is."""


BY_MAPPING = "rename it, or map it by columns={{{field!r}: 'its column'}}"
"""What to do about a column that is called otherwise, where no option names it."""


def choose_columns(
    where: str,
    available: Iterable[str],
    chosen: Mapping[str, str] | None = None,
    *,
    need_rules: bool = True,
    how: str = BY_MAPPING,
) -> dict[str, str]:
    """Return field → column for the fields that a table has.

    Args:
        where: the table's name, for messages.
        available: the names of its columns; capitals and outer spaces do not matter.
        chosen: the user's own mapping, field → column, which goes first.
        need_rules: whether a column of rules has to be there.
        how: what to do about a column that is called otherwise.

    Raises:
        CorpusError: a needed or chosen column is missing; names those that there are.
    """
    by_key = _by_key(available)
    found = _as_chosen(where, chosen or {}, by_key)
    for field in SYNONYMS:
        column = column_of(field, by_key.values())
        if column is not None:
            found.setdefault(field, column)
    for field in ("clause", "rule") if need_rules else ("clause",):
        if field not in found:
            what = f"column with the {field} ({', '.join(SYNONYMS[field])})"
            hint = how.format(field=field)
            raise CorpusError(f"{_missing(where, what, SYNONYMS[field], by_key)}; {hint}")
    return found


def column_of(field: str, available: Iterable[str]) -> str | None:
    """Return which of a table's columns goes by a name of a field; `None` if none does.

    >>> column_of("id", ["Clause", "ID"]), column_of("topic", ["Clause", "ID"])
    ('ID', None)
    """
    by_key = _by_key(available)
    return next((by_key[name] for name in SYNONYMS[field] if name in by_key), None)


def _as_chosen(where: str, chosen: Mapping[str, str], by_key: Mapping[str, str]) -> dict[str, str]:
    """Return field → column, as the column is spelled in the table."""
    for field, column in chosen.items():
        if field not in SYNONYMS:
            raise CorpusError(
                f"no field {field!r} of a corpus; there are {', '.join(SYNONYMS)}"
                f"{_nearest(field, SYNONYMS)}"
            )
        if _key(column) not in by_key:
            raise CorpusError(_missing(where, f"column {column!r}", [column], by_key))
    return {field: by_key[_key(column)] for field, column in chosen.items()}


def _by_key(names: Iterable[str]) -> dict[str, str]:
    """Return columns by what they are compared by; of two that are the same, the first."""
    return {_key(name): name for name in reversed(list(names))}


def _key(name: str) -> str:
    return name.strip().casefold()


def _missing(where: str, what: str, wanted: Iterable[str], by_key: Mapping[str, str]) -> str:
    names = ", ".join(repr(name) for name in reversed(list(by_key.values()))) or "none"
    near = next((meant for name in wanted if (meant := _nearest(name, by_key))), "")
    return f"{where}: no {what}; the columns are {names}{near}"


def _nearest(name: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(_key(name), list(names), 1, cutoff=0.5)
    return f" (did you mean {near[0]!r}?)" if near else ""
