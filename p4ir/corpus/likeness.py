"""Clauses that are nearly the same, and clauses that repeat the words of other texts.

Two clauses are compared word by word with their numbers masked, since a clause with
another number is the same clause to a model. The likeness is the normalized indel
similarity: twice the longest common subsequence over the sum of the lengths. All pairs
are compared: with rapidfuzz that takes microseconds a pair, so that corpora of
thousands of clauses need no sketch such as MinHash, which errs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel

NEAR = 0.8
"""Likeness from which two clauses may not stand in different splits.

In the published NZBC-LRML clauses every pair that reaches it is one sentence with a
noun, a number or a short phrase changed; below it, short sentences on different
subjects begin to meet.
"""
PHRASE_WORDS = 8
"""Words in a row that a clause may not share with a text it must not quote."""

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Scripts without spaces between words: Thai and its neighbours, Japanese, Chinese."""
_RAISED = "²³¹¼½¾\u2070-\u209c"
_WORD = re.compile(rf"[{_UNSPACED}]|(?:[^\W_{_UNSPACED}{_RAISED}]|\.)+")
_BLOCK = 512


class LikePair(NamedTuple):
    """Two clauses that are nearly the same, by their places in the two sequences."""

    first: int
    second: int
    likeness: float
    """From 0 to 1."""


def words_of(text: str) -> list[str]:
    """Return the words of a text: runs of letters, digits and full stops in lower case.

    Where a script has no spaces between words, each character is one.

    >>> words_of("Exit doors, 0.9 m wide.")
    ['exit', 'doors', '0.9', 'm', 'wide.']
    >>> words_of("门宽850毫米")
    ['门', '宽', '850', '毫', '米']
    """
    return _WORD.findall(text.lower())


def masked_words(text: str) -> tuple[str, ...]:
    """Return the words of a text with `#` for each that holds a digit.

    >>> masked_words("Exit doors, 0.9 m wide.")
    ('exit', 'doors', '#', 'm', 'wide')
    """
    masked = ("#" if any(map(str.isdigit, word)) else word.strip(".") for word in words_of(text))
    return tuple(word for word in masked if word)


def like_pairs(
    clauses: Sequence[str], others: Sequence[str], threshold: float = NEAR
) -> Iterator[LikePair]:
    """Yield the pairs of a clause and another whose likeness reaches a threshold in (0, 1].

    Clauses without any word are alike if they are the same.

    >>> list(like_pairs(["Exits are 2 m high."], ["A note.", "Exits are 3 m high."]))
    [LikePair(first=0, second=1, likeness=1.0)]
    """
    numbers: dict[str, int] = {}
    coded, other_coded = (
        [
            [numbers.setdefault(word, len(numbers)) for word in masked_words(text) or (text,)]
            for text in texts
        ]
        for texts in (clauses, others)
    )
    for start in range(0, len(coded), _BLOCK):
        table = process.cdist(
            coded[start : start + _BLOCK],
            other_coded,
            scorer=Indel.normalized_similarity,
            dtype=np.float32,
        )
        for row, column in np.argwhere(table >= threshold):
            yield LikePair(start + int(row), int(column), float(table[row, column]))


def phrases_of(texts: Iterable[str]) -> set[tuple[str, ...]]:
    """Return every run of `PHRASE_WORDS` words of some texts."""
    return {phrase for text in texts for phrase in _phrases(words_of(text))}


def shared_phrase(clause: str, phrases: set[tuple[str, ...]]) -> str | None:
    """Return the first phrase that a clause shares with other texts, if any."""
    return next((" ".join(p) for p in _phrases(words_of(clause)) if p in phrases), None)


def _phrases(words: list[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(PHRASE_WORDS)), strict=False)
