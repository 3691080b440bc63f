"""Rows of clauses, read from a file or a folder one by one, however many there are.

A source is read twice: once to see that it can be read and how many rows it has, and once
for the work. A row that is no clause is kept, with its problem.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from p4ir.batch.rows import BatchRow
from p4ir.corpus.columns import choose_columns
from p4ir.corpus.tables import NOT_UTF8, SUFFIXES, Row, Scan
from p4ir.errors import CorpusError, DocumentError
from p4ir.inference.refusal import writable

DOCUMENTS = (".txt", ".md", ".docx", ".pdf", ".xlsx", ".xlsm")
"""Endings of documents that are cut into clauses, rather than read row by row."""
ENDINGS = (*SUFFIXES, *DOCUMENTS)
BY_OPTION = "name it by --column {field}=NAME"
"""What to do about a column that is called otherwise, on the command line."""


class Source:
    """The rows of a file, or of all files in a folder that can hold clauses.

    Where there is no id, a row is called as `read_corpus` would call it. In a folder, the
    name of the file stands before that; a row without an id in a table that has some is
    called `a.csv:3`, since another's may be `3`.

    Args:
        path: Table (CSV, JSON lines, Parquet), document (text, Word, PDF, Excel) or folder.
        columns: field → column, where columns are called otherwise.
        how: what to do about a column that is called otherwise and is not in `columns`.

    Raises:
        CorpusError: there is nothing to read, or a table is not what its ending says. Of a
            folder, such a file is one row with a problem.
        DocumentError: the same of a document.
    """

    def __init__(
        self, path: Path, columns: Mapping[str, str] | None = None, *, how: str = BY_OPTION
    ) -> None:
        self.path, self._columns, self._how = path, columns, how
        self.left_out: tuple[str, ...] = ()
        """Files of the folder that no reader is for."""
        self.notes: dict[str, None] = {}
        """What a person should know of the files that were read, in order."""
        self._files = self._list(path) if path.is_dir() else [path]
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
        if self._files == [self.path]:
            yield from self._read(self.path)
            return
        for file in self._files:
            inner = file.relative_to(self.path).as_posix()
            try:
                yield from self._read(file, inner)
            except (CorpusError, DocumentError) as error:
                yield BatchRow(inner, "", f"the file cannot be read: {error}")

    def _read(self, file: Path, inner: str = "") -> Iterator[BatchRow]:
        ending = file.suffix.lower()
        if ending in SUFFIXES:
            return self._table_rows(file, inner)
        if ending in DOCUMENTS:
            return self._document_rows(file, inner)
        kinds = ", ".join(ENDINGS)
        raise CorpusError(f"{file}: a batch is a folder or ends in {kinds}, not {file.suffix!r}")

    def _table_rows(self, file: Path, inner: str) -> Iterator[BatchRow]:
        scan = Scan(file, self._columns, guess_encoding=True)
        if scan.encoding == "cp1252":
            self.notes[f"{file.name}: {NOT_UTF8}"] = None
        yield from _scanned_rows(scan, self._columns, inner, self._how)

    def _document_rows(self, file: Path, inner: str) -> Iterator[BatchRow]:
        from p4ir.documents import read_document

        document = read_document(file, columns=self._columns, how=self._how)
        self.notes.update(dict.fromkeys(f"{file.name}: {said}" for said in document.remarks()))
        about = {"document": document.name, "document_sha256": document.sha256}
        ids = [clause.id for clause in document.clauses]
        if inner:
            ids = _below(inner, file.stem, ids)
        for id, clause in zip(ids, document.clauses, strict=True):
            place = {"number": clause.number, "page": clause.page, "row": clause.row}
            known = {name: value for name, value in place.items() if value}
            yield BatchRow(id, writable(clause.text), "", {**about, **known})

    def _list(self, folder: Path) -> list[Path]:
        def is_hidden(file: Path) -> bool:
            return any(part.startswith(".") for part in file.relative_to(folder).parts)

        there = sorted(f for f in folder.rglob("*") if f.is_file() and not is_hidden(f))
        files = [file for file in there if file.suffix.lower() in ENDINGS]
        left_out = [file for file in there if file.suffix.lower() not in ENDINGS]
        self.left_out = tuple(str(file.relative_to(folder)) for file in left_out)
        if not files:
            raise CorpusError(f"{folder}: holds no file that ends in {', '.join(ENDINGS)}")
        return files


def _below(inner: str, stem: str, ids: Sequence[str]) -> list[str]:
    """Return ids of a document with the name of its file before them, instead of its stem.

    The stem stays where another id is the same without it.
    """
    short = Counter(id.removeprefix(f"{stem}/") for id in ids)
    names = [id if short[cut := id.removeprefix(f"{stem}/")] > 1 else cut for id in ids]
    return [f"{inner}/{name}" for name in names]


def _scanned_rows(
    scan: Scan, chosen: Mapping[str, str] | None, inner: str, how: str
) -> Iterator[BatchRow]:
    """Yield the rows of a table; `inner` is its name in a folder, and empty without one."""
    path = scan.path
    if not scan.columns:  # JSON lines tell their columns only when read
        for _ in scan:
            pass
    if not scan.columns:
        raise CorpusError(f"{path}: holds no JSON object; JSON lines have one on each line")
    columns = choose_columns(str(path), scan.columns, chosen, need_rules=False, how=how)
    for row in scan:
        clause, problem = row.values.get(columns.get("clause", "")), row.problem or ""
        if not problem and not isinstance(clause, str):
            problem = "the clause is missing" if clause is None else "the clause is no text"
        text = writable(clause if isinstance(clause, str) else "")
        known = {field: _text(row, columns, field) for field in ("id", "document", "number")}
        id = _identify(known, row.place.split()[-1], path.stem, inner, columns)
        origin = {field: known[field] for field in ("document", "number") if known[field]}
        yield BatchRow(id, text, problem, origin)


def _said_id(known: Mapping[str, str]) -> str:
    """Return the id that a row says of itself; empty if it says none."""
    if known["id"].strip():
        return known["id"]
    is_numbered = known["document"] and known["number"]
    return f"{known['document']}/{known['number']}" if is_numbered else ""


def _identify(
    known: Mapping[str, str], line: str, stem: str, inner: str, columns: Mapping[str, str]
) -> str:
    """Return the id of a row; `inner` is its table's name in a folder, and empty without one."""
    said = _said_id(known)
    if not inner:
        return said or f"{stem}/{line}"
    has_ids, has_numbers = "id" in columns, {"document", "number"} <= columns.keys()
    if said:
        return f"{inner}/{said if has_ids else said.removeprefix(f'{stem}/')}"
    return f"{inner}:{line}" if has_ids or has_numbers else f"{inner}/{line}"


def _text(row: Row, columns: Mapping[str, str], field: str) -> str:
    value: Any = row.values.get(columns.get(field, ""))
    return "" if value is None else writable(str(value))


class _Names:
    """Names that were seen, on disk once they are many: memory stays as it is."""

    def __init__(self) -> None:
        # The empty name makes a private file that goes with the connection.
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute("CREATE TABLE names (name TEXT PRIMARY KEY) WITHOUT ROWID")
        self._base.execute("BEGIN")

    def add(self, name: str) -> bool:
        """Remember a name, and say whether it is new.

        Raises:
            OSError: the names find no room on the disk.
        """
        try:
            done = self._base.execute("INSERT OR IGNORE INTO names VALUES (?)", (name,))
        except sqlite3.OperationalError as error:
            raise OSError(f"no room for temporary files ({error})") from None
        return done.rowcount == 1

    def close(self) -> None:
        """Forget all names."""
        self._base.close()
