"""What stands in the text of a clause: words, numbers with their units, and names.

A *name* is a number or code that names something instead of measuring it: `Table 7`,
`Paragraphs 8.1.2 and 8.1.3`, `NZS 3604`, `Grade 500E`, or the number of the clause
itself at its beginning. Telling the two apart is what makes an invented quantity
visible when its digits happen to stand in a reference. What may be either (`Type 7`,
`7 in number`) is both.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

from p4ir.rules.grounding.compounds import join_measures
from p4ir.rules.grounding.numerals import (
    Number,
    Numeral,
    numbers_at,
    read_numeral,
    share_units,
    spelled_numbers_in,
    without_unclear,
)
from p4ir.rules.grounding.stems import stem
from p4ir.rules.grounding.support import Span
from p4ir.rules.grounding.tolerances import tolerances_in
from p4ir.rules.numbers import FRACTIONS

_WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]\b)?|§+")
_TOKEN = re.compile(
    r"(?:(?<![A-Za-z])|(?<=[\d'’′\"”″][x×]))[A-Za-z]*[0-9][A-Za-z0-9]*(?:\.(?:[0-9][A-Za-z0-9]*|[a-z]\b))*"
    rf"|(?<![^\s(\[<>≤≥=])\.[0-9]+|[{FRACTIONS}]"
)
_CONTINUES = re.compile(
    r"(?:\s|[,:&–/-]|\band\b|\bor\b|\bto\b|\bthrough\b|\(?\b[a-z]\)|\([A-Z0-9ivx]+\)|\b[A-Z]\b)+"
)
_RANGE = re.compile(r"\s*(?:\bto\b|\bthrough\b|–|-)\s*")
_DOCUMENT = re.compile(r"\b([A-Z]{1,4}\d{0,2})[/ -]((?:AS|VM)\d+)\b")
_LETTERED = re.compile(
    r"\b(Appendi(?:x|ces)|Annex|Section|Chapter|Clause|Class|Type|Part|Schedule|Grade|Table|Figure|Group|Zone|Category)"
    r"(?:e?s)?\s+([A-Z]{1,3})\b(?!\d)"
)
_MARKER = re.compile(r"\d{1,2}(?:\)|\.(?=\s+[A-Za-z]))")
_COEFFICIENT = re.compile(r"[a-z]|[A-Z][a-z]")
_BODY = re.compile(r"[A-Z]{2,6}")
_LAST_ITEM = re.compile(r"[,;] (?:and|or)$")
_LONG = re.compile(r"\d{3,}")
_TIMES = re.compile(r"[x×]\d")
_CLOCK = re.compile(
    r"(?:[01]\d|2[0-3]):[0-5]\d\b|(?:[01]?\d|2[0-3])[:.][0-5]\d(?= ?(?:[ap]\.?m\b|hours?\b))"
)
_HEADING = re.compile(r"\s+[A-Z(]")
_APPENDIX = re.compile(
    r"\s*(?:[A-Z]\.|(?!(?:A|I|AN|AS|AT|BY|IF|IN|IS|IT|NO|OF|ON|OR|SO|TO|UP|WE"
    r"|C|DN|H|M|PN|R)\b)([A-Z]{1,2}) )?"
)
"""What may stand before a clause's number: `A.2.4`, `XA 2`; of a product, `R 2.6`, it does not."""
_SENTENCE = re.compile(r"\s+(?:A\s+[a-z]|(In)\s+\w)")
"""What is behind a clause's number where a word could be taken for amperes or inches."""
_SERIAL = re.compile(r"([a-z]*)(\d{1,6})")
_LONGEST_RANGE = 50

_REFERENCE_HEADS = frozenset(
    "paragraph paragraphs para paras clause clauses section sections subsection subsections "
    "subclause table tables figure figures fig figs part parts appendix appendices annex chapter "
    "note notes comment rule rules item items schedule volume amendment article articles diagram "
    "regulation regulations requirement provision standard bulletin sheet page art reg regs "
    "exception exceptions".split()
)
_LOOSE_HEADS = frozenset(
    "part parts section sections item items note notes page sheet requirement provision volume "
    "schedule bulletin regulation regulations rule rules".split()
)
"""Words that may also stand before an amount: `in parts 400 m2 large`."""
_BODIES = frozenset(
    "NZS AS ISO BS EN IEC ASTM ASSE ANSI DIN ACI ASHRAE NFPA TS ICBO UL NZBC SNZ IBC IRC SS CP DM "
    "BRANZ CSA CIBSE AISI AWS ASCE SFS PAS".split()
)
_BEFORE_AMOUNTS = frozenset(
    "of than least exceed exceeds exceeding to by most minimum maximum is be are between and or "
    "from within every over under above below a an the for at".split()
)


