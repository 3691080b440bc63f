"""DOCX by python-docx: paragraphs and rows of tables, with Word's own numbers and styles."""

from __future__ import annotations

import io
import re
from typing import Any, NamedTuple

from p4ir.documents.headings import has_verb, is_sentence
from p4ir.documents.lines import Paragraph
from p4ir.documents.numbering import read_label
from p4ir.documents.word_numbering import WordNumbers

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"(?:heading|überschrift|titre|kop)\s*(\d)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_GONE = {f"{_W}del", f"{_W}moveFrom"}
_SPACES = {f"{_W}tab": "\t", f"{_W}br": " ", f"{_W}cr": " ", f"{_W}noBreakHyphen": "-"}


class WordText(NamedTuple):
    """What a Word document holds."""

    paragraphs: list[Paragraph]
    notes: list[str]
    left_out: list[str]


def read_docx(data: bytes) -> WordText:
    """Return the paragraphs of a Word document."""
    import docx

    return _Reader(docx.Document(io.BytesIO(data))).read()


class _Reader:
    """One document on its way through."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._numbers = WordNumbers(document)
        self._paragraphs: list[Paragraph] = []
        self._left_out: list[str] = []
        self._row, self._page = 0, 1
        breaks = document.element.iter(f"{_W}lastRenderedPageBreak")
        self._has_pages = next(breaks, None) is not None

    def read(self) -> WordText:
        from docx.table import Table

        skipped = 0
        for block in self._document.iter_inner_content():
            if isinstance(block, Table):
                skipped += self._take_table(block)
            else:
                self._take(block)
        changed = sum(1 for _ in self._document.element.iter(*_GONE, f"{_W}ins"))
        notes = []
        if changed:
            notes.append("holds tracked changes; it was read as if all were accepted")
        if skipped:
            what = (
                "a row of a table is no clause and was"
                if skipped == 1
                else (f"{skipped} rows of tables are no clauses and were")
            )
            notes.append(f"{what} left out")
        return WordText(self._paragraphs, notes, self._left_out)

    def _take(self, paragraph: Any) -> None:
        self._row += 1
        text = _text(paragraph)
        page = self._page if self._has_pages else None
        self._page += _page_breaks(paragraph)
        if not text.strip():
            return
        style = (paragraph.style.name or "") if paragraph.style is not None else ""
        if style.lower().startswith(("toc", "table of", "verzeichnis", "caption")):
            self._left_out.append(" ".join(text.split()))
            return
        label = self._numbers.next_label(paragraph)
        self._paragraphs.append(
            Paragraph(text=f"{label} {text}".strip(), page=page, row=self._row, level=_level(style))
        )

    def _take_table(self, table: Any) -> int:
        """Take the rows that hold a clause; return how many do not."""
        self._row += 1
        skipped = 0
        for row in table.rows:
            cells = _row_texts(row, self._numbers)
            filled = [cell for cell in cells if cell]
            if _is_clause(filled):
                page = self._page if self._has_pages else None
                text = " ".join(filled)
                self._paragraphs.append(Paragraph(text=text, page=page, row=self._row))
            elif filled:
                self._left_out.append(" | ".join(filled))
                skipped += 1
        return skipped


def _row_texts(row: Any, numbers: WordNumbers) -> list[str]:
    """Return the text of each cell of a row; one that spans columns comes once."""
    texts, seen = [], set()
    for cell in row.cells:
        if cell._tc in seen:
            continue
        seen.add(cell._tc)
        parts = [f"{numbers.next_label(each)} {_text(each)}" for each in cell.paragraphs]
        texts.append(" ".join(" ".join(parts).split()))
    return texts


def _is_clause(cells: list[str]) -> bool:
    """Say whether a row is a number, its clause and perhaps more, rather than data.

    A number of several parts may have words without a verb (`4.2 | Gutters drain.`).
    """
    if len(cells) < 2 or not _is_number(cells[0]):
        return False
    if len(cells) > 2:
        return is_sentence(cells[1])
    return has_verb(cells[1]) or ("." in cells[0] and len(_WORD.findall(cells[1])) > 1)


def _is_number(text: str) -> bool:
    label = read_label(f"{text} Text.")
    return label is not None and label.style != "bullet" and label.rest == "Text."


def _text(paragraph: Any) -> str:
    """Return a paragraph's text with inserted words and without deleted ones."""
    parts: list[str] = []

    def walk(element: Any) -> None:
        for child in element:
            if child.tag in _GONE or child.tag == f"{_W}pPr":
                continue
            if child.tag == f"{_W}t":
                parts.append(child.text or "")
            elif child.tag in _SPACES:
                parts.append(_SPACES[child.tag])
            else:
                walk(child)

    walk(paragraph._p)
    return "".join(parts).strip()


def _page_breaks(paragraph: Any) -> int:
    return sum(1 for _ in paragraph._p.iter(f"{_W}lastRenderedPageBreak"))


def _level(style: str) -> int | None:
    """Return the rank of a heading style; `None` for any other style."""
    if style.lower() in ("title", "titel", "titre"):
        return 0
    match = _HEADING.match(style)
    return int(match[1]) if match else None
