"""What the grammars of all notations share: labels, and functors by their arity.

Terminals are regular expressions as Rust writes them, which Lark joins by `&` (both
match) and `~` (does not match).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from p4ir.rules.vocabulary import ARITIES, MANY

MAX_DEPTH = 16
"""Functors below each other that a grammar allows; published rules have at most 8."""

NOT_TEXT = r"\x00-\x1f\x7f-\x9f\x{fffe}\x{ffff}"
"""What is in no label, to stand in a character class; `p4ir.rules.tree` has the same."""

PLACEHOLDER = "…"
"""Stands for an argument that a rule needs and that there was no room to write."""


class Closer(NamedTuple):
    """A text that brings a rule nearer to its end."""

    text: str
    where: str = ""
    """What could stand only where the text does so: inside quotes a comma ends nothing."""


class Functors(NamedTuple):
    """The known functors that take as many arguments."""

    terminal: str
    """Their name in the grammar."""
    spellings: tuple[str, ...]
    fewest: int
    most: int | None
    """`None` if there is no bound."""


def functors(spell: Callable[[str], str]) -> list[Functors]:
    """Return the known functors, grouped by arity, as a notation spells them.

    The parts of a rule, `if` and `then`, are not among them. What joins many may, as in
    published rules, join a single one, of which `p4ir.rules.lint` warns.
    """
    groups: dict[tuple[int, int], list[str]] = {}
    for functor, arity in ARITIES.items():
        if functor not in ("if", "then"):
            groups.setdefault(arity, []).append(spell(functor))
    return [
        Functors(
            f"FUNCTOR{number}", tuple(spellings), *((1, None) if most == MANY else (fewest, most))
        )
        for number, ((fewest, most), spellings) in enumerate(groups.items())
    ]


def one_of(texts: Iterable[str]) -> str:
    """Return the regular expression of some texts."""
    escaped = (re.escape(text).replace(r"\ ", " ").replace("/", r"\/") for text in texts)
    return f"/{'|'.join(sorted(escaped))}/"


def times(what: str, fewest: int, most: int | None) -> str:
    """Return the expression of something that stands so many times."""
    if most == 0:
        return '""'
    bounds = f"{{{fewest},{'' if most is None else most}}}"
    return what if (fewest, most) == (1, 1) else f"({what}){bounds}"


def listed(item: str, separator: str, fewest: int, most: int | None) -> str:
    """Return the expression of so many items with separators between them."""
    others = times(f"{separator} {item}", fewest - 1, None if most is None else most - 1)
    return item if most == 1 else f"{item} {others}"
