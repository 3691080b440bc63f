"""PDF by PDFium: the lines of each page, with their place and the size of their letters.

PDFium is not made for several threads, so one document is read at a time.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

from p4ir.documents.lines import WRAP_HYPHEN, Line
from p4ir.errors import DocumentError

MAX_PAGES = 5_000
_BOLD = 600
_GAP = 1.45
"""Distance between two lines above which there is a gap, in usual distances of a page."""
_FAR = 3.0
"""The same in sizes of letters, for pages of few lines."""
_HYPHENS = {0x02: WRAP_HYPHEN, 0xFFFE: WRAP_HYPHEN}
"""What PDFium gives for a hyphen at the end of a line."""
_SHOWN = 12
_lock = threading.Lock()


class PdfText(NamedTuple):
    """What a PDF holds."""

    pages: list[list[Line]]
    notes: list[str]


def read_pdf(data: bytes, name: str, password: str | None = None) -> PdfText:
    """Return the lines of a PDF.

    Raises:
        DocumentError: it is damaged, protected, a scan, or has too many pages.
    """
    import pypdfium2

    with _lock:
        try:
            document = pypdfium2.PdfDocument(data, password=password)
        except pypdfium2.PdfiumError as error:
            raise _refusal(str(error), name, password) from None
        try:
            if len(document) > MAX_PAGES:
                raise DocumentError(
                    f"{name}: has {len(document)} pages, at most {MAX_PAGES} are read; split it"
                )
            return _read_pages(document, name)
        except pypdfium2.PdfiumError as error:
            raise DocumentError(f"{name}: is a damaged PDF: {error}") from None
        finally:
            document.close()


def _refusal(said: str, name: str, password: str | None) -> DocumentError:
    if "password" in said.lower():
        what = "its password is another one" if password else "is protected by a password"
        advice = "give the right one" if password else "give the password, or an open copy"
        return DocumentError(f"{name}: {what}; {advice}", needs_password=True)
    return DocumentError(f"{name}: is a damaged PDF, or none that can be read: {said}")


def _read_pages(document: Any, name: str) -> PdfText:
    pages: list[list[Line]] = []
    blank: list[int] = []
    has_image = False
    for number, page in enumerate(document, 1):
        lines = list(_with_gaps(list(_lines(page, number))))
        if not lines:
            blank.append(number)
            has_image = has_image or _has_image(page)
        pages.append(lines)
        page.close()
    if len(blank) == len(pages):
        if has_image:
            raise DocumentError(
                f"{name}: is a scan: its pages are pictures without text; put it through text "
                "recognition first (OCRmyPDF, for example)"
            )
        raise DocumentError(f"{name}: holds no text")
    notes = []
    if blank and has_image:
        listed = ", ".join(map(str, blank[:_SHOWN])) + (" …" if len(blank) > _SHOWN else "")
        notes.append(f"page {listed}: pictures without text (scanned?), nothing was read there")
    return PdfText(pages, notes)


def _has_image(page: Any) -> bool:
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    return next(iter(page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE])), None) is not None


def _lines(page: Any, number: int) -> Iterator[tuple[Line, float]]:
    """Yield the lines of a page in the order in which it writes them, and where each ends.

    Lines that a hyphen joins come as one, which ends as far down as the last of them.
    """
    from pypdfium2 import raw

    text_page = page.get_textpage()
    codes = [raw.FPDFText_GetUnicode(text_page, i) for i in range(text_page.count_chars())]
    start = 0
    for end in [*(i for i, code in enumerate(codes) if code in (10, 13)), len(codes)]:
        text = "".join(_HYPHENS.get(code) or _letter(code) for code in codes[start:end])
        if text.strip():
            shown = [i for i in range(start, end) if not _letter(codes[i]).isspace()]
            wrap = max((i for i in range(start, end) if codes[i] in _HYPHENS), default=-1)
            last = next((i for i in shown if i > wrap), shown[0])
            line = _line(text_page, text, shown[0], shown[-1], number)
            yield line, _foot(text_page, last)
        start = end + 1
    text_page.close()


def _line(text_page: Any, text: str, first: int, last: int, number: int) -> Line:
    from pypdfium2 import raw

    _, _, right, _ = text_page.get_charbox(last, loose=True)
    size = float(raw.FPDFText_GetFontSize(text_page, first))
    bold = raw.FPDFText_GetFontWeight(text_page, first) >= _BOLD or _is_bold(text_page, first)
    top = _foot(text_page, first)
    return Line(
        text=" ".join(text.split()), page=number, right=right, top=top, size=size, bold=bold
    )


def _foot(text_page: Any, index: int) -> float:
    """Return how high a letter stands, in points from the foot of the page."""
    return float(text_page.get_charbox(index, loose=True)[1])


def _is_bold(text_page: Any, index: int) -> bool:
    """Say whether the name of a letter's font says that it is bold."""
    from pypdfium2 import raw

    buffer, flags = ctypes.create_string_buffer(100), ctypes.c_int()
    raw.FPDFText_GetFontInfo(text_page, index, buffer, len(buffer), ctypes.byref(flags))
    return b"bold" in buffer.value.lower()


def _letter(code: int) -> str:
    return chr(code) if code > 31 and not 0xD800 <= code <= 0xDFFF and code != 0xFFFF else " "


def _with_gaps(found: Sequence[tuple[Line, float]]) -> Iterator[Line]:
    """Mark the lines above which there is more space than usual."""
    steps = [end - line.top for (_, end), (line, _) in pairwise(found)]
    usual = sorted(step for step in steps if step > 1)
    limit = _GAP * usual[len(usual) // 4] if usual else float("inf")
    for (line, _), step in zip(found, [0.0, *steps], strict=False):
        # A step up is another column.
        yield replace(line, gap=step > limit or step > _FAR * line.size > 0)
