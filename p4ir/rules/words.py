"""Labels *in words*, and the tokens of words: the spelling in which rules are compared.

Published systems write rules compactly (`naturalVentilation`) or in words
(`natural ventilation`); comparing both in words makes their scores comparable.
The definition is this project's (docs/metrics.md) and is applied to labels one by
one, which is the same as applying it to the whole text, since brackets and commas
end a label.
"""

import re
from functools import lru_cache

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z%])")
_BRACKET_SPACE = re.compile(r" (?=[(),])|(?<=[(),]) ")
_FULL_STOP = re.compile(r"(?<=[a-z]\.) (?=[a-z])")
_DIGIT_LETTER = re.compile(r"(?<=[0-9])(?=[a-z])")
_TOKEN = re.compile(r"[A-Za-z]+|[0-9]+(?:\.[0-9]+)?|\S")


def in_words(text: str) -> str:
    """Write a rule, or a part of one, in words.

    >>> in_words("if(has(space,naturalVentilation)), then(is(nzbc_e2as1_t7, 1.5m))")
    'if(has(space,natural ventilation)),then(is(nzbc e2 as1 t7,1.5 m))'
    """
    text = _CAMEL.sub(" ", text).replace("_", " ").lower()
    # Runs of white space first: the patterns below are then linear in the text.
    text = " ".join(text.split())
    text = _BRACKET_SPACE.sub("", text)
    text = _FULL_STOP.sub("", text)
    return _DIGIT_LETTER.sub(" ", text)


def tokens_of(words: str) -> list[str]:
    """Split a text in words into the tokens that the Levenshtein distance counts.

    >>> tokens_of("is(pipe.size,0.05 m)")
    ['is', '(', 'pipe', '.', 'size', ',', '0.05', 'm', ')']
    """
    return _TOKEN.findall(words)


@lru_cache(maxsize=1 << 16)
def label_words(label: str) -> tuple[str, int, tuple[str, ...]]:
    """Return a label in words, the hash by which it is compared, and its tokens.

    Labels recur across rules far more often than they are new, hence the cache.
    """
    words = in_words(label)
    return words, hash(words), tuple(tokens_of(words))
