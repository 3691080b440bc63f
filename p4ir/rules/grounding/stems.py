"""Stems: what is left of a word when its inflections and derivations are cut off.

A light stemmer of this project, made for the words of building codes: `install`,
`installed`, `installing` and `installation` have one stem, and so have American and
British spellings. It cuts more than a dictionary would, since it compares the words of
a rule with the few words of its own clause, not with a language.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache


def _longest_first(suffixes: str) -> list[str]:
    return sorted(suffixes.split(), key=len, reverse=True)


_INFLECTIONS = _longest_first("ing ings ed ied ies ly es")
_DERIVATIONS = _longest_first(
    "isation ization ication ation ate at ator ition ion er or ement ment ness ity ety al ally ial "
    "ic ical ically ive ative able ible ably ability ibility ance ence ancy ency ant ent ise ful "
    "age ous y e ee"
)
_AFTER_FOUR = frozenset({"ation", "ate", "at"})
_SHORTEST = 3
_SPELLINGS = {
    "aluminum": "aluminium",
    "center": "centre",
    "fiber": "fibre",
    "meter": "metre",
    "liter": "litre",
    "story": "storey",
    "stories": "storeys",
    "gray": "grey",
    "molding": "moulding",
    "plow": "plough",
    "fully": "full",
    "feet": "foot",
    "people": "person",
    "children": "child",
    "halves": "half",
    "lives": "life",
    "leaves": "leaf",
    "eaves": "eave",
}


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return the stem of a word.

    >>> len({stem(word) for word in ("installs", "installed", "installing", "installation")})
    1
    """
    word = word.lower()
    if not word.isascii():
        word = unicodedata.normalize("NFKD", word.replace("’", "'"))
        word = "".join(letter for letter in word if letter.isascii())
    word = word.removesuffix("'s").removesuffix("'")
    word = _SPELLINGS.get(word, word).replace("yz", "ys").replace("iz", "is").replace("our", "or")
    word = _singular(word)
    word = _SPELLINGS.get(word, word)
    for suffixes in (_INFLECTIONS, _DERIVATIONS):
        word = _cut(word, suffixes)
    if word.endswith(("sur", "tur")) and len(word) > _SHORTEST + 1:
        word = word[:-2]
    if len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    if len(word) > _SHORTEST + 1 and word.endswith("ct"):
        word = word[:-1]
    if word.endswith("ns") and len(word) > _SHORTEST + 1:
        word = word[:-1] + "d"
    return word.rstrip("yi") if len(word) > _SHORTEST else word


def _cut(word: str, suffixes: list[str]) -> str:
    for suffix in suffixes:
        shortest = _SHORTEST + (suffix in _AFTER_FOUR)
        if not word.endswith(suffix) or len(word) - len(suffix) < shortest:
            continue
        shorter = word[: -len(suffix)]
        if suffix == "ly" and shorter.endswith(("p", "b")):
            continue
        if any(letter in "aeiouy" for letter in shorter):
            return shorter
    return word


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    return word[:-1]
