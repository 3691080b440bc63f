"""Rows of CSV, JSON lines and Parquet files, each with the place where it stands.

A row that cannot be read at all (broken quoting, broken JSON) comes out as a `Row`
with a `problem`, so that one pass over a file finds everything that is wrong with it.
`Scan` reads one row after the other, however large the file; `read_table` reads them all.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from p4ir.corpus.headers import HEAD_ROWS, find_header, first_filled
from p4ir.corpus.parquet import parquet_columns, parquet_rows
from p4ir.errors import CorpusError, RuleSyntaxError
from p4ir.rules.json_tree import object_of

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
_MAGIC = {
    b"PK\x03\x04": "a zip archive or an Excel workbook; save the sheet as CSV (UTF-8)",
    b"%PDF": "a PDF file; a corpus is CSV, JSON lines or Parquet",
    b"\xff\xfe": "UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as UTF-8",
    b"\x1f\x8b": "compressed; unpack it first",
}
NOT_UTF8 = "is no UTF-8; read as Windows-1252: look at letters with accents"
"""What is to be said of a text that was read so."""
_TEXT_CONTROLS = frozenset(b"\t\n\r\f")
_SAMPLE_BYTES = 8192
_UTF8 = "utf-8-sig"
_CELL_CHARS = 2**24
"""Longest cell of CSV. Behind a longer one the rest of its lines would be taken for rows."""
_MISFIT = "has {} columns, the header has {}"


class Row(NamedTuple):
    """One row as it stands in a file."""

    place: str
    """Where it is: `line 7`, or `row 7` in Parquet; a header on top is line 1."""
    values: dict[str, Any]
    """Column to value."""
    problem: str | None = None
    """Why the row could not be read."""


class Table(NamedTuple):
    """A file's columns and rows."""

    columns: tuple[str, ...]
    rows: list[Row]


class Scan:
    """The rows of a file, read one by one each time that they are iterated over.

    Args:
        path: CSV, JSON lines or Parquet file; its suffix says which.
        chosen: the user's own mapping, field → column, by which the header of CSV is found.
        guess_encoding: read CSV that is no UTF-8 as Windows-1252; then `encoding` is `cp1252`.

    Raises:
        CorpusError: the file is missing, unreadable, of another kind, or empty; at once, or
            where the damage shows only further down, while rows are read.
    """

    def __init__(
        self,
        path: Path,
        chosen: Mapping[str, str] | None = None,
        *,
        guess_encoding: bool = False,
    ) -> None:
        self.path, self._suffix, self._chosen = path, path.suffix.lower(), chosen
        self.encoding = _UTF8
        if self._suffix not in SUFFIXES:
            raise CorpusError(
                f"{path}: a corpus ends in {', '.join(SUFFIXES)}, not {path.suffix!r}"
            )
        self.columns: dict[str, None] = {}
        """The columns, in order; of JSON lines, those of the rows that were read."""
        if self._suffix == ".parquet":
            self.columns.update(dict.fromkeys(parquet_columns(path)))
        else:
            check_text(path)
            if self._suffix not in (".jsonl", ".ndjson"):
                if guess_encoding:
                    self.encoding = _guess_encoding(path)
                with open_text(path, self.encoding) as file:
                    _, columns = _begin_csv(str(path), file, chosen)
                self.columns.update(dict.fromkeys(columns))

    def __iter__(self) -> Iterator[Row]:
        if self._suffix == ".parquet":
            for number, values in enumerate(parquet_rows(self.path), 1):
                yield Row(f"row {number}", values)
        elif self._suffix in (".jsonl", ".ndjson"):
            yield from self._json_rows()
        else:
            with open_text(self.path, self.encoding) as file:
                yield from _csv_rows(*_begin_csv(str(self.path), file, self._chosen))

    def _json_rows(self) -> Iterator[Row]:
        # Lines end in \n alone: JSON strings may hold U+2028 and its like.
        with open_text(self.path, newline="\n") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    row = _json_row(f"line {number}", line.removesuffix("\n"))
                    self.columns.update(dict.fromkeys(row.values))
                    yield row


def read_table(path: Path) -> Table:
    """Read a file as a table; the suffix says how.

    Raises:
        CorpusError: the file is missing, unreadable, of another kind, or empty.
    """
    scan = Scan(path)
    rows = list(scan)
    return Table(tuple(scan.columns), rows)


def is_utf8(text: str) -> bool:
    r"""Say whether a text that was read here is one, without bytes of another encoding.

    >>> is_utf8("Tür"), is_utf8("T\udcfcr")
    (True, False)
    """
    return not any("\ud800" <= char <= "\udfff" for char in text)


