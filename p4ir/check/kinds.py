"""Which kinds of things are which others, and whether a value says a word.

A kind is one of the kinds that its declarations lead to, and of what its last words name: an
`externalFireDoor` is a `fireDoor` and a `door`; a `doorWithVisionPanel` is a `door`. A
declaration may take that back (`not house`). What buildings commonly hold is declared in
`kinds.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from itertools import chain

import yaml

from p4ir.check.facts import Value
from p4ir.check.names import begins_with_preposition, key_of, parts_of, tails_of
from p4ir.check.truth import FALSE, TRUE, UNKNOWN, Truth

ANYTHING = "element"
"""The kind that everything in a building is."""

_YES, _NO = frozenset({"true", "t", "yes", "y"}), frozenset({"false", "f", "no", "n"})
"""Keys of the words that say whether something is so."""
_NOT = "not "
"""What a declaration begins with that takes back what last words say."""

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
        """A kind: what its last words name, and it is not."""
        for name, more_general in chain.from_iterable(each.items() for each in declared):
            above = self._above.setdefault(key_of(name), [])
            for general in map(key_of, more_general):
                if general.startswith(_NOT):
                    self._never.setdefault(key_of(name), set()).add(general.removeprefix(_NOT))
                else:
                    above.append(general)
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
        """Return the keys of all that a kind is, itself included; cycles do no harm."""
        known = self._all.get(kind)
        if known is None:
            found: set[str] = set()
            waiting = [kind]
            while waiting:
                heads = set(tails_of(waiting.pop()).meant)
                never = set[str]().union(*(self._never.get(head, ()) for head in heads))
                for head in heads - never - found:
                    found.add(head)
                    waiting.extend(self._above.get(head, ()))
                    waiting.extend(self.spellings(head))
            known = self._all[kind] = frozenset(found)
        return known

    def is_one(self, kind: str, asked: str) -> bool:
        """Say whether a kind is another, or the same; `EI 30` is `EI30`."""
        above = self.above(kind)
        return asked in above or _joined(asked) in map(_joined, above)

    def says(self, value: str, asked: str) -> Truth:
        """Say whether a value says a word.

        It does not where it denies the word, or says another and the word nowhere: `timber
        frame` may be of timber, and what is `not steel` may be copper.
        """
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
