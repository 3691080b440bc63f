"""Read a source document, whatever its kind, as clauses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from p4ir.documents.document import Document, Kind

MAX_BYTES = 50 * 2**20
"""Size above which a document is refused, in bytes."""

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


def read_document(
    source: str | Path | bytes,
    name: str | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    password: str | None = None,
) -> Document:
    """Read a document and cut it into clauses.

    Args:
        source: a path, or the document's bytes.
        name: the document's file name; needed with bytes.
        columns: for CSV and XLSX, field (`clause`, `id`, `number`) → the column's name,
            where they are called otherwise than `p4ir.corpus.columns.SYNONYMS`.
        password: what opens a protected PDF.

    Raises:
        DocumentError: the document cannot be read, or holds no clause.
    """
    raise NotImplementedError
