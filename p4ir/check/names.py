"""When two names mean the same, and what the words of a name say.

Rules and facts spell names in their own ways (`fireDoor`, `Fire door`, `fire_doors`); a
name's *key* is what they share: its words in lower case, the last in the singular. What its
last words name is meant, unless a word before them denies it or leaves it open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from p4ir.check.truth import FALSE, TRUE, UNKNOWN, Truth
from p4ir.rules.words import in_words

_UNSAID = frozenset(
    {"unknown", "not known", "notknown", "undefined", "not defined", "notdefined", "unset"}
    | {"unspecified", "not specified", "n/a", "n.a.", "n.a", "na", "not applicable", "tbd", "tbc"}
)
"""Keys of what forms and programs put where nothing is known; IFC has `NOTKNOWN`, `UNSET`."""

_NONE = frozenset(
    {"false", "f", "0", "n", "no", "none", "nil", "absent", "missing", "without"}
    | {"not provided", "not present", "not there", "not installed"}
)
"""Keys of what says of a thing that there is none."""

_BLANKS = frozenset({"", "-", "--", "?", "??", "\N{EN DASH}", "\N{EM DASH}"})

_PREFIXES = frozenset({"non", "un", "semi", "anti", "pseudo", "quasi"})
"""Words that turn the next into something else, and leave what follows that as it is."""

_NOBODY = frozenset({"none", "nothing", "nil", "neither", "nor"})
_CONTRACTED = frozenset(
    "cannot isn aren wasn weren doesn don didn hasn haven hadn won shouldn mustn".split()
)
_DENIALS = (
    frozenset({"not", "no", "never", "without", "lacking", "excluding", "except"})
    | _NOBODY
    | _CONTRACTED
)
_DENYING_PAIRS = frozenset({"away from", "free from", "free of", "other than", "instead of"})
"""Words after which a name says what something is not."""

_COMPARING_PAIRS = frozenset({"less than", "lower than", "worse than", "smaller than"})
"""Words after which a name says what something is not, or that it is no less: `not less than`."""

_HEDGES = frozenset(
    "partially partly half formerly former previously imitation mock simulated faux artificial "
    "insufficiently inadequately hardly barely nearly almost possibly probably maybe perhaps "
    "either unless if mostly mainly approx approximately temporarily poorly rarely seldom should "
    "future".split()
)
"""Words after which a name says what something is not, or not quite."""

SIGNS = "<>≤≥≠~!"
"""Signs after which a name says what something is not, or not quite: `< EI 60`."""

_PREPOSITIONS = frozenset(
    "with under outside at of for between near beside beneath above below behind opposite against "
    "next adjacent within beyond serving leading facing towards toward rather instead".split()
)
"""Words behind which a name says where a thing is or what it is for: a `door with window`."""

_PARTICLES = frozenset("to in on inside from over through by onto into along across around".split())
"""Words that may be prepositions, `door to stair`, or part of a name, `roll in shower`."""

_COMPOUNDS = frozenset(
    "in situ|in place|on site|walk in|built in|plug in|drop in|stand by|above ground|"
    "below ground|under floor".split("|")
)
"""Words that are one adjective, a preposition among them: `cast in situ concrete`."""

ABSENT_WORDS = frozenset(
    "missing absent removed omitted deleted demolished dismantled planned proposed pending later "
    "required needed recommended optional intended provisional tbc tbd confirmed determined "
    "decided unavailable unknown undefined see refer broken defective".split()
)
"""Words that, anywhere in what is said of a thing, leave open whether it is there."""

_AND = frozenset({"and", "plus", "+"})

_KEEPING = frozenset({"without", "lacking", "excluding", "except"})
"""Denials behind which what stood before is meant all the same: `timber without gaps`."""

DENYING_WORDS = (
    _PREFIXES
    | _DENIALS
    | _HEDGES
    | _PREPOSITIONS
    | _PARTICLES
    | {"or"}
    | {pair.split()[0] for pair in _DENYING_PAIRS | _COMPARING_PAIRS}
)
"""Words in front, without which what follows is meant as it stands."""

NOTHING_WORDS = (
    _DENIALS
    | _HEDGES
    | ABSENT_WORDS
    | {"to"}
    | {re.split(r"\W", text)[0] for text in _UNSAID | _NONE}
    | {"".join(text.split()) for text in _UNSAID | _NONE if text.isascii() and "." not in text}
)
"""First words of texts that do not say that there is a thing."""

ENDING_WORDS = (_PREPOSITIONS | _KEEPING) - set(" ".join(_COMPOUNDS).split())
"""Words behind what is meant that, with a word behind them, leave it as it is."""

_LONGEST = 12
"""Words of a value that are looked at one by one."""
_NUMERIC = r"(?<![^\W\d])\.(?=\d)|(?<=\bno)\.(?=\s*\d)|(?<![^\W\d_]{2})\+(?=\d)"
"""Full stops and signs of numbers: of `0.5`, `No. 2`, `2+1`."""
_SHORT = r"(?<=\b[a-z])\.(?=[a-z]\b)|(?<=\b[a-z]\.[a-z])\.$|(?<=\b[a-z])\++(?!\w)|(?<=\d)\++(?!\w)"
"""Those of abbreviations and classes: of `n.a.`, `A+`, `EI 30+`."""
_STOPS = re.compile(rf"({_NUMERIC}|{_SHORT})|(\.)|\+", re.IGNORECASE)
_MINUS = r"(?<!\S)-(?=\d)|(?<=\w)-$"
"""Hyphens that say something: of `Level -1`, of the class `A-`."""
_MARKS = re.compile(rf"({_MINUS})|([{SIGNS}])|[^\w.%+/²³°{SIGNS}-]+|-")


@lru_cache(maxsize=1 << 16)
def key_of(name: str) -> str:
    """Return the key of a name, which all its spellings share.

    >>> key_of("fireDoors"), key_of("Fire-door"), key_of("glass"), key_of("storeys")
    ('fire door', 'fire door', 'glass', 'storey')
    >>> key_of("<EI 60"), key_of("Level -1"), key_of("Level-1")
    ('< ei 60', 'level -1', 'level 1')
    >>> key_of("galv. steel"), key_of("timber+steel"), key_of("2.5 m"), key_of("A+")
    ('galv steel', 'timber + steel', '2.5 m', 'a+')
    """
    text = _STOPS.sub(lambda stop: stop[1] or (" " if stop[2] else " + "), name)
    text = text.replace("\N{MULTIPLICATION SIGN}", " x ")
    text = in_words(text).rstrip("! ")
    words = _MARKS.sub(lambda mark: mark[1] or f" {mark[2] or ''} ", text).split()
    if words:
        words[-1] = _singular(words[-1])
    return " ".join(words)


def says_nothing(text: str) -> bool:
    """Say whether a text only fills the place of a value that nobody knows.

    >>> [says_nothing(text) for text in ("NOTKNOWN", "n/a", "?", "none", "oak")]
    [True, True, True, False, False]
    """
    return text.strip() in _BLANKS or key_of(text) in _UNSAID


def says_there_is(text: str) -> Truth:
    """Say whether a text, as what is said of a thing, says that there is one.

    >>> [says_there_is(text).name for text in ("oak", "FALSE", "none required", "TBC by owner")]
    ['TRUE', 'FALSE', 'UNKNOWN', 'UNKNOWN']
    """
    if _NONE & {key_of(text), key_of(text.lower())}:
        return FALSE
    words = re.findall(r"[^\W_]+", key_of(text))
    is_doubtful = not words or words[0] in NOTHING_WORDS or not ABSENT_WORDS.isdisjoint(words)
    return UNKNOWN if is_doubtful or says_nothing(text) else TRUE


class Tails(NamedTuple):
    """What the words of a name say, each from one of them to the last, by what they say."""

    meant: tuple[str, ...]
    """The whole name, and what it says that the thing is."""
    denied: tuple[str, ...]
    """What it says that the thing is not."""
    unclear: tuple[str, ...]
    """What it may be: `half landing`, `kitchen or office`; `not tested steel` may be of steel."""


@lru_cache(maxsize=1 << 16)
def tails_of(key: str) -> Tails:
    """Return what each phrase of a key says; after a prefix its last word is meant.

    What stands behind a preposition is no more than where the thing is, or what it is for;
    what stands before a denial or a doubt may be taken back by it.

    >>> tails_of("external fire door").meant
    ('external fire door', 'fire door', 'door')
    >>> tails_of("door with vision panel").meant
    ('door with vision panel', 'door')
    >>> tails_of("non load bearing wall")[1:]
    (('load bearing wall',), ('bearing wall',))
    """
    meant, denied, unclear = [key], list[str](), list[str]()
    phrases = list(_phrases(key.split()))
    has_or = any(joined == "or" for joined, _ in phrases)
    for joined, words in phrases:
        if joined == "behind":
            continue
        if joined == "not":
            denied += [" ".join(words)] * bool(words)
            unclear += _tails(words)[1:]
        elif joined or has_or:
            unclear += _tails(words)
        else:
            sure, other, open_ = _after_prefixes(words)
            meant += sure
            denied += other
            unclear += open_
    return Tails(tuple(dict.fromkeys(meant)), tuple(denied), tuple(unclear))


def _phrases(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the phrases of a name and how each is joined: ``, `not`, `maybe`, `behind`, `or`."""
    joined, phrase = "", list[str]()
    for place, word in enumerate(words):
        before, after = words[max(place - 1, 0) : place], words[place + 1 : place + 2]
        pair = " ".join([word, *after])
        is_one = pair in _COMPOUNDS or " ".join([*before, word]) in _COMPOUNDS
        is_less = word == "less" and not phrase  # a stepless ramp is a ramp
        is_hedge = is_less or word in _HEDGES or word in SIGNS or pair in _COMPARING_PAIRS
        is_number = word == "no" and bool(phrase and after and after[0].isdigit())
        if " ".join([*before, word]) in _DENYING_PAIRS:
            joined = "not"
        elif (word in _DENIALS and not is_number) or pair in _DENYING_PAIRS:
            is_kept = word in _KEEPING or pair in _DENYING_PAIRS
            yield joined if is_kept else joined or "maybe", phrase
            joined, phrase = "not", []
        elif is_hedge or (word in _PARTICLES and phrase and not is_one):
            yield joined or "maybe", phrase
            joined, phrase = joined or "maybe", []
        elif word == "of" and phrase:
            yield joined, phrase
            joined, phrase = joined or "maybe", []
        elif word in _PREPOSITIONS and phrase and not is_one:
            yield joined, phrase
            joined, phrase = "behind", []
        elif word in _AND and phrase:
            yield joined, phrase
            joined, phrase = "maybe" if joined == "not" else joined, []
        elif word == "or" and phrase:
            yield joined, phrase
            joined, phrase = joined or "or", []
        else:
            phrase.append(word)
    yield joined, phrase


