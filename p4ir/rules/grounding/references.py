"""Which words of a clause support a reference: `nzbc_e2as1_t7`, `nzs_3604_1999`, `type_7`.

A reference label is a sequence of parts joined by `_`: what is referred to (a document
of the code, a standard, a kind of thing) and then where in it (`t7` a table, `f17.a` a
figure, `8.1.2` a paragraph, `1` a part). Every part must stand in the clause; the
document alone may instead be that of the record, since a clause says `Table 7` of
itself. A table's number does not support a figure, nor a paragraph a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from p4ir.rules.grounding.prose import Name, Prose
from p4ir.rules.grounding.stems import stem
from p4ir.rules.grounding.support import Span, Support, merge_spans, ungrounded

_TABLE_OR_FIGURE = re.compile(r"([tf])(\d+(?:\.\d+)*)(?:\.?([a-z]))?")
_CODE_AND_WORDS = re.compile(r"([\d.]+[a-z]?)((?:[A-Z]|\.[a-z])[A-Za-z]+)")
_PARAGRAPH = re.compile(r"(\d+(?:\.\d+)*)((?:\.[a-z]+(?:\.\d+)?)*)")
_HYPHEN = re.compile(r"(?<=\d)-(?=\d)")
_INTERNAL = re.compile(r"\.0\.\d+(?=$|\.[a-z])")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+(?:\.\d+)*[a-z]*")
_CODE = re.compile(r"[a-z]+\d[a-z0-9.]*|\d+[a-z]+", re.IGNORECASE)
_CODE_PREFIXES = frozenset({"nzbc"})
"""Names of a whole code, which its own clauses leave out: they say `E2/AS1` or `B2`."""


def support_reference(label: str, prose: Prose, document: str | None) -> Support:
    """Return what supports a reference in a clause of a document."""
    found = _Reference(label, prose, document)
    if found.missing:
        return ungrounded(f"{found.missing!r} not in the clause", found.spans)
    return Support("document" if found.uses_document else "supported", merge_spans(found.spans))


class _Reference:
    """The search for each part of a reference; `missing` is the first that nothing supports."""

    def __init__(self, label: str, prose: Prose, document: str | None) -> None:
        self.spans: list[Span] = []
        self.uses_document = False
        self.missing = ""
        self._prose = prose
        self._document = document_words(document)
        for end in label.split(" to "):
            end = _CODE_AND_WORDS.sub(r"\1_\2", end).replace("_.", "_")
            self._support(_HYPHEN.sub("_", end).split("_"))

    def _support(self, parts: list[str]) -> None:
        position = self._support_document(parts)
        if position == 0:
            position = self._support_standard(parts)
        for index in range(position, len(parts)):
            if not self._support_part(parts, index):
                self.missing = self.missing or parts[index]
                return

    def _support_document(self, parts: list[str]) -> int:
        """Support the leading parts that name a document; return how many they are."""
        position = 0
        while position < len(parts):
            part = parts[position].lower()
            names = [name for name in self._names(part) if not name.heads or name.head != "type"]
            within = [
                name
                for text, found in self._prose.names.items()
                if text.startswith(part + ".") and _CODE.fullmatch(part)
                for name in found
            ]
            if _CODE.fullmatch(part) and (names or within) and position:
                self._add(names or within)
            elif part in self._document:
                self.uses_document |= part not in _CODE_PREFIXES
            elif part not in _CODE_PREFIXES or position:
                break
            position += 1
        if position == 1 and parts[0].lower() in _CODE_PREFIXES and len(parts) > 1:
            self.missing = self.missing or parts[1]
            return len(parts)
        return position

    def _support_standard(self, parts: list[str]) -> int:
        """Support what is referred to, up to its first number; return how many parts that is."""
        body: list[str] = []
        for position, part in enumerate(parts):
            if not any(letter.isdigit() for letter in part):
                body.append(part)
                continue
            if not self._support_headed(part, body):
                self.missing = self.missing or part
                return len(parts)
            return position + 1
        return 0

    def _support_headed(self, part: str, body: list[str]) -> bool:
        """Support a number, or one with an item in it: `30.8` by `Section 30 (8)`."""
        if self._add(name for name in self._numbered(part) if self._is_headed(name, body)):
            return True
        whole, _, item = part.lower().rpartition(".")
        names = [name for name in self._numbered(whole) if self._is_headed(name, body)]
        return bool(names) and self._add_lettered(names, item)

    def _numbered(self, part: str) -> list[Name]:
        """Names that are a number, or a number with parts of its own: `2566` in `2566.1`."""
        part = part.lower()
        longer = [
            name
            for text, names in self._prose.names.items()
            if text.startswith(part + ".") and part.isdigit()
            for name in names
        ]
        return self._names(part) + longer

    def _is_headed(self, name: Name, body: list[str]) -> bool:
        """Whether the words before a number name what it is a number of."""
        heads = list(reversed(name.heads))
        joined = {a + b for a, b in pairwise(heads)}
        for part in body:
            for word in _WORDS.findall(part):
                written = {word.upper(), word.capitalize()} if len(word) < 4 else set()
                if written & {*heads, *joined} or word.upper() in joined:
                    continue
                if len(word) > 3 and stem(word) in {stem(head) for head in heads}:
                    continue
                if len(word) > 3 and not name.text.isdigit() and self._prose.stems.get(stem(word)):
                    continue
                return False
        return True

    def _support_part(self, parts: list[str], index: int) -> bool:
        part = parts[index]
        place = _TABLE_OR_FIGURE.fullmatch(part)
        if place:
            return self._support_table_or_figure(*place.groups())
        if _PARAGRAPH.fullmatch(part):
            return self._support_paragraph(part, parts[index - 1].lower())
        return self._support_words(part, parts[index - 1])

    def _support_table_or_figure(self, kind: str, number: str, letter: str | None) -> bool:
        head = {"t": "table", "f": "fig"}[kind]
        names = [name for name in self._names(number) if name.head.startswith(head)]
        if letter is None:
            return self._add(names) or self._support_numbered_part(head, number)
        direct = [name for name in self._names(f"{number}{letter}") if name.head.startswith(head)]
        return self._add(direct) or self._add_lettered(names, letter)

    def _support_numbered_part(self, kind: str, number: str) -> bool:
        """Support `f6.1` by `Figure 6(1)`."""
        whole, _, part = number.rpartition(".")
        names = [name for name in self._names(whole) if name.head.startswith(kind)]
        return bool(part) and self._add_lettered(names, part)

    def _support_paragraph(self, part: str, before: str) -> bool:
        number, letters = _PARAGRAPH.fullmatch(_INTERNAL.sub("", part)).groups()  # type: ignore[union-attr]
        names = [
            name
            for name in (*self._names(part), *self._paragraphs(number))
            if not name.head.startswith(("table", "fig"))
            and ("." in name.text or name.is_reference or stem(name.head) == stem(before))
        ]
        if letters and names and names[0].text == part:
            return self._add(names)
        # `NZBC E2.3.2` is paragraph 3.2 of E2; `AS/NZS 2566.1` is part 1.
        names += self._names(f"{before}.{number}") + self._names(f"{before}{number}")
        return all(
            self._add_lettered(names, letter) for letter in re.findall(r"[a-z]+", letters)
        ) and self._add(names)

    def _paragraphs(self, number: str) -> list[Name]:
        """Names that are a paragraph's number, `4.0` being `4`, or number a heading in it."""
        whole = number.removesuffix(".0")
        return [
            name
            for text, names in self._prose.names.items()
            for name in names
            if text.removesuffix(".0") == whole
            or (name.is_section and "." in number and text.startswith(whole + "."))
        ]

    def _support_words(self, part: str, before: str) -> bool:
        """Support `class`, `typeF` or `20lm`: words of the clause, codes and letters among them."""
        for word in _WORDS.findall(part):
            names = self._names(word.lower())
            if len(word) == 1 and not names:  # Appendix A1 is in Appendix A
                names = [
                    name
                    for text, found in self._prose.names.items()
                    if text[0] == word.lower() and text[1:].isdigit()
                    for name in found
                    if name.head == "appendix"
                ]
            spans = self._prose.stems.get(stem(word), [])
            if names:
                self._add(names)
            elif len(word) > 1 and spans:
                self.spans.append(spans[0])
            else:
                return False
        return True

    def _add_lettered(self, names: Iterable[Name], letter: str) -> bool:
        """Support a letter that stands close behind a number: `17(a)`, `6.4.1 a), b) and c)`."""
        pattern = re.compile(
            rf"(?:\s?\({letter}\)|(?<=\d){letter}\b|.*?[\s(]{letter}\)"
            rf"|[A-Za-z]?(?:, [A-Z])* (?:and|or|to) {letter.upper()}\b)"
            if letter.isalpha()
            else rf"\s?\({letter}\)",
            re.IGNORECASE,
        )
        for name in names:
            match = pattern.match(self._prose.text, name.end, name.end + 60)
            if match:
                self.spans.append((name.start, match.end()))
                return True
        return False

    def _names(self, text: str) -> list[Name]:
        return self._prose.names.get(text, [])

    def _add(self, names: Iterable[Name]) -> bool:
        spans = [(name.start, name.end) for name in names]
        self.spans.extend(spans[:1])
        return bool(spans)


def document_words(document: str | None) -> frozenset[str]:
    """Return the words of a document's name: of `NZ_NZBC-E2AS1#3.8`, `nz`, `nzbc`, `e2as1`."""
    name = (document or "").partition("#")[0]
    return frozenset(word.lower() for word in re.split(r"[^A-Za-z0-9]+", name) if word)
