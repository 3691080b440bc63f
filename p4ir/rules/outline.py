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
from itertools import pairwise
from typing import NamedTuple

from p4ir.errors import RuleSyntaxError
from p4ir.rules.notation import Repaired, Repairs
from p4ir.rules.tree import Node, Rule, RuleBuilder, is_label

_HUMP = re.compile(r"(?<=[A-Za-z0-9])([A-Z])")
_DOT = re.compile(r"(?<=[A-Za-z0-9])\.(?=[A-Za-z])")
_WORD_START = re.compile(r" ([a-z0-9])")
_LABEL = re.compile(r"'[^']*'|`(?:[^`]|``)+`|[^,:`'\s][^,:`]*")
_NEVER = re.compile(r"[\x00-\x1f\x7f-\x9f()]")


def format_rule(rule: Rule) -> str:
    """Write a rule as an outline."""
    lines: list[str] = []
    waiting: list[tuple[Node, int]] = [(part, 0) for part in reversed(rule.root.children)]
    while waiting:
        node, depth = waiting.pop()
        children = node.children
        line = " " * depth + spell(node.label)
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

    def refuse(repair: str, line: int, column: int, found: str, expected: str) -> None:
        raise RuleSyntaxError(line=line, column=column, found=found, expected=expected)

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

    >>> [spell(label) for label in ("wallCladding.type", "350 mm", "nzbc_e2as1", "a: b")]
    ["wall cladding's type", '350 mm', 'nzbc_e2as1', '`a: b`']
    """
    words = _DOT.sub("'s ", _HUMP.sub(lambda hump: " " + hump[1].lower(), label))
    for spelling in (words, label):
        if _LABEL.fullmatch(spelling) and unspell(spelling) == label:
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
    number: int
    start: int
    """Offset of the line's content in the text."""
    indent: int
    labels: list[tuple[str, int, int]]
    """The functor and its arguments: label, offset in the text, length."""
    is_clean: bool
    """Whether there is nothing else on the line."""

    @property
    def head(self) -> str:
        return self.labels[0][0]


Mend = Callable[[str, int, int, str, str], None]
"""Takes what has to be mended, line, column, what was found and what was expected."""


def _read(text: str, mend: Mend) -> tuple[Rule, tuple[tuple[int, int], ...]]:
    build, parts, deepest = RuleBuilder(), ["if", "then"], 0
    for line in _lines(text):
        place = line.number, line.indent + 1, repr(line.head[:40])
        if not line.is_clean:
            mend("dropped what is no name", *place, "'functor: argument, argument'")
        starts_part = parts[:1] == [line.head]
        if len(parts) == 2 and not starts_part:
            mend("cut text before the rule", *place, "'if'")
            continue
        if not parts and not line.indent:
            mend("cut text after the rule", *place, "the end of the rule")
            break
        depth = 0 if starts_part else min(max(line.indent, 1), deepest)
        if depth != line.indent:
            mend("mended the indentation", *place, f"{depth} spaces before it")
        while build.depth > depth:
            build.close()
        build.open(*line.labels[0])
        for argument in line.labels[1:]:
            build.leaf(*argument)
        deepest = depth + 1
        parts = parts[starts_part:]
    rule = build.build()
    if not rule.is_complete:
        expected = f"'{parts[0]}'" if parts else "an indented line"
        raise RuleSyntaxError(
            line=text.count("\n") + 1, column=1, found="the end of the text", expected=expected
        )
    return rule, tuple(build.spans)


def _lines(text: str) -> Iterator[_Line]:
    offset = 0
    for number, line in enumerate(text.split("\n"), 1):
        indent = len(line) - len(line.lstrip())
        matches = list(_LABEL.finditer(line, indent))
        labels = []
        for match in matches:
            label = unspell(match[0].rstrip())
            label = label if is_label(label) else _NEVER.sub(" ", label).strip()
            if is_label(label):
                labels.append((label, offset + match.start(), len(match[0])))
        between = [line[a.end() : b.start()].strip() for a, b in pairwise(matches)]
        ends = [line[: matches[0].start()], line[matches[-1].end() :]] if matches else [line]
        is_clean = (
            not "".join(ends).strip()
            and between == [":", *[","] * (len(matches) - 2)][: len(matches) - 1]
            and [label for label, _, _ in labels] == [unspell(m[0].rstrip()) for m in matches]
        )
        if labels:
            yield _Line(number, offset + indent, indent, labels, is_clean)
        offset += len(line) + 1
