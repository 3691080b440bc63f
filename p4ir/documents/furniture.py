"""Page furniture: what stands at the head or the foot of a page and is no part of the text.

A line there is furniture if it is a page number, if it stands on several pages alike, or
if it holds a number that goes up with the pages, as running heads of chapters do. A sentence
is furniture only if it recurs word for word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from p4ir.documents.headings import has_verb, is_sentence
from p4ir.documents.lines import Line

_EDGE = 2
"""Lines at the head and at the foot of a page that may be furniture."""
_SHARE = 0.3
"""Share of the pages that a running head stands on; three pages are enough."""
_PAGE_NUMBER = re.compile(
    r"(?:page|seite|p\.)?\s*[-–—|]?\s*(?:\d{1,4}|[ivxl]{1,6})\s*(?:(?:of|/|von)\s*\d{1,4})?\s*[-–—|]?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^(\d{1,4})\s+|\s+(\d{1,4})$|\bpage (\d+).*$", re.IGNORECASE)


def drop_furniture(pages: Sequence[Sequence[Line]]) -> tuple[list[Line], list[str]]:
    """Return the lines of all pages without their furniture, and that, each text once."""
    edges = [_edge_lines(lines) for lines in pages]
    recurring = _Recurring(edges)
    kept: list[Line] = []
    dropped: dict[str, None] = {}
    for number, (lines, edge) in enumerate(zip(pages, edges, strict=True)):
        for line in lines:
            is_at_edge = any(line is other for other in edge)
            if is_at_edge and (
                _is_page_number(line.text.strip(), len(pages)) or recurring.holds(line, number)
            ):
                dropped[line.text] = None
            else:
                kept.append(line)
    if not kept:  # where there is nothing else, this is the text
        return [line for lines in pages for line in lines], []
    return kept, list(dropped)


class _Recurring:
    """What stands at the edges of several pages."""

    def __init__(self, edges: Sequence[Sequence[Line]]) -> None:
        self._often = max(2, min(3, len(edges)), round(_SHARE * len(edges)))
        self._texts, self._offsets, self._wholes = (
            Counter(
                key
                for number, lines in enumerate(edges)
                for key in {find(line, number) for line in lines}
            )
            for find in (_text_key, _offset_key, _whole_key)
        )

    def holds(self, line: Line, page: int) -> bool:
        """Say whether a line is one of those that recur.

        Of a requirement only its page number may differ: other numbers are what it demands.
        """
        is_clause = is_sentence(line.text)
        many = max(3, self._often)
        if self._wholes[_whole_key(line, page)] >= (many if is_clause else self._often):
            return True
        if not has_verb(line.text) and self._texts[_text_key(line, page)] >= self._often:
            return True
        offset = _offset_key(line, page)
        return not is_clause and offset is not None and self._offsets[offset] >= many


def _edge_lines(lines: Sequence[Line]) -> list[Line]:
    if any(line.top for line in lines):
        lines = sorted(lines, key=lambda line: -line.top)
    return [*lines[:_EDGE], *lines[max(_EDGE, len(lines) - _EDGE) :]]


def _is_page_number(text: str, pages: int) -> bool:
    # A mere number says nothing where there is but one page.
    return bool(_PAGE_NUMBER.fullmatch(text)) and (pages > 1 or not text.isalnum())


def _text_key(line: Line, page: int) -> tuple[str, int]:
    """Return what is the same on every page of a running head or foot."""
    return _NUMBER.sub("", line.text.strip()), _height(line)


def _offset_key(line: Line, page: int) -> tuple[int, int] | None:
    """Return by how much the number of a line is ahead of its page; `None` without one."""
    match = _NUMBER.search(line.text.strip())
    if match is None:
        return None
    return int(next(filter(None, match.groups()))) - page, _height(line)


def _whole_key(line: Line, page: int) -> tuple[str, tuple[int, int] | None, int]:
    """Return all of a line, its number by how much it is ahead of the page."""
    text = _NUMBER.sub("", line.text.strip(), count=1)
    return text, _offset_key(line, page), _height(line)


def _height(line: Line) -> int:
    return round(line.top / 4)
