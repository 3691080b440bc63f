"""XSD patterns of words in any spelling, for what the checker reads in the words of a model.

IDS says the same of a text as the checker, or asks for more: where it chooses elements, a
pattern takes all that the checker takes, and where it requires something, nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import ascii_letters, digits

from p4ir.check.names import DENYING_WORDS, NOTHING_WORDS

_ALNUM = "a-zA-Z0-9"
_GAP = f"[^{_ALNUM}]*"


def any_of(words: Iterable[str]) -> str:
    """Return a pattern of words in any spelling, that may be made more exact in front.

    `Hot-dip galvanised` is `hotDipGalvanised`, and `Softwood timbers` are `timber`.

    >>> any_of(["ei60"])
    '([^a-zA-Z0-9]*|.*[^a-zA-Z0-9])[Ee][^a-zA-Z0-9]*[Ii][^a-zA-Z0-9]*60([Ss]|[Ee][Ss])?[^a-zA-Z0-9]*'
    """
    return f"({_GAP}|.*[^{_ALNUM}]){_spelled(words)}"


def surely_any_of(words: Iterable[str]) -> str:
    """Return a pattern like that of `any_of`, without words in front that may deny it.

    >>> pattern = surely_any_of(["escape"])
    >>> [bool(re.fullmatch(pattern, text)) for text in ("fire escape", "away from escape")]
    [True, False]
    """
    return f"{_GAP}({_word_but(DENYING_WORDS)}[^{_ALNUM}]+)*{_spelled(words)}"


def something() -> str:
    """Return a pattern of what does not begin by saying that there is nothing, or no value.

    >>> [bool(re.fullmatch(something(), text)) for text in ("steel", "not provided", "n/a")]
    [True, False, False]
    """
    return f"{_GAP}{_word_but(NOTHING_WORDS)}([^{_ALNUM}].*)?"


def _spelled(words: Iterable[str]) -> str:
    spelled = [_with_gaps(word) for word in words]
    choice = spelled[0] if len(spelled) == 1 else f"({'|'.join(spelled)})"
    return f"{choice}([Ss]|[Ee][Ss])?{_GAP}"


def _with_gaps(word: str) -> str:
    """Return a pattern of a word whose parts may be apart: anywhere but within a number."""
    return _GAP.join(map(_any_case, re.findall(r"\d+|[^\s\d]", word)))


def _any_case(part: str) -> str:
    if part.isalpha():
        return f"[{part.upper()}{part.lower()}]"
    return part if part.isalnum() else f"\\{part}"


def _word_but(words: frozenset[str], *, is_begun: bool = False) -> str:
    """Return a pattern of a word of letters and digits that is none of some."""
    begun = sorted({word[0] for word in words if word})
    others = "".join(one for one in ascii_letters + digits if one.lower() not in begun)
    branches = [f"[{others}][{_ALNUM}]*"]
    for first in begun:
        rest = frozenset(word[1:] for word in words if word[:1] == first)
        branches.append(f"{_any_case(first)}{_word_but(rest, is_begun=True)}")
    may_end = is_begun and "" not in words
    return f"({'|'.join(branches)}){'?' if may_end else ''}"
