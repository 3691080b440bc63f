"""Compact LRML: `if(exist(door)),then(obligation(has(door,handle)))`.

The notation of the NZBC-LRML data: functors with their arguments in brackets.
Spaces around brackets and commas mean nothing; spaces inside a label (`350 mm`) are
part of it. Three readers: `parse_rule` is strict, `repair_rule` mends what a language
model breaks and says what it mended, `read_brackets` turns any text that has a
bracket into a tree, for distances only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from p4ir.counting import counted
from p4ir.errors import RuleSyntaxError
from p4ir.rules.builder import RuleBuilder
from p4ir.rules.notation import Repaired, Repairs
from p4ir.rules.tree import NOT_TEXT, ROOT, Rule, Tree, is_label, print_brackets

_TOKEN = re.compile(r"([(),])|('[^']*'|[^\s(),'][^(),]*)|'")
_SPLIT = re.compile(r"([(),])")
_START = re.compile(r"(?<!\w)if\s*\(")


class _Token(NamedTuple):
    kind: str
    """`(`, `)`, `,`, `label`, `quote` (never closed) or `end`."""
    text: str
    start: int
    """Offset in the text."""


def format_rule(rule: Rule) -> str:
    """Write a rule in compact LRML, without white space around brackets and commas."""
    return print_brackets(rule)


def parse_rule(text: str) -> Rule:
    """Parse compact LRML.

    Raises:
        RuleSyntaxError: the text is no rule; says the place and what was expected.
        RuleError: the rule is too large or too deep.

    >>> parse_rule("if(exist(door)),then(obligation(greaterThanEqual(door.width,850 mm)))")
    <Rule if(exist(door)),then(obligation(greaterThanEqual(door.width,850 mm)))>
    """
    return _read(text).build()


def repair_rule(text: str) -> Repaired:
    """Parse compact LRML tolerantly.

    Closes missing brackets, drops superfluous ones and empty arguments, and cuts text
    before and after the rule.

    Raises:
        RuleSyntaxError: no condition or no conclusion can be made out.
        RuleError: the rule is too large or too deep.

    >>> repair_rule("if(exist(door)),then(obligation(has(door,handle").repairs
    ('closed 3 brackets',)
    """
    try:
        build = _read(text)
        return Repaired(build.build(), spans=tuple(build.spans))
    except RuleSyntaxError as error:
        start = _START.search(text)
        if start is None:
            raise error from None
    reader = _TolerantReader(text)
    reader.repairs.note_if(bool(text[: start.start()].strip()), "cut text before the rule")
    for token in _scan(text, start.start()):
        reader.read(token)
        if token.kind == "end" or reader.is_done:
            break
    rule = reader.build.build()
    if not rule.is_complete:
        has_condition = "if" in (part.label for part in rule.root.children)
        expected = "'then(' with a conclusion" if has_condition else "'if(' with a condition"
        raise _error(text, _Token("end", "", len(text)), expected)
    return Repaired(rule, reader.repairs.found, tuple(reader.build.spans))


def _read(text: str) -> RuleBuilder:
    """Read strictly."""
    build = RuleBuilder()
    tokens = _scan(text)

    def expect(kind: str, expected: str, label: str | None = None) -> _Token:
        token = next(tokens)
        if token.kind != kind or (label is not None and token.text != label):
            raise _error(text, token, expected)
        return token

    for part in ("if", "then"):
        token = expect("label", f"'{part}('", part)
        expect("(", "'('")
        build.open(part, token.start, len(part))
        while build.depth:
            label = expect("label", "a name or a value")
            if not is_label(label.text):
                raise _error(text, label, "a name without control characters")
            token = next(tokens)
            if token.kind == "(":
                build.open(label.text, label.start, len(label.text))
                continue
            build.leaf(label.text, label.start, len(label.text))
            while token.kind == ")":
                build.close()
                if not build.depth:
                    break
                token = next(tokens)
            if build.depth and token.kind != ",":
                raise _error(text, token, "',' or ')'")
        if part == "if":
            expect(",", "','")
    expect("end", "the end of the rule")
    return build


class _TolerantReader:
    """Builds a rule from tokens, whatever their order, and notes whatever it mends."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.build = RuleBuilder()
        self.repairs = Repairs()
        self.is_done = False
        self._label: _Token | None = None  # read, but not yet known as functor or leaf
        self._previous = ","
        self._unnamed: list[int] = []  # depths at which brackets without a name stand open
        self._ends_of_condition = 0  # brackets that close `if`, should `then(` follow

    def read(self, token: _Token) -> None:
        kind = token.kind
        if kind == "(":
            self._open()
        else:
            follows = self._previous in ("label", ")")
            self.repairs.note_if(kind == "label" and follows, "added a comma")
            is_empty = self._previous + kind in (",,", "(,", ",)")
            self.repairs.note_if(is_empty, "dropped an empty argument")
            self.repairs.note_if(kind == "quote", "dropped a quotation mark")
            self._add_leaf()
        if kind == "label":
            self._label = self._clean(token)
        elif kind == ")":
            self._close(token)
        elif kind == "end":
            self._close_all()
        if kind != "quote":
            self._previous = kind

    def _clean(self, token: _Token) -> _Token | None:
        text = NOT_TEXT.sub(" ", token.text).strip()
        self.repairs.note_if(text != token.text, "replaced control characters")
        return token._replace(text=text) if is_label(text) else None

    def _open(self) -> None:
        token, self._label = self._label, None
        if token is None:
            self.repairs.note("dropped a bracket without a name")
            self._unnamed.append(self.build.depth)
            return
        if token.text == "then" and self.build.outermost == "if":
            self._end_condition()
        self._drop_ends_of_condition()
        self.build.open(token.text, token.start, len(token.text))

    def _add_leaf(self) -> None:
        token, self._label = self._label, None
        if token is not None:
            self._drop_ends_of_condition()
            self.build.leaf(token.text, token.start, len(token.text))

    def _close(self, token: _Token) -> None:
        if self._unnamed[-1:] == [self.build.depth]:
            self._unnamed.pop()
        elif self.build.depth == 1 and self.build.outermost == "if":
            self._ends_of_condition += 1
        elif self.build.depth == 1 and self.build.is_empty:
            self.repairs.note("dropped a closing bracket")
        else:
            self._close_innermost()
            self.is_done = not self.build.depth
            rest = self.is_done and self.text[token.start + 1 :].strip()
            self.repairs.note_if(bool(rest), "cut text after the rule")

    def _close_innermost(self) -> bool:
        if self.build.is_empty:
            self.repairs.note(f"dropped '{self.build.innermost}' without arguments")
            self.build.drop()
            return False
        self.build.close()
        return True

    def _close_all(self) -> None:
        closed = 0
        while self.build.depth:
            closed += self._close_innermost()
        self.repairs.note_if(closed > 0, f"closed {counted(closed, 'bracket')}")

    def _end_condition(self) -> None:
        self._unnamed.clear()
        if self._ends_of_condition:
            self._ends_of_condition -= 1
            self._close_innermost()
        else:
            self._close_all()

    def _drop_ends_of_condition(self) -> None:
        self.repairs.note_if(self._ends_of_condition > 0, "dropped a closing bracket")
        self._ends_of_condition = 0


