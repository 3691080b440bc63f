"""Rows of clauses, read from a file or a folder one by one, however many there are.

A source is read twice: once to see that it can be read and how many rows it has, and once
for the work. A row that is no clause is kept, with its problem.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

from p4ir.batch.paragraphs import Paragraphs
from p4ir.batch.rows import BatchRow
from p4ir.corpus.columns import choose_columns
from p4ir.corpus.tables import SUFFIXES, Row, Scan
from p4ir.errors import CorpusError
from p4ir.inference.refusal import writable

TEXT_SUFFIXES = (".txt", ".md")


class Source:
    """The rows of a file, or of all files in a folder that can hold clauses.

    Where there is no id, a row is called as `read_corpus` would call it; in a folder, the
    name of the file stands before it.

    Args:
        path: CSV, JSON lines, Parquet or text file, or a folder.
        columns: field → column, where columns are called otherwise.

    Raises:
        CorpusError: there is nothing to read, or a file is not what its ending says. Of a
            folder, such a file is one row with a problem.
    """

    def __init__(self, path: Path, columns: Mapping[str, str] | None = None) -> None:
        self.path = path
        self.left_out: tuple[str, ...] = ()
        """Files of the folder that no reader is for."""
        if path.is_dir():
            self._files = self._list(path)
            self._readers = [_reader_in_folder(path, file, columns) for file in self._files]
        else:
            self._readers = [open_rows(path, path.stem, columns)]
        self._count = sum(1 for _ in self._all())
        if not self._count:
            raise CorpusError(f"{path}: has no rows")

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[BatchRow]:
        with closing(_Names()) as names:
            for row in self._all():
                if not names.add(row.id) and not row.problem:
                    row = row._replace(problem=f"the id {row.id!r} stands in an earlier row")
                yield row

    def _all(self) -> Iterator[BatchRow]:
        return chain.from_iterable(self._readers)

    def _list(self, folder: Path) -> list[Path]:
        def is_hidden(file: Path) -> bool:
            return any(part.startswith(".") for part in file.relative_to(folder).parts)

        there = sorted(f for f in folder.rglob("*") if f.is_file() and not is_hidden(f))
        files = [file for file in there if is_readable(file)]
        self.left_out = tuple(str(f.relative_to(folder)) for f in there if not is_readable(f))
        if not files:
            kinds = ", ".join((*SUFFIXES, *TEXT_SUFFIXES))
            raise CorpusError(f"{folder}: holds no file that ends in {kinds}")
        return files


def is_readable(path: Path) -> bool:
    """Say whether a file's ending is one that a reader is for."""
    return path.suffix.lower() in (*SUFFIXES, *TEXT_SUFFIXES)


def open_rows(path: Path, name: str, columns: Mapping[str, str] | None) -> Iterable[BatchRow]:
    """Return the rows of a file; `name` stands before the number of a row without an id.

    Raises:
        CorpusError: the file cannot be read, or is of another kind than its ending says.
    """
    if path.suffix.lower() in TEXT_SUFFIXES:
        return Paragraphs(path, name)
    if not is_readable(path):
        kinds = ", ".join((*SUFFIXES, *TEXT_SUFFIXES))
        raise CorpusError(f"{path}: a batch is a folder or ends in {kinds}, not {path.suffix!r}")
    return _TableRows(path, name, columns)


class _TableRows:
    """The rows of a table, as they are read."""

    def __init__(self, path: Path, name: str, columns: Mapping[str, str] | None) -> None:
        self._scan, self._name = Scan(path), name
        if not self._scan.columns:  # JSON lines tell their columns only when read
            for _ in self._scan:
                pass
        self._columns: dict[str, str] = {}
        if self._scan.columns:
            self._columns = choose_columns(str(path), self._scan.columns, columns, need_rules=False)

    def __iter__(self) -> Iterator[BatchRow]:
        for row in self._scan:
            clause, problem = row.values.get(self._columns.get("clause", "")), row.problem or ""
            if not problem and not isinstance(clause, str):
                problem = "the clause is missing" if clause is None else "the clause is no text"
            text = writable(clause if isinstance(clause, str) else "")
            origin = {f: value for f in ("document", "number") if (value := self._text(row, f))}
            yield BatchRow(self._identify(row), text, problem, origin)

    def _identify(self, row: Row) -> str:
        document, number = self._text(row, "document"), self._text(row, "number")
        counted = f"{self._name}/{row.place.split()[-1]}"
        return self._text(row, "id") or (f"{document}/{number}" if document and number else counted)

    def _text(self, row: Row, field: str) -> str:
        value: Any = row.values.get(self._columns.get(field, ""))
        return "" if value is None else writable(str(value))


def _reader_in_folder(
    folder: Path, file: Path, columns: Mapping[str, str] | None
) -> Iterable[BatchRow]:
    inner = file.relative_to(folder).as_posix()
    try:
        rows = open_rows(file, "", columns)
    except CorpusError as error:
        return [BatchRow(inner, "", f"the file cannot be read: {error}")]
    return _Prefixed(inner, rows)


class _Prefixed:
    """Rows of a file in a folder, called after it."""

    def __init__(self, file: str, rows: Iterable[BatchRow]) -> None:
        self._file, self._rows = file, rows

    def __iter__(self) -> Iterator[BatchRow]:
        for row in self._rows:
            yield row._replace(id=f"{self._file}/{row.id.removeprefix('/')}")


class _Names:
    """Names that were seen, on disk once they are many: memory stays as it is."""

    def __init__(self) -> None:
        # The empty name makes a private file that goes with the connection.
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute("CREATE TABLE names (name TEXT PRIMARY KEY) WITHOUT ROWID")
        self._base.execute("BEGIN")

    def add(self, name: str) -> bool:
        """Remember a name, and say whether it is new."""
        return self._base.execute("INSERT OR IGNORE INTO names VALUES (?)", (name,)).rowcount == 1

    def close(self) -> None:
        """Forget all names."""
        self._base.close()
