"""Paragraphs become clauses, cut by their numbering.

A numbered paragraph is a clause. A list stays with its lead-in while the lead-in is no
whole sentence (`Doors shall: (a) …; (b) …`); items that are sentences below a heading or a
sentence are clauses of their own, numbered `1.2(a)`. A paragraph without a number is a
clause too: it takes the number of the heading that it comes first below, else it names the
clause that it stands under. Headings, captions and lists of contents are left out.

Mere numbers (`1.`, `2.`) may count clauses or the items of a list. They are items if the first
comes behind a lead-in, and as long as each is the next one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from p4ir.documents.document import Clause
from p4ir.documents.headings import is_caption, is_contents, is_heading, is_sentence
from p4ir.documents.lines import Paragraph
from p4ir.documents.numbering import Label, in_sequence, read_label

_SENTENCE_ENDS = (".", "!", "?", ".”", '."', ".)", ".’")
_DEFINITION = re.compile(r"[^\W\d_][\w ()/-]{0,60}: ")
_DIGITS = re.compile(r"\d+")
_UNNUMBERED_RANK = 90
_SHORT_TITLE = 3
"""Words of a numbered title that is a heading even if nothing stands below it."""


@dataclass
class _Open:
    """A clause that may still grow."""

    text: str
    paragraph: Paragraph
    number: str = ""
    under: str = ""
    headings: tuple[str, ...] = ()
    takes_items: bool = False
    """Whether it is a lead-in, or a list has begun in it."""
    counted: int = 0
    """Number of the last item of its list, if these are counted `1.`, `2.`."""

    def add_item(self, text: str, label: Label) -> None:
        self.text += " " + text
        if label.style == "number":
            self.counted = int(label.text)


@dataclass
class _Segmenter:
    clauses: list[_Open] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    number: str = ""
    """Number of the last numbered clause or heading."""
    unused: str = ""
    """That number, while it is a heading's and no clause has taken it."""
    counted: int = 0
    """Number of the last numbered clause, if it is counted apart from the headings above it."""
    items: list[Label] = field(default_factory=list)
    """Marks of the list of clauses that is open, outermost first."""

    @property
    def current(self) -> _Open | None:
        return self.clauses[-1] if self.clauses else None

    def take(self, paragraph: Paragraph, following: Paragraph | None) -> None:
        text = " ".join(paragraph.text.split())
        if is_contents(paragraph.text) or is_caption(text):
            self.left_out.append(text)
            return
        label, current = read_label(text), self.current
        if label is not None and current is not None and self._takes_item(current, label):
            current.add_item(text, label)
        elif label is None or label.is_count:
            self._take_unnumbered(paragraph, text, following)
        elif label.style == "number":
            self._take_numbered(paragraph, text, label, following)
        else:
            self._take_item(paragraph, text, label)

    def _takes_item(self, current: _Open, label: Label) -> bool:
        """Say whether a mark belongs to a list in the clause that is open."""
        if not current.takes_items or self.unused:
            return False
        if label.style != "number":
            return True
        is_apart = current.headings != self._titles()
        return label.text.isdigit() and not is_apart and _counts_on(current, label)

    def _take_unnumbered(
        self, paragraph: Paragraph, text: str, following: Paragraph | None
    ) -> None:
        if self._is_heading(paragraph, text, following):
            rank = _UNNUMBERED_RANK if paragraph.level is None else paragraph.level
            self._add_heading(rank, text)
        else:
            self._take_plain(paragraph, text)

    def _take_numbered(
        self, paragraph: Paragraph, text: str, label: Label, following: Paragraph | None
    ) -> None:
        is_apart = self._is_counted_apart(label)
        self.number, self.items, self.unused = label.text, [], ""
        is_styled = paragraph.level is not None
        is_title = is_styled or _is_short(label.rest) or _has_content(label, following)
        if is_title and is_heading(label.rest, is_styled=is_styled):
            self._add_heading(len(label.parts), text)
            self.unused = label.text
            return
        self.counted = int(label.text) if is_apart else 0
        if not is_apart:
            depth = len(label.parts)
            self.headings = [each for each in self.headings if each[0] < depth]
        self._open(paragraph, text, number=label.text)

    def _is_counted_apart(self, label: Label) -> bool:
        """Say whether a clause's number is none that comes behind its heading's.

        Below `4 Doors` there may be a `1.`, and then a `2.`; but `5` stands beside it.
        """
        if not label.text.isdigit():
            return False
        number, heading = int(label.text), _DIGITS.search(self.unused)
        is_next = bool(self.counted) and number == self.counted + 1
        return is_next or (heading is not None and number <= int(heading[0]))

    def _take_item(self, paragraph: Paragraph, text: str, label: Label) -> None:
        """Take an item of a list that is a clause of its own."""
        if self.items:
            label = in_sequence(label, self.items[-1])
        styles = [item.style for item in self.items]
        if label.style in styles:
            del self.items[styles.index(label.style) :]
        self.items.append(label)
        marks = [item.text for item in self.items if item.style != "bullet"]
        is_numbered = label.style != "bullet" and bool(self.number)
        joined = self.number + "".join(
            mark if mark.startswith("(") else f" {mark}" for mark in marks
        )
        self.unused = ""
        if is_numbered:
            self._open(paragraph, text, number=joined)
        else:
            self._open(paragraph, text, under=self.number)

    def _take_plain(self, paragraph: Paragraph, text: str) -> None:
        current = self.current
        if current is not None and self._goes_on(current, text):
            current.text += " " + text
            current.takes_items = _is_lead_in(text)
            return
        self.items = []
        if self.unused:
            self._open(paragraph, text, number=self.unused)
            self.unused = ""
        else:
            self._open(paragraph, text, under=self.number)

    def _goes_on(self, current: _Open, text: str) -> bool:
        """Say whether a paragraph goes on with the clause before it."""
        is_apart = self.unused or current.headings != self._titles()
        if is_apart or not _is_lead_in(current.text):
            return False
        if _DEFINITION.match(text) and _DEFINITION.match(current.text):
            return False
        return text[0].islower() or current.text.endswith((",", ";"))

    def _open(self, paragraph: Paragraph, text: str, *, number: str = "", under: str = "") -> None:
        lead_in = _is_lead_in(text)
        self.clauses.append(
            _Open(text, paragraph, number, under, self._titles(), takes_items=lead_in)
        )

    def _titles(self) -> tuple[str, ...]:
        return tuple(title for _, title in self.headings)

    def _is_heading(self, paragraph: Paragraph, text: str, following: Paragraph | None) -> bool:
        if paragraph.level is not None:
            return is_heading(text, is_styled=True)
        return following is not None and is_heading(text)

    def _add_heading(self, rank: int, text: str) -> None:
        self.headings = [each for each in self.headings if each[0] < rank]
        self.headings.append((rank, text))
        self.left_out.append(text)
        self.items = []


