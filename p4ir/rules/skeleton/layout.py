"""Write a rule as Python: names, operators by their precedence, and where lines break."""

from __future__ import annotations

import json
import re

from p4ir.rules.skeleton.identifiers import to_identifier
from p4ir.rules.tree import Rule

FUNCTION_OF = {"obligation": "require", "permission": "permit", "prohibition": "forbid"}
"""Deontic operator: the function that says it."""
COMPARISON_OF = {
    "equal": "==",
    "greaterThan": ">",
    "greaterThanEqual": ">=",
    "lessThan": "<",
    "lessThanEqual": "<=",
}
"""Comparison: its operator, between two arguments."""
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,30})(?:\.[0-9]{1,30})?")
"""A label that is written as a number."""

PART = re.compile(r"part_[1-9][0-9]*")
"""The name of an expression that stands apart; no label is spelled so."""

_WIDTH = 100  # columns, after which an expression breaks at its arguments
_DEPTH = 40  # levels, after which an expression stands apart: Python's parser has a limit
_OR, _AND, _NOT, _COMPARISON, _CALL = range(5)  # by how tightly they bind


def lay_out(rule: Rule) -> str:
    """Write the function of a rule.

    A conclusion that is an `and` becomes statements one below the other.
    """
    layout = _Layout(rule)
    lines = ["def rule():"]
    for number, name in layout.parts.items():
        lines += layout.lines(number, 1, f"{name} = ", is_definition=True)
    condition, conclusion = layout.children[0]
    lines += layout.part(condition, 1, "if ", ":")
    outermost = layout.children[conclusion]
    if len(outermost) == 1 and layout.binding(outermost[0]) == _AND:
        for number in layout.children[outermost[0]]:
            lines += layout.lines(number, 2)
    else:
        lines += layout.part(conclusion, 2)
    return "\n".join(lines)


class _Layout:
    """Writes the expressions of a rule's nodes, which are known by their numbers."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self.children: list[list[int]] = [[] for _ in rule.labels]
        """The children of each node."""
        self.parts: dict[int, str] = {}
        """Node that stands apart: its name; inner ones first. Hardly ever any."""
        levels = [0] * rule.size
        for number, parent in enumerate(rule.parents()[1:], 1):
            self.children[parent].append(number)
            levels[number] = levels[parent] % _DEPTH + 1
        self._texts = [""] * rule.size
        for number in range(rule.size - 1, 0, -1):
            self._texts[number] = self._expression(number)
            if levels[number] == _DEPTH and self.children[number]:
                self.parts[number] = f"part_{len(self.parts) + 1}"

    def binding(self, number: int, is_definition: bool = False) -> int:
        """Return how tightly the expression of a node binds."""
        label, arity = self._rule.labels[number], self._rule.arities[number]
        if number in self.parts and not is_definition:
            return _CALL
        if label in ("and", "or") and arity > 1:
            return _AND if label == "and" else _OR
        if label == "not" and arity == 1:
            return _NOT
        return _COMPARISON if label in COMPARISON_OF and arity == 2 else _CALL

    def part(self, part: int, depth: int, before: str = "", after: str = "") -> list[str]:
        """Write what `if` or `then` holds; several children as a tuple."""
        children = self.children[part]
        if len(children) == 1:
            return self.lines(children[0], depth, before, after)
        line = f"{_indent(depth)}{before}({', '.join(map(self._text, children))}){after}"
        return [line] if len(line) <= _WIDTH else self._call("", children, depth, before, after)

    def lines(
        self,
        number: int,
        depth: int,
        before: str = "",
        after: str = "",
        in_brackets: bool = False,
        is_definition: bool = False,
    ) -> list[str]:
        """Write an expression between two texts: on one line, or on several if it is long."""
        text = self._texts[number] if is_definition else self._text(number)
        line = f"{_indent(depth)}{before}{f'({text})' if in_brackets else text}{after}"
        binding, children = self.binding(number, is_definition), self.children[number]
        is_name = not children or (number in self.parts and not is_definition)
        if len(line) <= _WIDTH or is_name or binding == _COMPARISON:
            return [line]
        if binding == _NOT:
            inner = children[0]
            return self.lines(inner, depth, before + "not ", after, self.binding(inner) < _NOT)
        if binding == _CALL:
            function = _function(self._rule.labels[number])
            return self._call(function, children, depth, before, after)
        return _enclose(self._operands(number, depth + 1), depth, before + "(", ")" + after)

    def _call(
        self, function: str, arguments: list[int], depth: int, before: str, after: str
    ) -> list[str]:
        if len(arguments) > 1:
            inner = [line for n in arguments for line in self.lines(n, depth + 1, after=",")]
        elif self.binding(arguments[0]) in (_AND, _OR):
            inner = self._operands(arguments[0], depth + 1)
        else:
            inner = self.lines(arguments[0], depth + 1)
        return _enclose(inner, depth, f"{before}{function}(", ")" + after)

    def _operands(self, number: int, depth: int) -> list[str]:
        label = self._rule.labels[number]
        own, lines, before = _AND if label == "and" else _OR, list[str](), ""
        for child in self.children[number]:
            lines += self.lines(child, depth, before, in_brackets=self.binding(child) <= own)
            before = f"{label} "
        return lines

    def _text(self, number: int) -> str:
        """Return what stands for a node on one line where it is used."""
        return self.parts.get(number) or self._texts[number]

    def _expression(self, number: int) -> str:
        """Write a node on one line, from its children, which are written already."""
        label, children = self._rule.labels[number], self.children[number]
        binding = self.binding(number)
        if not children:
            return _leaf(label)
        if binding == _CALL:
            return f"{_function(label)}({', '.join(map(self._text, children))})"
        # A comparison binds its operands, but `not not a` needs no brackets.
        loosest = _NOT if binding == _NOT else binding + 1
        operands = [
            f"({self._text(child)})" if self.binding(child) < loosest else self._text(child)
            for child in children
        ]
        if binding == _NOT:
            return f"not {operands[0]}"
        return f" {COMPARISON_OF.get(label, label)} ".join(operands)


def _enclose(inner: list[str], depth: int, opening: str, closing: str) -> list[str]:
    return [f"{_indent(depth)}{opening}", *inner, f"{_indent(depth)}{closing}"]


def _indent(depth: int) -> str:
    return " " * 4 * depth


def _function(label: str) -> str:
    """Return what is called for a functor."""
    if label in FUNCTION_OF:
        return FUNCTION_OF[label]
    name = to_identifier(label)
    return f"{name}_" if name in FUNCTION_OF.values() else name or _string(label)


def _leaf(label: str) -> str:
    return to_identifier(label) or (label if NUMBER.fullmatch(label) else _string(label))


def _string(label: str) -> str:
    """Write a string literal; what does not print is escaped."""
    text = json.dumps(label, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
