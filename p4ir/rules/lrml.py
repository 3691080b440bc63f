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

from p4ir.errors import RuleSyntaxError
from p4ir.rules.notation import Repaired, Repairs
from p4ir.rules.tree import Rule, RuleBuilder, Tree, print_brackets

_TOKEN = re.compile(r"\s*(?:([(),])|('[^']*'|[^\s(),'][^(),]*)|('))")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SPLIT = re.compile(r"([(),])")
_START = re.compile(r"(?<!\w)if\s*\(")
_THEN_FOLLOWS = re.compile(r"[\s),]*(?:then\s*\(|$)")


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
    build = RuleBuilder()
    tokens = _scan(text)

    def expect(kind: str, expected: str, label: str | None = None) -> _Token:
        token = next(tokens)
        if token.kind != kind or (label is not None and token.text != label):
            raise _error(text, token, expected)
        return token

    for part in ("if", "then"):
        expect("label", f"'{part}('", part)
        expect("(", "'('")
        build.open(part)
        while build.depth:
            label = expect("label", "a name or a value").text
            token = next(tokens)
            if token.kind == "(":
                build.open(label)
                continue
            build.leaf(label)
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
    return build.build()


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
    start = _START.search(text)
    if start is None:
        raise _error(text, next(_scan(text)), "'if('")
    reader = _TolerantReader(text)
    reader.repairs.note_if(bool(text[: start.start()].strip()), "cut text before the rule")
    for token in _scan(text, start.start()):
        reader.read(token)
        if token.kind == "end" or reader.is_done:
            break
    rule = reader.build.build()
    if not rule.is_complete:
        raise _error(text, _Token("end", "", len(text)), "'then(' with a conclusion")
    return Repaired(rule, reader.repairs.found, tuple(reader.build.spans))


class _TolerantReader:
    """Builds a rule from tokens, whatever their order."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.build = RuleBuilder()
        self.repairs = Repairs()
        self.is_done = False
        self._label: _Token | None = None  # read, but not yet known as functor or leaf

    def read(self, token: _Token) -> None:
        if token.kind == "(":
            self._open()
            return
        if token.kind == "label":
            self.repairs.note_if(self._label is not None, "added a comma")
        self._add_leaf()
        if token.kind == "label":
            self._label = token
        elif token.kind == ")":
            self._close(token)
        elif token.kind == "end":
            self._close_all()

    def _open(self) -> None:
        token, self._label = self._label, None
        if token is None:
            # Its closing bracket will look superfluous, or close too much; either way
            # the rest is still read.
            self.repairs.note("dropped a bracket without a name")
            return
        if token.text in ("if", "then"):
            self._close_all()
        self.build.open(_CONTROL.sub(" ", token.text), token.start, len(token.text))

    def _add_leaf(self) -> None:
        token, self._label = self._label, None
        if token is not None and self.build.depth:
            self.build.leaf(_CONTROL.sub(" ", token.text), token.start, len(token.text))

    def _close(self, token: _Token) -> None:
        outermost = self.build.open_labels[0] if self.build.depth == 1 else None
        rest = self.text[token.start + 1 :]
        if not self.build.depth or (outermost == "if" and not _THEN_FOLLOWS.match(rest)):
            self.repairs.note("dropped a closing bracket")
            return
        self._close_innermost()
        if outermost == "then":
            self.is_done = True
            self.repairs.note_if(bool(rest.strip()), "cut text after the rule")

    def _close_innermost(self) -> bool:
        if self.build.is_empty:
            self.repairs.note(f"dropped '{self.build.open_labels[-1]}' without arguments")
            self.build.drop()
            return False
        self.build.close()
        return True

    def _close_all(self) -> None:
        closed = 0
        while self.build.depth:
            closed += self._close_innermost()
        self.repairs.note_if(closed > 0, f"closed {closed} bracket{'s' * (closed > 1)}")


def read_brackets(text: str) -> Tree | None:
    """Read any text as a tree by its brackets alone; `None` if it has none.

    Missing brackets are closed and superfluous ones ignored. For scoring texts that do
    not parse, as was done for published predictions (docs/metrics.md).
    """
    if not set("()") & set(text):
        return None
    labels, arities, open_nodes = ["root"], [0], [0]
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
    while match := _TOKEN.match(text, start):
        mark, label, quote = match.groups()
        start = match.end()
        if mark:
            yield _Token(mark, mark, match.start(1))
        elif label:
            yield _Token("label", label.rstrip(), match.start(2))
        else:
            yield _Token("quote", quote, match.start(3))
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