def is_misfit(problem: str) -> bool:
    """Say whether the problem of a row is that its cells are not those of the header.

    >>> is_misfit("has 3 columns, the header has 1")
    True
    """
    return re.fullmatch(_MISFIT.format(r"\d+", r"\d+"), problem) is not None


def check_text(path: Path) -> None:
    """Refuse a file that is no text, by its first bytes."""
    try:
        with path.open("rb") as file:
            sample = file.read(_SAMPLE_BYTES)
            while sample.isspace() and (more := file.read(_SAMPLE_BYTES)):
                sample = more
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror}") from None
    for start, kind in _MAGIC.items():
        if sample.startswith(start):
            raise CorpusError(f"{path}: is {kind}")
    if not sample.strip():
        raise CorpusError(f"{path}: is empty")
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in sample)
    if controls * 10 > len(sample):
        raise CorpusError(f"{path}: is a binary file; a corpus is CSV, JSON lines or Parquet")


def _guess_encoding(path: Path) -> str:
    """Return how a text is encoded, by its first line that is not all ASCII."""
    with path.open("rb") as file:
        line = next((line for line in file if not line.isascii()), b"")
    try:
        line.decode(_UTF8)
    except UnicodeDecodeError:
        return "cp1252"
    return _UTF8


def open_text(path: Path, encoding: str = _UTF8, newline: str = "") -> TextIO:
    """Open a text file; bytes that its encoding does not have become lone surrogates."""
    try:
        return path.open(encoding=encoding, errors="surrogateescape", newline=newline)
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror}") from None


def read_csv(name: str, text: str, chosen: Mapping[str, str] | None = None) -> Table:
    """Read a text as CSV; commas, semicolons or tabs separate its cells.

    Raises:
        CorpusError: its header cannot be read; `name` says of what file.
    """
    reader, columns = _begin_csv(name, io.StringIO(text, newline=""), chosen)
    return Table(columns, list(_csv_rows(reader, columns)))


def _begin_csv(
    name: str, file: TextIO, chosen: Mapping[str, str] | None
) -> tuple[Any, tuple[str, ...]]:
    """Return a reader that stands behind the header, and the columns."""
    first_line = file.readline()
    if _json_row("", first_line).problem is None:
        raise CorpusError(f"{name}: is JSON lines; let its name end in .jsonl")
    delimiter, above = _layout(file, first_line, chosen)
    reader = _csv_reader(file, delimiter)
    for _ in islice(reader, above):
        pass
    place = f"{name}: line {reader.line_num + 1}"
    try:
        columns = tuple(cell.strip() for cell in next(reader))
    except csv.Error as error:
        raise CorpusError(f"{place}: {error}") from None
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise CorpusError(f"{place}: two columns are called {twice[0]!r}")
    return reader, columns


def _layout(file: TextIO, first_line: str, chosen: Mapping[str, str] | None) -> tuple[str, int]:
    """Return what separates the cells, and how many rows stand above the header."""
    usual = max(",;\t", key=first_line.count)
    for delimiter in (usual, *",;\t".replace(usual, "")):
        rows = _first_rows(file, delimiter)
        header = find_header(rows, chosen)
        if header is not None:
            return delimiter, header
    return usual, first_filled(_first_rows(file, usual))


def _first_rows(file: TextIO, delimiter: str) -> list[list[str]]:
    rows = []
    with suppress(csv.Error):  # said where the row is read for good
        for cells in islice(_csv_reader(file, delimiter), HEAD_ROWS):
            rows.append(cells)
    return rows


def _csv_reader(file: TextIO, delimiter: str) -> Any:
    file.seek(0)
    csv.field_size_limit(max(_CELL_CHARS, csv.field_size_limit()))
    # Malformed quoting moves text between columns unseen, hence strict.
    return csv.reader(file, delimiter=delimiter, strict=True)


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
            problem = _MISFIT.format(len(cells), len(columns))
        yield Row(place, dict(zip(columns, cells, strict=False)), problem)


def _json_row(place: str, line: str) -> Row:
    try:
        value = json.loads(line, object_pairs_hook=object_of)
    except RuleSyntaxError as error:
        return Row(place, {}, f"has {error.found}, expected {error.expected}")
    except json.JSONDecodeError as error:
        return Row(place, {}, f"is no JSON: {error.msg}, column {error.colno}")
    except (RecursionError, ValueError) as error:
        return Row(place, {}, f"is no JSON that can be read: {error}")
    if not isinstance(value, dict):
        return Row(place, {}, "is no JSON object")
    return Row(place, value)
