"""DOCX by python-docx: paragraphs and rows of tables, with Word's own numbers and styles.

Content controls are read as if their content stood by itself. Text boxes are no part of the
text: they are left out, and said.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from p4ir.documents.headings import has_verb, is_sentence
from p4ir.documents.lines import Paragraph
from p4ir.documents.numbering import read_label
from p4ir.documents.word_numbering import WordNumbers
from p4ir.documents.word_text import GONE, MC, TEXT_BOX, UNKNOWN, M, W, read_symbol, text_of

_HEADING = re.compile(r"(?:heading|überschrift|titre|kop)\s*(\d)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_WRAPPERS = (f"{W}sdt", f"{W}customXml")


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
        _unwrap(document.element)
        self._numbers = WordNumbers(document)
        self._paragraphs: list[Paragraph] = []
        self._left_out: list[str] = []
        self._row, self._page = 0, 1
        breaks = document.element.iter(f"{W}lastRenderedPageBreak")
        self._has_pages = next(breaks, None) is not None

    def read(self) -> WordText:
        from docx.table import Table

        skipped = 0
        for block in self._document.iter_inner_content():
            if isinstance(block, Table):
                skipped += self._take_table(block)
            else:
                self._take(block)
        notes = list(self._remarks())
        if skipped:
            what = (
                "a row of a table is no clause and was"
                if skipped == 1
                else (f"{skipped} rows of tables are no clauses and were")
            )
            notes.append(f"{what} left out")
        return WordText(self._paragraphs, notes, self._left_out)

    def _remarks(self) -> Iterator[str]:
        """Say what a person should know of the text; leave out that of text boxes."""
        root = self._document.element
        if next(root.iter(*GONE, f"{W}ins"), None) is not None:
            yield "holds tracked changes; it was read as if all were accepted"
        if any(read_symbol(symbol) == UNKNOWN for symbol in root.iter(f"{W}sym")):
            yield f"holds symbols of a font that is not known; each was read as {UNKNOWN!r}"
        if next(root.iter(f"{M}oMath"), None) is not None:
            yield "holds equations; they were read as plain text: compare them with the document"
        boxes = _box_texts(root)
        if boxes:
            count = len(boxes)
            what = "a text box was" if count == 1 else f"{count} text boxes were"
            yield f"{what} left out"
        self._left_out += boxes

    def _take(self, paragraph: Any) -> None:
        self._row += 1
        text = text_of(paragraph._p)
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
        """Take the rows that hold a clause, and then the tables in their cells.

        Returns:
            How many rows hold none.
        """
        self._row += 1
        skipped = 0
        seen: set[Any] = set()
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
            # A cell that spans columns or rows comes again with each of them.
            for cell in row.cells:
                if cell._tc not in seen:
                    seen.add(cell._tc)
                    skipped += sum(map(self._take_table, cell.tables))
        return skipped


def _unwrap(root: Any) -> None:
    """Put what content controls hold in their place."""
    for wrapper in list(root.iter(*_WRAPPERS)):
        content = wrapper.find(f"{W}sdtContent") if wrapper.tag == _WRAPPERS[0] else wrapper
        for child in [] if content is None else list(content):
            wrapper.addprevious(child)
        wrapper.getparent().remove(wrapper)


def _box_texts(root: Any) -> list[str]:
    """Return the text of each text box that has any; Word writes each again for older programs."""
    boxes = [
        box for box in root.iter(TEXT_BOX) if next(box.iterancestors(f"{MC}Fallback"), None) is None
    ]
    texts = [" ".join(" ".join(map(text_of, box.iter(f"{W}p"))).split()) for box in boxes]
    return [text for text in texts if text]


def _row_texts(row: Any, numbers: WordNumbers) -> list[str]:
    """Return the text of each cell of a row; one that spans columns comes once."""
    texts, seen = [], set()
    for cell in row.cells:
        if cell._tc in seen:
            continue
        seen.add(cell._tc)
        parts = [f"{numbers.next_label(each)} {text_of(each._p)}" for each in cell.paragraphs]
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


def _page_breaks(paragraph: Any) -> int:
    return sum(1 for _ in paragraph._p.iter(f"{W}lastRenderedPageBreak"))


def _level(style: str) -> int | None:
    """Return the rank of a heading style; `None` for any other style."""
    if style.lower() in ("title", "titel", "titre"):
        return 0
    match = _HEADING.match(style)
    return int(match[1]) if match else None
