"""XSD patterns of words in any spelling, for what the checker reads in the words of a model.

IDS says the same of a text as the checker, or asks for more: where it chooses elements, a
pattern takes all that the checker takes, and where it requires something, nothing else; but
words that are joined, `noHandrail`, are one word to a pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from string import ascii_lowercase, ascii_uppercase, digits

from p4ir.check.names import ABSENT_WORDS, DENYING_WORDS, ENDING_WORDS, NOTHING_WORDS, SIGNS

_ALNUM = "a-zA-Z0-9"
_GAP = f"[^{_ALNUM}]*"


def any_of(words: Iterable[str]) -> str:
    """Return a pattern of words in any spelling, whatever stands before and behind them.

    `Hot-dip galvanised` is `hotDipGalvanised`, `Softwood timbers` are `timber`, and so is
    `timber with cladding`.

    >>> any_of(["ei60"])
    '([^a-zA-Z0-9]*|.*[^a-zA-Z0-9])[Ee][^a-zA-Z0-9]*[Ii][^a-zA-Z0-9]*60([Ss]|[Ee][Ss])?([^a-zA-Z0-9].*)?'
    """
    return f"({_GAP}|.*[^{_ALNUM}]){_spelled(words)}([^{_ALNUM}].*)?"


def surely_any_of(words: Iterable[str]) -> str:
    """Return a pattern of words in any spelling that a text means: nothing denies them.

    >>> pattern = surely_any_of(["escape"])
    >>> texts = ("fire escape", "away from escape", "~ escape", "escape!")
    >>> [bool(re.fullmatch(pattern, text)) for text in texts]
    [True, False, False, True]
    >>> [bool(re.fullmatch(surely_any_of(["l1"]), text)) for text in ("L-1", "L 1", "L -1")]
    [True, True, False]
    """
    behind = (
        f"[^{_ALNUM}/]+({'|'.join(map(_with_gaps, sorted(ENDING_WORDS)))})[^{_ALNUM}]+[{_ALNUM}].*"
    )
    gap = f"[^{_ALNUM}{SIGNS}-]*"
    front = f"{gap}({_word_but(DENYING_WORDS)}[^{_ALNUM}/{SIGNS}]+)*"
    return f"{front}{_spelled(words, before_digits=f'({gap}|-)')}({gap}[! ]*|{behind})"


def something() -> str:
    """Return a pattern of what does not say that there is nothing, nor leaves it open.

    >>> texts = ("oak", "not provided", "n/a", "rail missing")
    >>> [bool(re.fullmatch(something(), text)) for text in texts]
    [True, False, False, False]
    """
    behind = f"([^{_ALNUM}]+{_word_but(ABSENT_WORDS)})*"
    return f"{_GAP}{_word_but(NOTHING_WORDS)}{behind}{_GAP}"


def _spelled(words: Iterable[str], *, before_digits: str = _GAP) -> str:
    spelled = [_with_gaps(word, before_digits) for word in words]
    choice = spelled[0] if len(spelled) == 1 else f"({'|'.join(spelled)})"
    return f"{choice}([Ss]|[Ee][Ss])?"


def _with_gaps(word: str, before_digits: str = _GAP) -> str:
    """Return a pattern of a word whose parts may be apart: anywhere but within a number."""
    parts = re.findall(r"\d+|[^\s\d]", word)
    if not parts:
        return ""
    first, *others = parts
    gaps = ((before_digits if part.isdigit() else _GAP) + _any_case(part) for part in others)
    return _any_case(first) + "".join(gaps)


def _range(run: str) -> str:
    """Write characters that follow each other in a class: `b-h`."""
    return run if len(run) < 4 else f"{run[0]}-{run[-1]}"


def _any_case(part: str) -> str:
    if part.isalpha():
        return f"[{part.upper()}{part.lower()}]"
    return part if part.isalnum() else f"\\{part}"


def _word_but(words: frozenset[str], *, is_begun: bool = False) -> str:
    """Return a pattern of a word of letters and digits that is none of some."""
    begun = sorted({word[0] for word in words if word})
    others = "".join(
        _range("".join(run))
        for alphabet in (ascii_lowercase, ascii_uppercase, digits)
        for is_begun_so, run in groupby(alphabet, lambda one: one.lower() in begun)
        if not is_begun_so
    )
    branches = [f"[{others}][{_ALNUM}]*"]
    for first in begun:
        rest = frozenset(word[1:] for word in words if word[:1] == first)
        branches.append(f"{_any_case(first)}{_word_but(rest, is_begun=True)}")
    may_end = is_begun and "" not in words
    return f"({'|'.join(branches)}){'?' if may_end else ''}"