def _tails(words: list[str]) -> list[str]:
    words = [*words[:-1], *map(_singular, words[-1:])]
    return [" ".join(words[start:]) for start in range(len(words))]


def _after_prefixes(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Return the tails of a phrase that are meant, those denied by a prefix, the unclear ones."""
    meant, denied, unclear = list[str](), list[str](), list[str]()
    after_prefix = False
    for start, tail in enumerate(_tails(words)):
        is_opposite = start > 0 and words[start - 1] in _PREFIXES
        after_prefix = after_prefix or is_opposite
        is_last = start == len(words) - 1
        place = denied if is_opposite else unclear if after_prefix and not is_last else meant
        place.append(tail)
    return meant, denied, unclear


def begins_with_preposition(key: str) -> bool:
    """Say whether a key begins with a word that makes all of it say where something is.

    >>> [begins_with_preposition(key) for key in ("against escape", "in situ concrete", "oak")]
    [True, False, False]
    """
    words = _split(key)
    pair = " ".join(words[:2])
    return bool(words) and words[0] in _PREPOSITIONS | _PARTICLES and pair not in _COMPOUNDS


def parts_of(key: str) -> Iterator[str]:
    """Yield all that stands in a row in a key, its last word in the singular.

    >>> list(parts_of("timber/steel frame"))
    ['timber', 'timber steel', 'timber steel frame', 'steel', 'steel frame', 'frame']
    """
    words = _split(key)[:_LONGEST]
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            yield " ".join([*words[start : end - 1], _singular(words[end - 1])])


def _split(key: str) -> list[str]:
    return [word for word in re.split(r"[\s/]+", key) if word]


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is", "as", "os")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    return word[:-1]