def read_brackets(text: str) -> Tree | None:
    """Read any text as a tree by its brackets alone; `None` if it has none.

    Missing brackets are closed and superfluous ones ignored. For scoring texts that do
    not parse, as was done for published predictions (docs/metrics.md).
    """
    if not set("()") & set(text):
        return None
    labels, arities, open_nodes = [ROOT], [0], [0]
    parts = _SPLIT.split(text)
    for label, mark in zip(parts[::2], [*parts[1::2], ""], strict=True):
        label = " ".join(label.split())
        if label or mark == "(":
            arities[open_nodes[-1]] += 1
            labels.append(label)
            arities.append(0)
        if mark == "(":
            open_nodes.append(len(labels) - 1)
        elif mark == ")" and len(open_nodes) > 1:
            open_nodes.pop()
    return Tree(labels, arities)


def _scan(text: str, start: int = 0) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text, start):
        mark, label = match.groups()
        if mark:
            yield _Token(mark, mark, match.start())
        elif label:
            yield _Token("label", label.rstrip(), match.start())
        else:
            yield _Token("quote", "'", match.start())
    while True:
        yield _Token("end", "", len(text))


def _error(text: str, token: _Token, expected: str) -> RuleSyntaxError:
    before = text[: token.start]
    found = {
        "end": "the end of the text",
        "quote": "a quotation mark that is never closed",
    }.get(token.kind, repr(token.text if len(token.text) <= 40 else token.text[:40] + "…"))
    return RuleSyntaxError(
        line=before.count("\n") + 1,
        column=len(before) - before.rfind("\n"),
        found=found,
        expected=expected,
    )
