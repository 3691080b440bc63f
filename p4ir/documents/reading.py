"""Read a source document, whatever its kind, as clauses."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from p4ir.documents.document import Clause, Document, Kind
from p4ir.documents.furniture import drop_furniture
from p4ir.documents.lines import join_lines
from p4ir.documents.segmenting import segment
from p4ir.documents.text import decode, lines_of
from p4ir.errors import DocumentError, first_line

MAX_BYTES = 50 * 2**20
"""Size above which a document is refused, in bytes."""
MAX_UNPACKED_BYTES = 500 * 2**20
"""The same for what an Office file unpacks to."""

ENDINGS: dict[str, Kind] = {
    ".txt": "txt",
    ".md": "txt",
    ".csv": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".docx": "docx",
    ".pdf": "pdf",
}
"""Endings of the names of documents that can be read."""
RENAME = "call one so, or say which it is (p4ir batch: --column NAME)"
"""What to do about a column that is called otherwise."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROTECTED = "EncryptedPackage".encode("utf-16-le")
_MARKS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_TITLES: dict[str, str] = {"pdf": "PDF", "docx": "Word document", "xlsx": "Excel workbook"}


def read_document(
    source: str | Path | bytes,
    name: str | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    password: str | None = None,
    how: str = RENAME,
) -> Document:
    """Read a document and cut it into clauses.

    Args:
        source: a path, or the document's bytes.
        name: the document's file name; needed with bytes.
        columns: for CSV and XLSX, field (`clause`, `id`, `number`) → the column's name,
            where they are called otherwise than `p4ir.corpus.columns.SYNONYMS`.
        password: what opens a protected PDF.
        how: what to do about a column that is called otherwise and is not in `columns`.

    Raises:
        DocumentError: the document cannot be read, or holds no clause.
    """
    if not isinstance(source, bytes):
        name = name or Path(source).name
        source = _read(Path(source))
    elif not name:
        raise DocumentError("bytes have no name: give the document's file name")
    data = _checked(source, name)
    kind, notes = _kind_of(data, name)
    if kind in ("csv", "xlsx"):
        cut = _cut_table(kind, data, name, columns, how)
    elif kind == "docx":
        cut = _cut_word(data, name)
    else:
        cut = _cut_lines(kind, data, name, password)
    if not cut.clauses:
        raise DocumentError(f"{name}: holds no clause")
    found = cut._asdict() | {"notes": (*notes, *cut.notes)}
    return Document(name=name, kind=kind, sha256=hashlib.sha256(data).hexdigest(), **found)


def segment_text(text: str, stem: str = "text") -> tuple[Clause, ...]:
    """Cut a plain text into clauses; there are none if it holds no text."""
    lines, _ = drop_furniture(lines_of(text))
    clauses, _ = segment(join_lines(lines), stem)
    return clauses


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from None


def _checked(data: bytes, name: str) -> bytes:
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // 2**20
        raise DocumentError(f"{name}: has more than {limit} MB, which is too much; split it")
    if not data.strip():
        raise DocumentError(f"{name}: is empty")
    return data


class _Cut(NamedTuple):
    """What was made of a document's content."""

    clauses: tuple[Clause, ...]
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    pages: int | None = None


def _cut_table(
    kind: Kind, data: bytes, name: str, columns: Mapping[str, str] | None, how: str
) -> _Cut:
    from p4ir.documents.sheets import clauses_of, csv_sheets, xlsx_sheets

    if kind == "csv":
        sheets, said = csv_sheets(data, name, columns)
    else:
        with _damage_said(name, kind):
            sheets, said = xlsx_sheets(data, columns)
    clauses, missing = clauses_of(sheets, Path(name).stem, name, columns, how)
    return _Cut(clauses, (*said, *missing))


def _cut_word(data: bytes, name: str) -> _Cut:
    from p4ir.documents.word import read_docx

    with _damage_said(name, "docx"):
        word = read_docx(data)
    clauses, headings = segment(word.paragraphs, Path(name).stem, "paragraph")
    return _Cut(clauses, tuple(word.notes), (*word.left_out, *headings))


def _cut_lines(kind: Kind, data: bytes, name: str, password: str | None) -> _Cut:
    pages: int | None = None
    if kind == "pdf":
        from p4ir.documents.pdf import read_pdf

        lines, said = read_pdf(data, name, password)
        pages = len(lines)
    else:
        text, said = decode(data, name)
        lines = lines_of(text)
    kept, furniture = drop_furniture(lines)
    clauses, headings = segment(join_lines(kept), Path(name).stem)
    return _Cut(clauses, tuple(said), (*furniture, *headings), pages)


@contextmanager
def _damage_said(name: str, kind: Kind) -> Iterator[None]:
    """Turn whatever a library makes of a damaged file, which may be any error, into ours."""
    try:
        yield
    except (MemoryError, RecursionError) as error:
        raise DocumentError(f"{name}: is too large or too deep to be read") from error
    except Exception as error:
        raise DocumentError(f"{name}: is a damaged {_TITLES[kind]}: {first_line(error)}") from error


def _kind_of(data: bytes, name: str) -> tuple[Kind, list[str]]:
    """Return what a document is by its content, and what to say if its name says otherwise.

    Raises:
        DocumentError: it is nothing that can be read.
    """
    ending = Path(name).suffix.lower()
    said = ENDINGS.get(ending) if ending else "txt"
    found = _sniff(data, name)
    if found is not None:
        if found == said:
            return found, []
        return found, [f"is a {_TITLES[found]}, though its name ends in {ending!r}; read as one"]
    if said in _TITLES:
        start = data[:20].decode("ascii", errors="replace").split("\n")[0]
        raise DocumentError(
            f"{name}: is no {_TITLES[said]}, though its name says so (it begins with {start!r})"
        )
    if said is None:
        known = ", ".join(ENDINGS)
        raise DocumentError(f"{name}: documents end in {known}, not {ending!r}; save it as one")
    return said, []


def _sniff(data: bytes, name: str) -> Kind | None:
    """Return the kind of a binary document; `None` for what may be text."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(_OLD_OFFICE):
        if _PROTECTED in data:
            raise DocumentError(f"{name}: is protected by a password; save a copy without it")
        raise DocumentError(
            f"{name}: is in the old Office format (.doc, .xls); save it as .docx or .xlsx"
        )
    return _sniff_zip(data, name) if data.startswith(b"PK") else None


def _sniff_zip(data: bytes, name: str) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile:
        raise DocumentError(f"{name}: is a damaged Office file or archive") from None
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        limit = MAX_UNPACKED_BYTES // 2**20
        raise DocumentError(f"{name}: unpacks to more than {limit} MB; it is not read")
    names = {entry.filename for entry in entries}
    for mark, kind in _MARKS.items():
        if mark in names:
            return "docx" if kind == "docx" else "xlsx"
    raise DocumentError(f"{name}: is an archive, no document; unpack it first")
