"""The little English that making clauses takes: plurals and articles of noun phrases.

Meant for the nouns of building codes, which are regular with few exceptions; a phrase
with `of` in it is inflected before the `of` (`flights of stairs`).
"""

from __future__ import annotations

import re
from functools import lru_cache

_IRREGULAR = {
    "foot": "feet",
    "half": "halves",
    "leaf": "leaves",
    "shelf": "shelves",
    "knife": "knives",
    "wharf": "wharves",
    "person": "people",
    "child": "children",
    "man": "men",
    "woman": "women",
    "axis": "axes",
    "basis": "bases",
    "radius": "radii",
    "means": "means",
    "premises": "premises",
    "series": "series",
    "apparatus": "apparatus",
}
_SIBILANT = re.compile(r"(?:s|x|z|ch|sh)$")
_CONSONANT_Y = re.compile(r"[^aeiou]y$")
_HEAD = re.compile(r"(.*?)(\w+)((?: (?:of|in|for|to) .*)?)")
_VOWEL = re.compile(
    r"(?!uni(?!n)|uri|us[eu]|ut[ei]|u-|upvc|eur|ew|one\b|once\b)[aeiou]"
    r"|hour|honest|heir|8|1[18](?!\d)"
    r"|(?:rcd|fcu|hvac|lpg|mcb|sos|nfpa|en|iso)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=1 << 14)
def plural(phrase: str) -> str:
    """Return the plural of a noun phrase in the singular.

    >>> [plural(noun) for noun in ("fire door", "lobby", "flight of stairs", "leaf", "branch")]
    ['fire doors', 'lobbies', 'flights of stairs', 'leaves', 'branches']
    """
    match = _HEAD.fullmatch(phrase)
    if match is None:
        return phrase + "s"
    before, noun, after = match.groups()
    return before + _plural_noun(noun) + after


def _plural_noun(noun: str) -> str:
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if _CONSONANT_Y.search(noun):
        return noun[:-1] + "ies"
    return noun + ("es" if _SIBILANT.search(noun) else "s")


def article(phrase: str) -> str:
    """Return the indefinite article that a phrase takes, `a` or `an`.

    >>> [article(phrase) for phrase in ("exit", "unit", "hour", "8 m", "11 m", "180 mm")]
    ['an', 'a', 'an', 'an', 'an', 'a']
    """
    return "an" if _VOWEL.match(phrase) else "a"