def segment(
    paragraphs: Sequence[Paragraph], stem: str, unit: str = "line"
) -> tuple[tuple[Clause, ...], tuple[str, ...]]:
    """Cut paragraphs into clauses; return these, and what was left out.

    Args:
        paragraphs: of a document, in order, page furniture taken out.
        stem: what the ids of the clauses begin with.
        unit: what `row` of a paragraph counts.
    """
    segmenter = _Segmenter()
    paragraphs = [each for each in paragraphs if each.text.strip()]
    for paragraph, following in zip(paragraphs, [*paragraphs[1:], None], strict=False):
        segmenter.take(paragraph, following)
    clauses, left_out = segmenter.clauses, segmenter.left_out
    if not clauses:  # Nothing but headings: then these are what there is.
        clauses = [_Open(" ".join(each.text.split()), each) for each in paragraphs]
        left_out = []
    return _named(clauses, stem, unit), tuple(left_out)


def _named(opened: Sequence[_Open], stem: str, unit: str) -> tuple[Clause, ...]:
    taken: set[str] = set()
    clauses = []
    for count, each in enumerate(opened, 1):
        id = base = f"{stem}/{each.number}" if each.number else f"{stem}/#{count}"
        repeat = 1
        while id in taken:
            repeat += 1
            id = f"{base}#{repeat}"
        taken.add(id)
        paragraph = each.paragraph
        place = f"{unit} {paragraph.row}" if paragraph.page is None else f"page {paragraph.page}"
        clauses.append(
            Clause(
                id=id,
                text=each.text,
                number=each.number,
                under=each.under,
                headings=each.headings,
                place=place,
                page=paragraph.page,
                row=paragraph.row,
            )
        )
    return tuple(clauses)


def _is_short(text: str) -> bool:
    return len(text.split()) <= _SHORT_TITLE


def _has_content(label: Label, following: Paragraph | None) -> bool:
    """Say whether what follows a number stands below it."""
    if following is None:
        return False
    below = read_label(following.text)
    if below is None or below.style != "number" or below.is_count:
        return True
    return len(below.parts) > len(label.parts) and below.parts[: len(label.parts)] == label.parts


def _counts_on(current: _Open, label: Label) -> bool:
    """Say whether a mere number is the next item of a clause's list, or begins one."""
    number, ended = int(label.text), not _is_lead_in(current.text)
    within = current.number or current.under
    is_next_clause = within.isdigit() and number == int(within) + 1
    if current.counted and number == current.counted + 1:
        return not (ended and is_next_clause)
    return not ended and not is_next_clause and _begins_list(current, label)


def _begins_list(current: _Open, label: Label) -> bool:
    """Say whether a mere number behind a lead-in is that of an item."""
    has_colon = current.text.endswith(":")
    if label.rest[0].islower():
        return has_colon or label.is_marked
    # Word may count on through several lists; what ends so is an item, whatever its number.
    if not has_colon or not (label.text == "1" or label.rest.endswith((";", ","))):
        return False
    # Sentences behind a lead-in that belongs to no clause are what the document numbers.
    return bool(current.number or current.under) or not is_sentence(label.rest)


def _is_lead_in(text: str) -> bool:
    return not text.rstrip().endswith(_SENTENCE_ENDS)
