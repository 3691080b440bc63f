"""Which of several things of one name a rule speaks of: two distances, each with its bounds.

Each `inBetween(distance,…)` stands just before its bounds, which are on the distance named
last (`data/GUIDE.md`). So one that follows another and its bounds is about another distance,
with a variable of its own: `distance`, then `distance #2`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from p4ir.check.formulas import Entity, Term
from p4ir.check.names import key_of
from p4ir.rules.tree import Node
from p4ir.rules.words import in_words

_NUMBER = " #"
"""What stands before the number of a namesake; no key holds it."""


EACH = "each "
"""What the variables of the members of a loop begin with."""


_PLURALS_OF_ONE = [["stairs"], ["steps"], ["premises"]]
"""Last words that people use of one thing as of several."""


class Namesakes:
    """The variables of the names of one rule, read from left to right."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        """Key of a name: the number of the thing that was spoken of last, from 2."""
        self._placed: frozenset[str] = frozenset()
        """Variables of what is said to be between others."""
        self._bounded: frozenset[str] = frozenset()
        """Those of them that were compared after that."""

    def variable(self, key: str) -> str:
        """Return the variable of the thing of a name that was spoken of last."""
        number = self._last.get(key, 1)
        return key if number == 1 else f"{key}{_NUMBER}{number}"

    def place(self, thing: Node) -> None:
        """Take note that a thing is said to be between others: if it has a bound, another one."""
        key = key_of(thing.label)
        if self.variable(key) in self._bounded:
            self._last = {**self._last, key: self._last.get(key, 1) + 1}
        self._placed |= {self.variable(key)}

    def bound(self, *terms: Term) -> None:
        """Take note of terms that are compared."""
        compared = {term.variable for term in terms if isinstance(term, Entity)}
        self._bounded |= compared & self._placed

    @contextmanager
    def alternative(self) -> Iterator[None]:
        """Read an alternative, of which those beside it and what follows them know nothing."""
        before = self._last, self._placed, self._bounded
        try:
            yield
        finally:
            self._last, self._placed, self._bounded = before


def name_of(variable: str) -> str:
    """Return the key of the name of a variable.

    >>> name_of("distance #2"), name_of("distance")
    ('distance', 'distance')
    """
    return variable.partition(_NUMBER)[0]


def kind_of_variable(variable: str) -> str:
    """Return the kind that a variable ranges over."""
    return name_of(variable).removeprefix(EACH)


def is_plural(name: str) -> bool:
    """Say whether a name is that of several things.

    >>> is_plural("fireDoors"), is_plural("glass")
    (True, False)
    """
    return in_words(name).split()[-1:] != key_of(name).split()[-1:]


def is_plural_of_one(name: str) -> bool:
    """Say whether a name may be that of one thing though it reads as one of several.

    >>> is_plural_of_one("escapeStairs"), is_plural_of_one("dwellings")
    (True, False)
    """
    return in_words(name).split()[-1:] in _PLURALS_OF_ONE


def is_member(variable: str) -> bool:
    """Say whether a variable stands for the members of a loop in turn."""
    return name_of(variable).startswith(EACH)
