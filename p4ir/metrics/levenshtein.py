"""Token-level Levenshtein distance of rules in words.

Computed by rapidfuzz (MIT). python-Levenshtein, GPL, is the independent reference in
the tests and is never imported by the package.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from p4ir.rules.tree import Tree


def token_levenshtein(a: Tree, b: Tree) -> int:
    """Return the least number of tokens to insert, delete or replace; symmetric.

    >>> from p4ir.rules import parse_rule
    >>> token_levenshtein(parse_rule("if(a),then(b(c))"), parse_rule("if(a),then(b(d,e))"))
    3
    """
    return Levenshtein.distance(a.tokens, b.tokens)


def normalized_token_levenshtein(a: Tree, b: Tree) -> float:
    """Return the token Levenshtein distance over the longer token list, in [0, 1]."""
    return token_levenshtein(a, b) / max(len(a.tokens), len(b.tokens), 1)


def token_levenshteins(pairs: Iterable[tuple[Tree, Tree]]) -> npt.NDArray[np.int64]:
    """Return the token Levenshtein distance of each pair, shape (n,)."""
    return np.fromiter((token_levenshtein(a, b) for a, b in pairs), dtype=np.int64)