class Name(NamedTuple):
    """A number, code or letter that names something."""

    heads: tuple[str, ...]
    """The words before it as written, the nearest first: `("NZS", "AS")`."""
    text: str
    """The number or code in lower case: `7`, `8.1.2`, `c11000`, `500e`."""
    start: int
    end: int
    is_section: bool = False
    """Whether it numbers the clause itself or a heading in it."""

    @property
    def head(self) -> str:
        """The nearest word before it in lower case, empty if there is none."""
        return self.heads[0].lower() if self.heads else ""

    @property
    def is_certain(self) -> bool:
        """Whether it is a name even with a unit behind it: `Table 7`, `NZS 3604`, a section."""
        if self.is_section or self.head in _REFERENCE_HEADS:
            return True
        # A standard's number may follow a letter of its own: `ASTM E 104`.
        return not _BODIES.isdisjoint(self.heads[: 1 + (len(self.head) == 1)])

    @property
    def is_reference(self) -> bool:
        """Whether it can be nothing but a name: it is certain, or a standard nobody knows."""
        if self.is_certain:
            return True
        return bool(self.heads and _BODY.fullmatch(self.heads[0]) and _LONG.match(self.text))


class Word(NamedTuple):
    """A word of letters, as written."""

    text: str
    start: int
    end: int


