"""Which kinds of things are which others, and what a value says: a word, yes, that there is one.

A kind is one of the kinds that its declarations lead to, and of what its last words name: an
`externalFireDoor` is a `fireDoor` and a `door`; a `doorWithVisionPanel` is a `door`. A
declaration may take that back (`not house`) or leave something open (`maybe floor`). What
buildings commonly hold is declared in `kinds.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from itertools import chain

import yaml

from p4ir.check.facts import Value
from p4ir.check.names import begins_with_preposition, key_of, parts_of, says_there_is, tails_of
from p4ir.check.sizes import says_size
from p4ir.check.truth import FALSE, TRUE, UNKNOWN, Truth
from p4ir.rules.units import Quantity

ANYTHING = "element"
"""The kind that everything in a building is."""

_YES, _NO = frozenset({"true", "t", "yes", "y"}), frozenset({"false", "f", "no", "n"})
"""Keys of the words that say whether something is so."""
_NOT = "not "
"""What a declaration begins with that takes back what last words or more general kinds say."""
_MAYBE = "maybe "
"""What a declaration begins with of which the facts would have to say whether it is so."""

_GAPS = re.compile(r"(?<!\d) | (?!\d)")


class Kinds:
    """Which kinds are which others, by their declarations and by their last words."""

    def __init__(self, *declared: Mapping[str, Iterable[str]], spelled: Iterable[str] = ()) -> None:
        """Take declarations: a kind, and the more general kinds that it is one of.

        Args:
            declared: one or several, of which each adds to those before.
            spelled: keys of other kinds, which may be one with those spelled otherwise.
        """
        self._above: dict[str, list[str]] = {}
        self._never: dict[str, set[str]] = {}
        """A kind: what it would be by its last words or its declarations, and is not."""
        self._maybe: dict[str, set[str]] = {}
        for name, more_general in chain.from_iterable(each.items() for each in declared):
            above = self._above.setdefault(key_of(name), [])
            for general in map(key_of, more_general):
                if general.startswith(_NOT):
                    self._never.setdefault(key_of(name), set()).add(general.removeprefix(_NOT))
                elif general.startswith(_MAYBE):
                    self._maybe.setdefault(key_of(name), set()).add(general.removeprefix(_MAYBE))
                else:
                    above.append(general)
                    self._never.get(key_of(name), set()).discard(general)
        self.declared = frozenset(self._above).union(*self._above.values())
        """The keys of all kinds that are named in a declaration."""
        self._spellings: dict[str, set[str]] = {}
        for key in {*self.declared, *spelled}:
            self._spellings.setdefault(_joined(key), set()).add(key)
        self._spelled: dict[str, frozenset[str]] = {}
        self._all: dict[str, frozenset[str]] = {}

    def spellings(self, kind: str) -> frozenset[str]:
        """Return the keys of a kind: its own, and those of the same in one word or several."""
        known = self._spelled.get(kind)
        if known is None:
            known = frozenset(self._spellings.get(_joined(kind), ())) | {kind}
            self._spelled[kind] = known
        return known

    def above(self, kind: str) -> frozenset[str]:
        """Return the keys of all that a kind is, itself included; cycles do no harm.

        What a kind is not holds of what its last words and its declarations lead to, and not the
        other way round: a `groundFloor` that is declared a storey is one, though no floor is.
        """
        known = self._all.get(kind)
        if known is None:
            found = set[str]()
            waiting = [(kind, frozenset[str]())]
            while waiting:
                name, never = waiting.pop()
                for head in tails_of(name).meant:  # the most special first
                    if head in never:
                        continue
                    never |= self._never.get(head, frozenset())
                    if head not in found:
                        found.add(head)
                        leads_to = (*self._above.get(head, ()), *self.spellings(head))
                        waiting.extend((general, never) for general in leads_to)
            known = self._all[kind] = frozenset(found)
        return known

    def never(self, kind: str) -> frozenset[str]:
        """Return the keys of what declarations say that a kind is not."""
        found = frozenset().union(*(self._never.get(one, ()) for one in self.above(kind)))
        return found - self.above(kind)

    def maybe(self, kind: str) -> frozenset[str]:
        """Return the keys of what declarations leave open of a kind: a storey may be a floor."""
        found = frozenset().union(*(self._maybe.get(one, ()) for one in self.above(kind)))
        return found - self.above(kind) - self.never(kind)

    def is_one(self, kind: str, asked: str) -> bool:
        """Say whether a kind is another, or the same; `EI 30` is `EI30`."""
        above = self.above(kind)
        return asked in above or _joined(asked) in map(_joined, above)

    def says(self, value: str, asked: str) -> Truth:
        """Say whether a value says a word.

        It does not where it denies the word, or says another and the word nowhere: `timber
        frame` may be of timber, and what is `not steel` may be copper.
        """
        of_size = says_size(value, asked)
        if of_size is not None:
            return of_size
        tails = tails_of(value)
        is_meant = self.is_one(value, asked) and not begins_with_preposition(value)
        if value == asked or is_meant:
            return TRUE
        if any(self.is_one(asked, denied) for denied in tails.denied):
            return FALSE
        says_nothing_else = len(tails.meant) == 1 and bool(tails.denied or tails.unclear)
        is_named = any(self.is_one(part, asked) for part in parts_of(value))
        return UNKNOWN if says_nothing_else or is_named else FALSE


def answer_of(value: Value) -> Truth:
    """Return whether a value says yes or no; unknown if it says neither.

    >>> [answer_of(value).name for value in (True, "No", "partially")]
    ['TRUE', 'FALSE', 'UNKNOWN']
    """
    key = key_of(str(value))
    return TRUE if key in _YES else FALSE if key in _NO else UNKNOWN


def there_is(value: Value) -> Truth:
    """Say whether a property with this value says that there is one of its name.

    >>> [there_is(value).name for value in (True, "steel", "absent", "no idea")]
    ['TRUE', 'TRUE', 'FALSE', 'UNKNOWN']
    """
    if isinstance(value, Quantity):
        if value.magnitude == 0 and value.unit:
            return UNKNOWN
        return TRUE if value.unit or value.magnitude > 0 else FALSE
    if isinstance(value, bool):
        return TRUE if value else FALSE
    return says_there_is(value)


@lru_cache(maxsize=1 << 16)
def _joined(key: str) -> str:
    """Return a key in one word, but for the gaps between numbers."""
    return _GAPS.sub("", key)


@lru_cache(maxsize=1)
def default_kinds() -> dict[str, list[str]]:
    """Return the kinds of things in buildings that need not be declared."""
    text = files("p4ir.check").joinpath("kinds.yaml").read_text(encoding="utf-8")
    kinds: dict[str, list[str]] = yaml.safe_load(text)
    return kinds
