"""Rows of CSV, JSON lines and Parquet files, each with the place where it stands.

A row that cannot be read at all (broken quoting, broken JSON) comes out as a `Row`
with a `problem`, so that one pass over a file finds everything that is wrong with it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from p4ir.errors import CorpusError

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
_MAGIC = {
    b"PK\x03\x04": "a zip archive or an Excel workbook; save the sheet as CSV (UTF-8)",
    b"%PDF": "a PDF file; a corpus is CSV, JSON lines or Parquet",
    b"\xff\xfe": "UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as UTF-8",
    b"\x1f\x8b": "compressed; unpack it first",
}
_TEXT_CONTROLS = frozenset(b"\t\n\r\f")


class Row(NamedTuple):
    """One row as it stands in a file."""

    place: str
    """Where it is: `line 7`, or `row 7` in Parquet; the header is line 1."""
    values: dict[str, Any]
    """Column to value."""
    problem: str | None = None
    """Why the row could not be read."""


class Table(NamedTuple):
    """A file's columns and rows."""

    columns: tuple[str, ...]
    rows: list[Row]


def read_table(path: Path) -> Table:
    """Read a file as a table; the suffix says how.

    Raises:
        CorpusError: the file is missing, unreadable, of another kind, or has no rows.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise CorpusError(f"{path}: a corpus ends in {', '.join(SUFFIXES)}, not {suffix!r}")
    if suffix == ".parquet":
        return _read_parquet(path)
    text = _read_text(path)
    return _read_json_lines(text) if suffix in (".jsonl", ".ndjson") else read_csv(str(path), text)


def _read_text(path: Path) -> str:
    """Return a file's text; bytes that are no UTF-8 become lone surrogates."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror}") from None
    for start, kind in _MAGIC.items():
        if data.startswith(start):
            raise CorpusError(f"{path}: is {kind}")
    if not data.strip():
        raise CorpusError(f"{path}: is empty")
    sample = data[:8192]
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in sample)
    if controls * 10 > len(sample):
        raise CorpusError(f"{path}: is a binary file; a corpus is CSV, JSON lines or Parquet")
    return data.decode("utf-8-sig", errors="surrogateescape")


def read_csv(name: str, text: str) -> Table:
    """Read a text as CSV; commas, semicolons or tabs separate its cells.

    Raises:
        CorpusError: its header cannot be read; `name` says of what file.
    """
    first_line = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first_line.count)
    # Malformed quoting moves text between columns unseen, hence strict.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = tuple(name.strip() for name in next(reader))
    except csv.Error as error:
        raise CorpusError(f"{name}: line 1: {error}") from None
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise CorpusError(f"{name}: line 1: two columns are called {twice[0]!r}")
    return Table(columns, list(_csv_rows(reader, columns)))


def _csv_rows(reader: Any, columns: tuple[str, ...]) -> Iterator[Row]:
    while True:
        place = f"line {reader.line_num + 1}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(place, {}, f"broken quoting: {error}")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        problem = None
        if any(cell.strip() for cell in cells[len(columns) :]):
            problem = f"has {len(cells)} columns, the header has {len(columns)}"
        yield Row(place, dict(zip(columns, cells, strict=False)), problem)


def _read_json_lines(text: str) -> Table:
    columns: dict[str, None] = {}
    rows: list[Row] = []
    # Not splitlines(): JSON strings may hold U+2028 and its like.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            row = _json_row(f"line {number}", line)
            columns.update(dict.fromkeys(row.values))
            rows.append(row)
    return Table(tuple(columns), rows)


def _json_row(place: str, line: str) -> Row:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        return Row(place, {}, f"is no JSON: {error.msg}, column {error.colno}")
    except (RecursionError, ValueError) as error:
        return Row(place, {}, f"is no JSON that can be read: {error}")
    if not isinstance(value, dict):
        return Row(place, {}, "is no JSON object")
    return Row(place, value)


def _read_parquet(path: Path) -> Table:
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(path)
    except FileNotFoundError:
        raise CorpusError(f"{path}: cannot be read: No such file or directory") from None
    except (OSError, pyarrow.ArrowException) as error:
        first = str(error).split("\n", 1)[0]
        raise CorpusError(f"{path}: is no Parquet file that can be read: {first}") from None
    rows = [Row(f"row {n}", values) for n, values in enumerate(table.to_pylist(), 1)]
    return Table(tuple(table.column_names), rows)
