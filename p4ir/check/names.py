"""When two names mean the same, and when one is more general than the other.

Rules and facts spell names in their own ways (`fireDoor`, `Fire door`, `fire_doors`); a
name's *key* is what they share: its words in lower case, the last in the singular. A kind
is one of the kinds that its declarations lead to, and of what its last words name: an
`externalFireDoor` is a `fireDoor` and a `door`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files

import yaml

from p4ir.rules.words import in_words

ANYTHING = "element"
"""The kind that everything in a building is."""

_UNSAID = frozenset(
    {"unknown", "not known", "notknown", "undefined", "not defined", "notdefined", "unset"}
    | {"unspecified", "not specified", "n/a", "tbd", "tbc"}
)
"""Keys of what forms and programs put where nothing is known; IFC has `NOTKNOWN`, `UNSET`."""

_BLANKS = frozenset({"", "-", "--", "?", "??", "\N{EN DASH}", "\N{EM DASH}"})

_MARKS = re.compile(r"[^\w.%+/²³°]+")


@lru_cache(maxsize=1 << 16)
def key_of(name: str) -> str:
    """Return the key of a name, which all its spellings share.

    >>> key_of("fireDoors"), key_of("Fire-door"), key_of("glass"), key_of("storeys")
    ('fire door', 'fire door', 'glass', 'storey')
    """
    words = _MARKS.sub(" ", in_words(name)).split()
    if words:
        words[-1] = _singular(words[-1])
    return " ".join(words)


def says_nothing(text: str) -> bool:
    """Say whether a text only fills the place of a value that nobody knows.

    >>> [says_nothing(text) for text in ("NOTKNOWN", "n/a", "?", "none", "oak")]
    [True, True, True, False, False]
    """
    return text.strip() in _BLANKS or key_of(text) in _UNSAID


@lru_cache(maxsize=1 << 16)
def heads_of(key: str) -> tuple[str, ...]:
    """Return a key and what its last words name.

    >>> heads_of("external fire door")
    ('external fire door', 'fire door', 'door')
    """
    words = key.split()
    return tuple(" ".join(words[start:]) for start in range(len(words)))


class Kinds:
    """Which kinds are which others, by their declarations and by their last words."""

    def __init__(self, declared: Mapping[str, Iterable[str]]) -> None:
        self._above: dict[str, list[str]] = {}
        for name, more_general in declared.items():
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
                for head in heads_of(waiting.pop()):
                    if head not in found:
                        found.add(head)
                        waiting.extend(self._above.get(head, ()))
            known = self._all[kind] = frozenset(found)
        return known

    def is_one(self, kind: str, asked: str) -> bool:
        """Say whether a kind is another, or the same."""
        return kind == asked or asked in self.above(kind)


@lru_cache(maxsize=1)
def default_kinds() -> dict[str, list[str]]:
    """Return the kinds of things in buildings that need not be declared."""
    text = files("p4ir.check").joinpath("kinds.yaml").read_text(encoding="utf-8")
    kinds: dict[str, list[str]] = yaml.safe_load(text)
    return kinds


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is", "as", "os")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    return word[:-1]
