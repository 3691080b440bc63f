"""The outline: one functor a line, indented by its depth, names in plain words.

    if
     has: space, natural ventilation
    then
     obligation
      greater than equal: window's area, 2 m2

The notation that a small language model learns best. Names are spelled as the clause
spells them, so that the model can copy them; there is no bracket to count, since the
indentation at the head of a line says where the line belongs; and every text reads
as some tree. It is exact all the same: a label that words cannot spell reversibly is
written as it is, or in backquotes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from p4ir.errors import RuleSyntaxError
from p4ir.rules.builder import RuleBuilder
from p4ir.rules.notation import Repaired, Repairs
from p4ir.rules.tree import NOT_TEXT, Node, Rule, is_label

_HUMP = re.compile(r"(?<=[A-Za-z0-9])([A-Z])")
_DOT = re.compile(r"(?<=[A-Za-z0-9])\.(?=[A-Za-z])")
_WORD_START = re.compile(r" +([a-z0-9])")
_LABEL = re.compile(r"'[^']*'|`(?:[^`]|``)+`|[^,:`'\s][^,:`]*")
_NO_NAME = re.compile(rf"[()]|{NOT_TEXT.pattern}")
_PARTS = ("if", "then")


def format_rule(rule: Rule) -> str:
    """Write a rule as an outline."""
    lines: list[str] = []
    waiting: list[tuple[Node, int]] = [(part, 0) for part in reversed(rule.root.children)]
    while waiting:
        node, depth = waiting.pop()
        children = node.children
        line = " " * depth + (spell(node.label) if depth else node.label)
        if children and all(child.is_leaf for child in children):
            line += ": " + ", ".join(spell(child.label) for child in children)
        else:
            waiting.extend((child, depth + 1) for child in reversed(children))
        lines.append(line)
    return "\n".join(lines)


def parse_rule(text: str) -> Rule:
    """Parse an outline.

    Raises:
        RuleSyntaxError: the text is no outline of a rule; says the place.
        RuleError: the rule is too large or too deep.
    """

    def refuse(repair: str, start: int, found: str, expected: str) -> None:
        raise _error(text, start, found, expected)

    return _read(text, refuse)[0]


def repair_rule(text: str) -> Repaired:
    """Parse an outline tolerantly: wrong indentation is mended, text around it cut.

    Raises:
        RuleSyntaxError: no condition or no conclusion can be made out.
        RuleError: the rule is too large or too deep.
    """
    repairs = Repairs()
    rule, spans = _read(text, lambda repair, *_: repairs.note(repair))
    return Repaired(rule, repairs.found, spans)


@lru_cache(maxsize=1 << 16)
def spell(label: str) -> str:
    """Spell a label in words if that can be undone, else as it is, else in backquotes.

    Backquotes also tell a functor named `if` or `then` from the parts of the rule.

    >>> [spell(label) for label in ("wallCladding.type", "350 mm", "nzbc_e2as1", "a: b")]
    ["wall cladding's type", '350 mm', 'nzbc_e2as1', '`a: b`']
    """
    words = _DOT.sub("'s ", _HUMP.sub(lambda hump: " " + hump[1].lower(), label))
    for spelling in (words, label):
        if spelling not in _PARTS and _LABEL.fullmatch(spelling) and unspell(spelling) == label:
            return spelling
    return "`" + label.replace("`", "``") + "`"


@lru_cache(maxsize=1 << 16)
def unspell(spelling: str) -> str:
    """Return the label that is spelled so.

    >>> unspell("wall cladding's type")
    'wallCladding.type'
    """
    if len(spelling) > 1 and spelling[0] == spelling[-1] == "`":
        return spelling[1:-1].replace("``", "`")
    if spelling[0] in "'-0123456789" or "_" in spelling:
        return spelling
    return _WORD_START.sub(lambda start: start[1].upper(), spelling.replace("'s ", "."))


class _Line(NamedTuple):
    text: str
    start: int
    """Offset of the line's content in the whole text."""
    indent: int
    head: str
    """The functor as it is spelled."""
    labels: list[tuple[str, int, int]]
    """The functor and its arguments: label, offset in the whole text, length."""
    flaw: int | None
    """Where in the line the first thing out of order stands, if there is any."""


Mend = Callable[[str, int, str, str], None]
"""Takes what has to be mended, its offset, what was found and what was expected."""


def _read(text: str, mend: Mend) -> tuple[Rule, tuple[tuple[int, int], ...]]:
    build, parts, deepest = RuleBuilder(), list(_PARTS), 0
    for line in _lines(text):
        place = line.start, _quote(line.text[line.indent :])
        if line.flaw is not None:
            start, found = line.start - line.indent + line.flaw, _quote(line.text[line.flaw :])
            mend("dropped what is no name", start, found, "'functor: argument, argument'")
        if not line.labels:
            continue
        starts_part = parts[:1] == [line.head]
        if len(parts) == 2 and not starts_part:
            mend("cut text before the rule", *place, "'if'")
            continue
        if not parts and not line.indent:
            mend("cut text after the rule", *place, "the end of the rule")
            break
        depth = 0 if starts_part else min(max(line.indent, 1), deepest)
        if depth != line.indent:
            mend("mended the indentation", *place, f"{depth} space{'s' * (depth != 1)} before it")
        while build.depth > depth:
            build.close()
        build.open(*line.labels[0])
        for argument in line.labels[1:]:
            build.leaf(*argument)
        deepest = depth + 1
        parts = parts[starts_part:]
    rule, spans = build.build(), tuple(build.spans)
    _check_complete(text, rule, spans)
    return rule, spans


def _check_complete(text: str, rule: Rule, spans: tuple[tuple[int, int], ...]) -> None:
    parts = rule.root.children
    ends = [*(spans[part.number][0] for part in parts[1:]), len(text)]
    for part, end in zip(parts, ends, strict=False):
        if part.is_leaf:
            found = "'then'" if end < len(text) else "the end of the text"
            raise _error(text, end, found, f"an indented line below '{part.label}'")
    if len(parts) < 2:
        raise _error(text, len(text), "the end of the text", f"'{_PARTS[len(parts)]}'")


def _lines(text: str) -> Iterator[_Line]:
    offset = 0
    for line in text.split("\n"):
        if line and not line.isspace():
            yield _read_line(line, offset)
        offset += len(line) + 1


def _read_line(line: str, offset: int) -> _Line:
    indent = end = len(line) - len(line.lstrip())
    head = ""
    labels: list[tuple[str, int, int]] = []
    flaws: list[int] = []
    for match in _LABEL.finditer(line, indent):
        spelling = match[0].rstrip()
        label = unspell(spelling)
        between = line[end : match.start()].lstrip()
        if between.rstrip() != ("", ":", ",")[min(len(labels), 2)]:
            flaws.append(match.start() - len(between))
        end = match.end()
        if not is_label(label):
            flaws.append(match.start())
            label = _NO_NAME.sub(" ", label).strip()
        if is_label(label):
            labels.append((label, offset + match.start(), len(spelling)))
            head = head or spelling
    if rest := line[end:].lstrip():
        flaws.append(len(line) - len(rest))
    return _Line(line, offset + indent, indent, head, labels, flaws[0] if flaws else None)


def _quote(text: str) -> str:
    text = text.rstrip()
    return repr(text if len(text) <= 40 else text[:40] + "…")


def _error(text: str, start: int, found: str, expected: str) -> RuleSyntaxError:
    before = text[:start]
    return RuleSyntaxError(
        line=before.count("\n") + 1,
        column=len(before) - before.rfind("\n"),
        found=found,
        expected=expected,
    )
