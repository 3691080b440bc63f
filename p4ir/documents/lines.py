"""Lines of a page become paragraphs: those that wrapped are joined."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from p4ir.documents.headings import is_contents, is_heading
from p4ir.documents.numbering import Label, follows, read_label

WRAP_HYPHEN = "\ufdd0"
"""Stands for a hyphen at the end of a line; a noncharacter, so in no text."""
_HYPHENS = ("-", "\u2010", "\u00ad")
_ENDS = (".", "!", "?", ":", ";", ".”", '."', ".)", ".’")
_WORD = re.compile(r"[^\W\d_]+")
# A word is tried from its first letter only, lest a long one take quadratic time.
_WRAPPED = re.compile(rf"(\b\w+|){WRAP_HYPHEN}\s*(\w*)")
_GOES_ON = re.compile(r"(?:\b(?:and|or|und|oder|et|ou)|[:;,.])$")
_SHORT = 0.8
"""Share of the longest line below which a line that ends a sentence ends its paragraph."""
_NARROW = 60
"""Characters below which the lines of a plain text are not wrapped ones."""
_LARGER = 1.15
"""How much larger than the body's the letters of a heading are."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line as it stands on a page."""

    text: str
    page: int | None = None
    row: int | None = None
    """Line of the file, from 1."""
    gap: bool = False
    """Whether an empty line, or as much space, is above it."""
    right: float = 0.0
    """Where it ends, in points or characters."""
    top: float = 0.0
    """Distance from the foot of the page, in points; 0 where there are no points."""
    size: float = 0.0
    """Size of its letters, in points; 0 if unknown."""
    bold: bool = False


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A paragraph of a document, or a heading."""

    text: str
    page: int | None = None
    row: int | None = None
    level: int | None = None
    """Rank of a heading, 1 the highest, where the document's style says that it is one."""


def join_lines(lines: Sequence[Line]) -> list[Paragraph]:
    """Join lines that are one paragraph, wrapped."""
    body = _body_size(lines)
    words = Counter(word.lower() for line in lines for word in _WORD.findall(line.text))
    longest = _longest_wrapped(lines)
    groups: list[list[Line]] = []
    last: Label | None = None
    for line in lines:
        label = read_label(line.text)
        previous = groups[-1] if groups else []
        if not previous or _starts(line, label, previous, last, longest):
            groups.append([line])
            if label and label.style == "number":
                last = label
        else:
            previous.append(line)
    return [_paragraph(group, body, words) for group in groups]


def _longest_wrapped(lines: Sequence[Line]) -> float:
    """Return where the longest line ends; infinity where none is wrapped.

    That is so in a plain text that is narrow, or without numbers and without a line that goes on
    with a small letter.
    """
    longest = max((line.right for line in lines), default=0.0)
    if any(line.size for line in lines):
        return longest
    is_wrapped = any(read_label(line.text) for line in lines) or any(
        line.text[:1].islower() and not line.gap and not before.text.rstrip().endswith(_ENDS)
        for before, line in pairwise(lines)
    )
    return longest if longest >= _NARROW and is_wrapped else math.inf


def _starts(
    line: Line, label: Label | None, previous: Sequence[Line], last: Label | None, longest: float
) -> bool:
    """Say whether a line begins a paragraph rather than going on with the one before."""
    before = previous[-1]
    ended = before.text.rstrip().endswith(_ENDS)
    if line.gap or (before.size != line.size and _differs(before, line)):
        return True
    if is_contents(line.text) or is_contents(before.text):
        return True
    if label is not None:
        return _accepts(label, before.text, ended, last)
    if line.text[:1].islower():
        return False
    if len(previous) == 1 and read_label(before.text) and _is_title(before.text):
        return not line.text[:1].isdigit()
    is_short = before.right < _SHORT * longest or len(before.text) > 160
    return ended and is_short and not before.text.rstrip().endswith((";", ",", ":"))


def _accepts(label: Label, before: str, ended: bool, last: Label | None) -> bool:
    """Say whether a label at the head of a line is one, and no number that wrapped there."""
    if label.style != "number":
        return bool(_GOES_ON.search(before.rstrip())) or _is_title(before)
    if label.rest[0].islower():
        return False
    is_next = follows(label, last)
    if not label.is_marked:
        return is_next and (ended or _is_title(before))
    return ended or is_next or _is_title(before)


def _is_title(text: str) -> bool:
    label = read_label(text)
    return is_heading(label.rest if label and label.style == "number" else text)


def _differs(one: Line, other: Line) -> bool:
    return max(one.size, other.size) > _LARGER * min(one.size, other.size)


def _body_size(lines: Iterable[Line]) -> float:
    """Return the size of most letters."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _paragraph(lines: Sequence[Line], body: float, words: Counter[str]) -> Paragraph:
    text = lines[0].text.strip()
    for line in lines[1:]:
        text = _join(text, line.text.strip())
    text = _WRAPPED.sub(lambda found: _rejoin(found[1], found[2], words), text)
    level = None
    if body and lines[0].size > _LARGER * body:
        level = max(1, 6 - round(4 * (lines[0].size / body - 1)))
    elif lines[0].bold and is_heading(text) and all(line.bold for line in lines):
        level = 6
    return Paragraph(text=text, page=lines[0].page, row=lines[0].row, level=level)


def _join(text: str, more: str) -> str:
    if text.endswith(WRAP_HYPHEN):
        return text + more
    if text.endswith(_HYPHENS) and more[:1].islower() and text[-2:-1].isalpha():
        return text[:-1] + WRAP_HYPHEN + more
    return f"{text} {more}"


def _rejoin(first: str, second: str, words: Counter[str]) -> str:
    """Join the halves of a word; the hyphen stays if it is that of a compound.

    It is taken for one if its first half stands elsewhere in the document by itself, and
    the two together nowhere.
    """
    is_compound = words[first.lower()] > 1 and not words[(first + second).lower()]
    return f"{first}-{second}" if is_compound else first + second
