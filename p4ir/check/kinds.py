"""Which kinds of things are which others, and whether a value says a word.

A kind is one of the kinds that its declarations lead to, and of what its last words name: an
`externalFireDoor` is a `fireDoor` and a `door`; a `doorWithVisionPanel` is a `door`. What
buildings commonly hold is declared in `kinds.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from itertools import chain

import yaml

from p4ir.check.names import begins_with_preposition, key_of, parts_of, tails_of
from p4ir.check.truth import FALSE, TRUE, UNKNOWN, Truth

ANYTHING = "element"
"""The kind that everything in a building is."""

_GAPS = re.compile(r"(?<!\d) | (?!\d)")


class Kinds:
    """Which kinds are which others, by their declarations and by their last words."""

    def __init__(self, *declared: Mapping[str, Iterable[str]]) -> None:
        """Take declarations: a kind, and the more general kinds that it is one of.

        Args:
            declared: one or several, of which each adds to those before.
        """
        self._above: dict[str, list[str]] = {}
        for name, more_general in chain.from_iterable(each.items() for each in declared):
            self._above.setdefault(key_of(name), []).extend(map(key_of, more_general))
        self._below: dict[str, list[str]] = {}
        for kind, above in self._above.items():
            for other in above:
                self._below.setdefault(other, []).append(kind)
        self._all: dict[str, frozenset[str]] = {}

    @property
    def declared(self) -> Iterable[str]:
        """The keys of all kinds that are named in a declaration."""
        return self._above.keys() | self._below.keys()

    def above(self, kind: str) -> frozenset[str]:
        """Return the keys of all that a kind is, itself included; cycles do no harm."""
        known = self._all.get(kind)
        if known is None:
            found: set[str] = set()
            waiting = [kind]
            while waiting:
                for head in tails_of(waiting.pop()).meant:
                    if head not in found:
                        found.add(head)
                        waiting.extend(self._above.get(head, ()))
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
