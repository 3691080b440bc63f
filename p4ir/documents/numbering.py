"""Labels at the head of a paragraph: the numbers of clauses, the letters and bullets of lists."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Style = Literal["number", "alpha", "roman", "digit", "upper", "bullet"]
"""`number` is that of a clause; the others are marks of a list."""

_WORD = r"(?:Article|Art\.|Section|Sec\.|Clause|Regulation|Reg\.|Rule|Paragraph|Para\.|§§?)"
_PLAIN = r"[A-Z]{0,3}\d{1,4}[a-zA-Z]?"
_DOTTED = r"(?:[A-Z]{0,3}\d{1,4}|[A-Z])(?:\.\d{1,4})+[a-z]?"
_NUMBER = re.compile(
    rf"(?P<number>{_WORD}\s*(?:{_DOTTED}|{_PLAIN})|{_DOTTED}(?:\.?\([0-9a-z]{{1,4}}\))*|{_PLAIN})"
    r"(?P<mark>[.:]?)(?=\s|$)"
)
_ITEM = re.compile(r"\((?P<in>[0-9]{1,3}|[a-zA-Z]{1,5})\)|(?P<after>[0-9]{1,3}|[a-zA-Z]{1,5})\)")
_LETTER_DOT = re.compile(r"[a-z]\.(?=\s)")
_BULLET = re.compile(r"[•‣▪◦●○■□·∙➢*–—-](?=\s)|\uf0b7(?=\s)|o(?=\s{2,})")
_ROMAN = re.compile(r"(?=[ivxl])(?:xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
_UNIT = re.compile(
    r"(?:mm|cm|dm|m|km|g|kg|t|l|s|h|ft|[kM]?Pa|kN|k?W|%|°C?)[²³23]?(?:/\w+)?(?=[\s.,;)]|$)"
)
_SPLIT = re.compile(r"[A-Z]+|\d+|[a-z]+")


class Label(NamedTuple):
    """What a paragraph begins with."""

    text: str
    """The label as it is quoted: `1.2.3`, `§ 5`, `(a)`, `•`."""
    style: Style
    rest: str
    """The paragraph without it."""
    is_marked: bool = True
    """Whether a dot, colon, bracket or several parts tell it from a mere number."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of a number: `A1.2` has `A`, `1`, `2`."""
        return tuple(_SPLIT.findall(self.text.split()[-1]))

    @property
    def is_count(self) -> bool:
        """Whether it rather belongs to the sentence: `50 persons or more shall …`."""
        return self.style == "number" and not self.is_marked and self.rest[0].islower()


def read_label(text: str) -> Label | None:
    """Return what a paragraph begins with; `None` if that is no label.

    >>> read_label("1.2.3 Doors shall be wide.")
    Label(text='1.2.3', style='number', rest='Doors shall be wide.', is_marked=True)
    >>> read_label("(iv) a handrail;").style
    'roman'
    >>> read_label("2.5 m above the floor") is None
    True
    """
    text = text.strip()
    if match := _BULLET.match(text):
        return Label("•", "bullet", text[match.end() :].strip())
    if match := _ITEM.match(text):
        inner = match["in"] or match["after"]
        if rest := text[match.end() :].strip():
            label = f"({inner})" if match["in"] else f"{inner})"
            return Label(label, _style_of(inner), rest)
        return None
    if match := _LETTER_DOT.match(text):
        return Label(match[0], _style_of(match[0][0]), text[match.end() :].strip())
    match = _NUMBER.match(text)
    if not match:
        return None
    number, rest = " ".join(match["number"].split()), text[match.end() :].strip()
    if not rest or _UNIT.match(rest) or number.isalpha():
        return None
    return Label(number, "number", rest, bool(match["mark"]) or not number.isalnum())


def follows(label: Label, last: Label | None) -> bool:
    """Say whether a number is the next one after another: its sibling, child or uncle.

    >>> one, two = read_label("1.2 A"), read_label("1.3 B")
    >>> follows(two, one), follows(one, two)
    (True, False)
    """
    if last is None:
        return label.parts[-1] in ("1", "0", "a") or len(label.parts) == 1
    mine, theirs = label.parts, last.parts
    if len(mine) == len(theirs) + 1 and mine[:-1] == theirs:
        return mine[-1] in ("0", "1", "a")
    if not 0 < len(mine) <= len(theirs) or mine[:-1] != theirs[: len(mine) - 1]:
        return False
    return _is_next(mine[-1], theirs[len(mine) - 1])


def in_sequence(label: Label, last: Label) -> Label:
    """Return a mark of a list as a letter where it is the next one: `(i)` after `(h)`."""
    letter, before = (each.text.strip("().") for each in (label, last))
    if label.style == "roman" and last.style == "alpha" and _is_next(letter, before):
        return label._replace(style="alpha")
    return label


def _is_next(one: str, other: str) -> bool:
    if one.isdigit() and other.isdigit():
        return 1 <= int(one) - int(other) <= 2
    return len(one) == len(other) == 1 and ord(one) - ord(other) == 1


def _style_of(inner: str) -> Style:
    if inner.isdigit():
        return "digit"
    if inner.isupper():
        return "upper"
    return "roman" if _ROMAN.fullmatch(inner) else "alpha"
