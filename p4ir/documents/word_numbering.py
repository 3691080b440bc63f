"""The numbers that Word shows but does not write: its lists, counted as Word counts them.

WordprocessingML (ECMA-376, part 1, 17.9): a paragraph names, itself or through its style,
a list and a level; the list's abstract definition says how each level is written.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_PLACE = re.compile(r"%(\d)")
_ROMAN = tuple(zip((100, 90, 50, 40, 10, 9, 5, 4, 1), "c xc l xl x ix v iv i".split(), strict=True))


class _Level(NamedTuple):
    form: str
    text: str
    start: int
    style: str
    is_legal: bool


class WordNumbers:
    """The lists of a document, counted paragraph by paragraph, in order."""

    def __init__(self, document: Any) -> None:
        self._abstract_of: dict[str, str] = {}
        self._levels: dict[str, dict[int, _Level]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._starts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()
        for relation in document.part.rels.values():
            if relation.reltype.endswith("/numbering"):
                self._read(relation.target_part.element)

    def next_label(self, paragraph: Any) -> str:
        """Count a paragraph and return what Word writes before it; empty if nothing."""
        found = self._list_of(paragraph)
        if found is None:
            return ""
        number, depth = found
        abstract = self._abstract_of[number]
        level = self._levels[abstract].get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(abstract, [None] * _LEVELS)
        if number not in self._begun:
            self._begun.add(number)
            for restarted, start in self._starts[number].items():
                counts[restarted] = start - 1
        for shallower in range(depth):
            if counts[shallower] is None:
                counts[shallower] = self._start(abstract, shallower)
        before = counts[depth]
        counts[depth] = level.start if before is None else before + 1
        counts[depth + 1 :] = [None] * (_LEVELS - depth - 1)
        return self._write(abstract, level, counts)

    def _write(self, abstract: str, level: _Level, counts: list[int | None]) -> str:
        if level.form == "bullet":
            return "•"
        if level.form == "none":
            return level.text.strip()

        def count(match: re.Match[str]) -> str:
            depth = int(match[1]) - 1
            form = "decimal" if level.is_legal else self._levels[abstract][depth].form
            return _format(counts[depth] or 0, form)

        return _PLACE.sub(count, level.text).strip()

    def _start(self, abstract: str, depth: int) -> int:
        level = self._levels[abstract].get(depth)
        return level.start if level else 1

    def _list_of(self, paragraph: Any) -> tuple[str, int] | None:
        """Return a paragraph's list and level, its own or its style's."""
        number, depth = _reference(paragraph._p.find(f"{_W}pPr"))
        style, style_id = paragraph.style, None
        while number is None and style is not None:
            number, styled = _reference(style.element.find(f"{_W}pPr"))
            depth = styled if depth is None else depth
            style_id = style.style_id
            style = style.base_style
        if number is None or number not in self._abstract_of:
            return None
        if depth is None:
            levels = self._levels[self._abstract_of[number]].items()
            depth = next((d for d, level in levels if style_id and level.style == style_id), 0)
        return number, min(depth, _LEVELS - 1)

    def _read(self, root: Any) -> None:
        for abstract in root.iter(f"{_W}abstractNum"):
            levels = {int(e.get(f"{_W}ilvl")): _level(e) for e in abstract.iter(f"{_W}lvl")}
            self._levels[abstract.get(f"{_W}abstractNumId")] = levels
        for number in root.iter(f"{_W}num"):
            abstract_id = _value(number, "abstractNumId")
            if abstract_id not in self._levels:
                continue
            name = number.get(f"{_W}numId")
            self._abstract_of[name] = abstract_id
            self._starts[name] = {
                int(override.get(f"{_W}ilvl")): int(start)
                for override in number.iter(f"{_W}lvlOverride")
                if (start := _value(override, "startOverride"))
            }


def _reference(properties: Any) -> tuple[str | None, int | None]:
    """Return the list and the level that a paragraph's or a style's properties name."""
    named = properties.find(f"{_W}numPr") if properties is not None else None
    if named is None:
        return None, None
    depth = _value(named, "ilvl")
    return _value(named, "numId") or None, int(depth) if depth else None


def _level(element: Any) -> _Level:
    start = _value(element, "start")
    return _Level(
        form=_value(element, "numFmt") or "decimal",
        text=_value(element, "lvlText"),
        start=int(start) if start else 1,
        style=_value(element, "pStyle"),
        is_legal=element.find(f"{_W}isLgl") is not None,
    )


def _value(element: Any, name: str) -> str:
    found = element.find(f"{_W}{name}")
    return "" if found is None else found.get(f"{_W}val") or ""


def _format(count: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter") and count > 0:
        letter = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman"):
        roman = ""
        for value, letters in _ROMAN:
            roman += letters * (count // value)
            count %= value
        return roman.upper() if form == "upperRoman" else roman
    return f"{count:02}" if form == "decimalZero" else str(count)
