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
from typing import NamedTuple

import yaml

from p4ir.check.truth import FALSE, TRUE, UNKNOWN, Truth
from p4ir.rules.words import in_words

ANYTHING = "element"
"""The kind that everything in a building is."""

_UNSAID = frozenset(
    {"unknown", "not known", "notknown", "undefined", "not defined", "notdefined", "unset"}
    | {"unspecified", "not specified", "n/a", "n.a.", "n.a", "na", "not applicable", "tbd", "tbc"}
)
"""Keys of what forms and programs put where nothing is known; IFC has `NOTKNOWN`, `UNSET`."""

_NONE = frozenset(
    {"false", "0", "n", "no", "none", "nil", "absent", "missing", "without"}
    | {"not provided", "not present", "not there", "not installed"}
)
"""Keys of what says of a thing that there is none."""

_BLANKS = frozenset({"", "-", "--", "?", "??", "\N{EN DASH}", "\N{EM DASH}"})

_PREFIXES = frozenset({"non", "un"})
"""Words that turn the next into its opposite, and leave what follows that as it is."""

_DENIALS = frozenset({"not", "no", "never", "without", "lacking", "excluding", "except"})
_DENYING_PAIRS = frozenset({"away from", "free from", "free of", "other than"})
"""Words after which a name says what something is not."""

DENYING_WORDS = _PREFIXES | _DENIALS | {pair.split()[0] for pair in _DENYING_PAIRS}
"""Words without which nothing is denied."""

NOTHING_WORDS = _DENIALS | {re.split(r"\W", text)[0] for text in _UNSAID | _NONE}
"""First words of texts that do not say that there is a thing."""

_MARKS = re.compile(r"[^\w.%+/²³°]+")
_GAPS = re.compile(r"(?<!\d) | (?!\d)")


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


def says_none(text: str) -> bool:
    """Say whether a text says that there is none of a thing.

    >>> [says_none(text) for text in ("FALSE", "not provided", "no handrail", "oak")]
    [True, True, False, False]
    """
    return key_of(text) in _NONE


def begins_with_denial(text: str) -> bool:
    """Say whether a text begins by saying that something is not so, or not there.

    >>> [begins_with_denial(text) for text in ("not provided", "no handrail", "nonslip", "steel")]
    [True, True, False, False]
    """
    return key_of(text).partition(" ")[0] in _DENIALS


class Tails(NamedTuple):
    """What the last words of a name say, from all of them to the last, by what they say."""

    meant: tuple[str, ...]
    denied: tuple[str, ...]
    """Those right after a word that denies them."""
    unclear: tuple[str, ...]
    """Those further behind: `not tested steel` may be of steel."""


@lru_cache(maxsize=1 << 16)
def tails_of(key: str) -> Tails:
    """Return what the last words of a key say; after a prefix the last of them is meant.

    >>> tails_of("external fire door").meant
    ('external fire door', 'fire door', 'door')
    >>> tails_of("non load bearing wall")[1:]
    (('load bearing wall',), ('bearing wall',))
    """
    words = key.split()
    meant: list[str] = []
    denied: list[str] = []
    unclear: list[str] = []
    after_denial = after_prefix = False
    for start in range(len(words)):
        before, pair = words[max(start - 1, 0) : start], words[max(start - 2, 0) : start]
        is_denied = not _DENIALS.isdisjoint(before) or " ".join(pair) in _DENYING_PAIRS
        is_opposite = not _PREFIXES.isdisjoint(before)
        after_denial, after_prefix = after_denial or is_denied, after_prefix or is_opposite
        is_last = start == len(words) - 1
        if is_denied or is_opposite:
            place = denied
        else:
            place = unclear if after_denial or (after_prefix and not is_last) else meant
        place.append(" ".join(words[start:]))
    return Tails(tuple(meant), tuple(denied), tuple(unclear))


@lru_cache(maxsize=1 << 16)
def _joined(key: str) -> str:
    """Return a key in one word, but for the gaps between numbers."""
    return _GAPS.sub("", key)


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
        """Say whether a value says a word: not where it denies the word, or says another."""
        if self.is_one(value, asked):
            return TRUE
        unclear = tails_of(value).unclear
        return UNKNOWN if any(self.is_one(tail, asked) for tail in unclear) else FALSE


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
