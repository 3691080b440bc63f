"""Plain text: decoded, and as lines of pages."""

from __future__ import annotations

import codecs
import re

from p4ir.corpus.tables import NOT_UTF8
from p4ir.documents.lines import Line
from p4ir.errors import DocumentError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_HASHES = re.compile(r"#{1,6}\s+")


def decode(data: bytes, name: str) -> tuple[str, list[str]]:
    """Return the text of a file, and what is to be said of how it was read.

    Raises:
        DocumentError: it is no text.
    """
    notes = []
    encoding = next((known for bom, known in _BOMS if data.startswith(bom)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
        notes.append(NOT_UTF8)
    controls = len(_CONTROLS.findall(text[:8192]))
    if controls * 10 > len(text[:8192]):
        raise DocumentError(f"{name}: is a binary file, no text")
    return _CONTROLS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")), notes


def lines_of(text: str) -> list[list[Line]]:
    """Return the lines of each page; form feeds separate pages, where there are any."""
    pages: list[list[Line]] = []
    row = 0
    parts = text.split("\f")
    for number, part in enumerate(parts, 1):
        lines: list[Line] = []
        gap = False
        for written in part.split("\n"):
            row += 1
            if not written.strip():
                gap = True
                continue
            shown = _HASHES.sub("", written.strip())
            page = number if len(parts) > 1 else None
            right = float(len(written.rstrip()))
            lines.append(Line(text=shown, page=page, row=row, gap=gap, right=right))
            gap = written.lstrip().startswith("#") and shown != written.strip()
        row -= 1 if number < len(parts) else 0
        pages.append(lines)
    return pages
