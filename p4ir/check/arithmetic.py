"""The arithmetic of quoted expressions, such as `'0.05 * x0 + 150 mm'`.

Numbers, quantities, names, `+ - * / ^` and brackets; nothing is ever executed. What is in
quotes and is no arithmetic (`'100 mm x 100 mm'`) is not parsed, and stays a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from p4ir.rules.units import Quantity, known_unit

Operator = Literal["+", "-", "*", "/", "^"]

MAX_TOKENS = 400
"""Tokens of an expression at most, which bounds how deep its brackets go."""

_TOKEN = re.compile(r"\s*(\d+(?:\.\d+)?|[A-Za-z_]\w*(?:\.\w+)?|[-+*/^()])")
_UNIT = re.compile(r" ?([A-Za-z%°″′\"][\w/%°²³.]*)")


@dataclass(frozen=True, slots=True)
class Number:
    """A number or a quantity."""

    quantity: Quantity


@dataclass(frozen=True, slots=True)
class Name:
    """A variable or a property."""

    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """Two expressions with an operator between them."""

    operator: Operator
    left: Expression
    right: Expression


Expression = Number | Name | Operation


def parse_arithmetic(text: str) -> Expression | None:
    """Parse an expression, without its quotes; return `None` if it is none.

    >>> parse_arithmetic("2 * x0")
    Operation(operator='*', left=Number(quantity=Quantity(magnitude=2.0, unit='')), \
right=Name(name='x0'))
    >>> parse_arithmetic("100 mm x 100 mm") is None
    True
    """
    tokens = _tokens(text)
    if not tokens or len(tokens) > MAX_TOKENS:
        return None
    parser = _Parser(tokens)
    try:
        expression = parser.sum()
    except _NotArithmeticError:
        return None
    return expression if parser.is_at_end else None


class _NotArithmeticError(Exception):
    """The text is no arithmetic."""


def _tokens(text: str) -> list[Expression | str] | None:
    text, place = text.rstrip(), 0
    tokens: list[Expression | str] = []
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            return None
        place, token = match.end(), match[1]
        if token[0].isdigit():
            unit, place = _unit_at(text, place)
            tokens.append(Number(Quantity(float(token), unit)))
        else:
            tokens.append(Name(token) if token[0].isalpha() or token[0] == "_" else token)
    return tokens


def _unit_at(text: str, place: int) -> tuple[str, int]:
    """Return the longest unit that stands at a place, and where it ends."""
    match = _UNIT.match(text, place)
    written = match[1] if match else ""
    while written and match:
        unit = known_unit(written)
        if unit is not None:
            return unit, match.start(1) + len(written)
        written = written.rpartition("/")[0]
    return "", place


class _Parser:
    """Recursive descent: sums of products of powers."""

    def __init__(self, tokens: list[Expression | str]) -> None:
        self._tokens = tokens
        self._place = 0

    @property
    def is_at_end(self) -> bool:
        return self._place == len(self._tokens)

    def sum(self) -> Expression:
        left = self.product()
        while operator := self._take("+", "-"):
            left = Operation(operator, left, self.product())
        return left

    def product(self) -> Expression:
        left = self.signed()
        while operator := self._take("*", "/"):
            left = Operation(operator, left, self.signed())
        return left

    def signed(self) -> Expression:
        if self._take("-"):
            return Operation("*", Number(Quantity(-1.0, "")), self.signed())
        return self.power()

    def power(self) -> Expression:
        base = self.atom()
        if operator := self._take("^"):
            return Operation(operator, base, self.signed())
        return base

    def atom(self) -> Expression:
        if self.is_at_end:
            raise _NotArithmeticError
        token = self._tokens[self._place]
        self._place += 1
        if token == "(":
            inner = self.sum()
            if self.is_at_end or self._tokens[self._place] != ")":
                raise _NotArithmeticError
            self._place += 1
            return inner
        if isinstance(token, str):
            raise _NotArithmeticError
        return token

    def _take(self, *operators: Operator) -> Operator | None:
        if self.is_at_end:
            return None
        for operator in operators:
            if self._tokens[self._place] == operator:
                self._place += 1
                return operator
        return None
