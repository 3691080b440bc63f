"""The notations in which a rule can be written, by name.

A notation is a module of this package with `parse_rule(text)` and `format_rule(rule)`;
one that a language model writes also has `repair_rule(text)`. To add one, write the
module and name it here. Modules load when they are first used.
"""

from __future__ import annotations

import difflib
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from p4ir.errors import NotationError

if TYPE_CHECKING:
    from p4ir.rules.tree import Rule

NOTATIONS = {
    "lrml": "p4ir.rules.lrml",
    "json": "p4ir.rules.json_tree",
    "outline": "p4ir.rules.outline",
    "skeleton": "p4ir.rules.skeleton",
    "legalruleml": "p4ir.rules.legalruleml",
}


class Repaired(NamedTuple):
    """A rule read tolerantly."""

    rule: Rule
    repairs: tuple[str, ...] = ()
    """What had to be mended; empty if the text was in order."""
    spans: tuple[tuple[int, int], ...] = ()
    """For each node, in preorder, where its label stood in the text (start, end)."""


class Repairs:
    """What a tolerant reader mended, in order, each kind once."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    @property
    def found(self) -> tuple[str, ...]:
        """The repairs recorded so far."""
        return tuple(self._found)

    def note(self, repair: str) -> None:
        """Record a repair."""
        self._found[repair] = None

    def note_if(self, happened: bool, repair: str) -> None:
        """Record a repair if it happened."""
        if happened:
            self.note(repair)


def parse_rule(text: str, notation: str = "lrml") -> Rule:
    """Parse a rule written in a notation.

    Raises:
        RuleSyntaxError: the text is no rule in that notation.
        RuleError: the rule is too large or too deep.
        NotationError: there is no such notation.
    """
    return _module(notation).parse_rule(text)  # type: ignore[no-any-return]


def format_rule(rule: Rule, notation: str = "lrml") -> str:
    """Write a rule in a notation; `parse_rule` of the result is the rule again.

    Raises:
        NotationError: there is no such notation.
    """
    return _module(notation).format_rule(rule)  # type: ignore[no-any-return]


def repair_rule(text: str, notation: str = "lrml") -> Repaired:
    """Read a rule tolerantly, as a language model wrote it, and say what was mended.

    Raises:
        RuleSyntaxError: not even that finds a rule.
        RuleError: the rule is too large or too deep.
        NotationError: there is no such notation.
    """
    module = _module(notation)
    if hasattr(module, "repair_rule"):
        return module.repair_rule(text)  # type: ignore[no-any-return]
    return Repaired(module.parse_rule(text))


def _module(notation: str) -> ModuleType:
    if notation not in NOTATIONS:
        near = difflib.get_close_matches(notation, NOTATIONS, 1)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        raise NotationError(f"no notation {notation!r}; there are {', '.join(NOTATIONS)}{meant}")
    return import_module(NOTATIONS[notation])