class Prose:
    """The text of a clause, read once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = [
            Word(match[0] if match[0][0] != "§" else "section", *match.span())
            for match in _WORD.finditer(text)
        ]
        self.stems: dict[str, list[Span]] = defaultdict(list)
        """Where each word stands, by its stem."""
        for word in self.words:
            self.stems[stem(word.text)].append((word.start, word.end))
        self.numbers: list[Number] = []
        self.names: dict[str, list[Name]] = defaultdict(list)
        """Names by their number or code."""
        self._ends = [word.end for word in self.words]
        self._last: Name | None = None  # the name read last, which a list may continue
        offset = 0
        while token := _TOKEN.search(text, offset):
            offset = self._read_token(token)
        self._read_letters()
        numbers = without_unclear(text, [*self.numbers, *spelled_numbers_in(text)])
        numbers, self.unclear = join_measures(text, share_units(text, numbers))
        self.tolerances = tolerances_in(text, numbers)
        limits = [limit for tolerance in self.tolerances for limit in tolerance.limits]
        self.numbers = [*numbers, *limits]

    @cached_property
    def joined(self) -> dict[str, list[Span]]:
        """Where two neighbouring words stand, by the stem of both written as one."""
        joined: dict[str, list[Span]] = defaultdict(list)
        for word, following in pairwise(self.words):
            if following.start - word.end <= 2:
                joined[stem(word.text + following.text)].append((word.start, following.end))
        return joined

    @cached_property
    def _depths(self) -> list[int]:
        """Brackets open before each character; that behind an item's letter, `a)`, closes none."""
        steps = ({"(": 1, ")": -1}.get(character, 0) for character in self.text)
        return list(accumulate(steps, lambda depth, step: max(0, depth + step), initial=0))

    def _read_token(self, match: re.Match[str]) -> int:
        """Read one token that holds a digit; return where to read on."""
        token, start, end = match[0], match.start(), match.end()
        heads, continues = self._heads(start)
        if token[0].isalpha():
            self._add_name(Name(heads, token.lower(), start, end))
            return end
        if self._is_marker(start):
            return end
        clock = _CLOCK.match(self.text, start)
        if clock:
            self._add_name(Name(heads, clock[0], start, clock.end()))
            return clock.end()
        numeral = read_numeral(self.text, start)
        rest = token[len(numeral.raw) :]
        if rest and not _TIMES.match(rest) and "," not in numeral.raw:
            code = Name(heads, token.lower(), start, end)
            self._add_name(code)
            is_number = numeral.raw.count(".") < 2 and not code.is_reference
            if is_number and _COEFFICIENT.fullmatch(rest):  # P = 200w
                self.numbers.extend(numbers_at(self.text, numeral))
            if numeral.unit is None:
                return end
        name = Name(heads, numeral.raw, start, numeral.end, self._is_section(numeral, heads))
        is_loose = continues or name.head in _LOOSE_HEADS or not name.is_certain
        measures = numeral.measures and is_loose
        if numeral.raw.count(".") > 1 or (name.is_reference and not measures):
            self._add_name(name)
            return max(end, numeral.end)
        if not numeral.measures:
            self._add_name(name)
        numbers = numbers_at(self.text, numeral)
        self.numbers.extend(numbers)
        past = min(number.end for number in numbers)
        return past + bool(_TIMES.match(self.text, past))

    def heads_before(self, start: int) -> tuple[str, ...]:
        """Return up to four words that stand right before an offset, the nearest first."""
        heads: list[str] = []
        index = bisect_right(self._ends, start) - 1
        while index >= 0 and len(heads) < 4:
            word = self.words[index]
            gap = self.text[word.end : start]
            if len(gap) > 3 or gap.strip(" \n/:.-–"):
                break
            heads.append(word.text)
            start, index = word.start, index - 1
        return tuple(heads)

    def _heads(self, start: int) -> tuple[tuple[str, ...], bool]:
        """Return the words before an offset, or those of the list that it continues."""
        last = self._last
        if last and last.heads and last.end < start:
            gap = self.text[last.end : start]
            if gap.strip() and len(gap) < 40 and _CONTINUES.fullmatch(gap):
                return last.heads, True
        return self.heads_before(start), False

    def _add_name(self, name: Name) -> None:
        last, self._last = self._last, name
        self.names[name.text].append(name)
        ends = [_SERIAL.fullmatch(end.text) for end in (last, name) if end]
        if len(ends) < 2 or not ends[0] or not ends[1] or ends[0][1] != ends[1][1] or not last:
            return
        first, past = int(ends[0][2]) + 1, int(ends[1][2])
        if past - first < _LONGEST_RANGE and _RANGE.fullmatch(self.text[last.end : name.start]):
            for number in range(first, past):
                text = f"{ends[0][1]}{number}"
                self.names[text].append(Name(name.heads, text, last.start, name.end))

    def _is_marker(self, start: int) -> bool:
        """Whether a numeral only numbers an item of a list: `2)`, `(2)`, `2. The…`."""
        match = _MARKER.match(self.text, start)
        if match is None:
            return False
        before = self.text[:start].rstrip(" ")
        if match[0].endswith("."):
            return not before or before[-1] in "\n.;:" or bool(_LAST_ITEM.search(before))
        return before.endswith("(") or not self._depths[start]

    def _is_section(self, numeral: Numeral, heads: tuple[str, ...]) -> bool:
        """Whether a numeral numbers the clause or a heading: `3.2.1 Drains …; 3.2.2 Pipes`."""
        levels = numeral.raw.count(".") + 1
        part = _APPENDIX.fullmatch(self.text, 0, numeral.start)
        # `U 1 Any…` numbers a clause, `DN 50 Pipes…` does not.
        is_first = part is not None and not (part[1] and levels == 1 < len(numeral.raw))
        begins = _SENTENCE.match(self.text, numeral.end) if is_first else None
        if begins and (levels > 1 or begins[1]):
            return True
        if numeral.measures or numeral.raw.startswith("0"):
            return False
        is_heading = bool(_HEADING.match(self.text, numeral.end))
        if is_first:
            return levels > 1 or is_heading
        is_amount = bool(heads) and heads[0].lower() in _BEFORE_AMOUNTS
        return levels > 2 or (levels == 2 and is_heading and not is_amount)

    def _read_letters(self) -> None:
        """Read documents (`E2/AS1`) and what a capital letter names (`Appendix E`)."""
        for match in _DOCUMENT.finditer(self.text):
            text = (match[1] + match[2]).lower()
            self.names[text].append(Name((), text, *match.span()))
        for match in _LETTERED.finditer(self.text):
            name = Name((match[1],), match[2].lower(), match.start(2), match.end(2))
            self.names[name.text].append(name)
