"""Page furniture: what stands at the head or the foot of a page and is no part of the text.

A line there is furniture if it is a page number, if it stands on several pages alike, or
if it holds a number that goes up with the pages, as running heads of chapters do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

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
    texts = Counter(key for lines in edges for key in {_text_key(line) for line in lines})
    offsets = Counter(
        key
        for number, lines in enumerate(edges)
        for key in {_offset_key(line, number) for line in lines}
    )
    often = max(2, min(3, len(pages)), round(_SHARE * len(pages)))
    kept: list[Line] = []
    dropped: dict[str, None] = {}
    for number, (lines, edge) in enumerate(zip(pages, edges, strict=True)):
        for line in lines:
            offset = _offset_key(line, number)
            is_furniture = any(line is other for other in edge) and (
                _is_page_number(line.text.strip(), len(pages))
                or texts[_text_key(line)] >= often
                or (offset is not None and offsets[offset] >= max(3, often))
            )
            if is_furniture:
                dropped[line.text] = None
            else:
                kept.append(line)
    if not kept:  # where there is nothing else, this is the text
        return [line for lines in pages for line in lines], []
    return kept, list(dropped)


def _edge_lines(lines: Sequence[Line]) -> list[Line]:
    if any(line.top for line in lines):
        lines = sorted(lines, key=lambda line: -line.top)
    return [*lines[:_EDGE], *lines[max(_EDGE, len(lines) - _EDGE) :]]


def _is_page_number(text: str, pages: int) -> bool:
    # A mere number says nothing where there is but one page.
    return bool(_PAGE_NUMBER.fullmatch(text)) and (pages > 1 or not text.isalnum())


def _text_key(line: Line) -> tuple[str, int]:
    """Return what is the same on every page of a running head or foot."""
    return _NUMBER.sub("", line.text.strip()), _height(line)


def _offset_key(line: Line, page: int) -> tuple[int, int] | None:
    """Return by how much the number of a line is ahead of its page; `None` without one."""
    match = _NUMBER.search(line.text.strip())
    if match is None:
        return None
    return int(next(filter(None, match.groups()))) - page, _height(line)


def _height(line: Line) -> int:
    return round(line.top / 4)
