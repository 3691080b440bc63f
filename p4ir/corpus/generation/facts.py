"""What can be said of an element: literals of a rule with the words that say them.

A `Fact` has one meaning and several wordings. Each wording is a verb with what follows
it, from which the clause makes a duty ("shall be …"), a finite sentence ("where it is
…") or a denial; a fact may also stand before its noun ("external"), or behind it
("serving a ward").
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import NamedTuple

_IRREGULAR = {"be": ("is", "are"), "have": ("has", "have")}


class NothingLeftError(LookupError):
    """Nothing that was not said yet can be said of an element."""


class Wording(NamedTuple):
    """One way to say a fact with a verb."""

    verb: str
    """In the base form."""
    rest: str = ""
    denies: bool = False
    """Whether the verb is denied: `not exceed 3 m`."""
    head: str = ""
    """Another subject, with `{x}` for the element: `the width of {x}`."""

    def bare(self) -> str:
        """Return the words behind a modal verb."""
        return f"{'not ' if self.denies else ''}{self.verb} {self.rest}".rstrip()

    def finite(self, is_plural: bool = False) -> str:
        """Return the words behind a subject in the third person."""
        is_plural = is_plural and not self.head
        first, _, participle = self.verb.partition(" ")
        if first == "be":
            verb = _IRREGULAR[first][is_plural] + (" not" if self.denies else "")
            verb = f"{verb} {participle}".rstrip()
        elif self.denies:
            verb = f"{'do' if is_plural else 'does'} not {self.verb}"
        elif first in _IRREGULAR:
            verb = _IRREGULAR[first][is_plural]
        else:
            verb = self.verb if is_plural else _conjugate(self.verb)
        return f"{verb} {self.rest}".rstrip()


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A fact about an element."""

    literals: tuple[str, ...]
    wordings: tuple[Wording, ...]
    posts: tuple[str, ...] = ()
    """What may stand behind the noun."""
    pre: str = ""
    """The adjective that may stand before the noun."""
    derived: tuple[str, ...] = ()
    """Labels whose numbers are computed."""
    contrary: Fact | None = None
    """What is so if the fact is not, where that is not just its denial: of a bound."""

    @property
    def condition(self) -> str:
        """The fact as one argument of a functor."""
        return self.literals[0] if len(self.literals) == 1 else f"and({','.join(self.literals)})"

    def with_words(self, rng: random.Random, *, head: bool = False) -> Wording:
        """Choose a wording, of another subject only if that can be."""
        fitting = [wording for wording in self.wordings if head or not wording.head]
        return rng.choice(fitting or list(self.wordings))

    def denied(self) -> Fact:
        """Return what is so if the fact is not."""
        return self.contrary or replace(self, literals=(f"not({self.condition})",))


def _conjugate(verb: str) -> str:
    first, _, rest = verb.partition(" ")
    ending = "es" if first.endswith(("s", "sh", "ch", "x")) else "s"
    third = f"{first}{ending}" if not first.endswith("y") else f"{first[:-1]}ies"
    return f"{third} {rest}".rstrip()
