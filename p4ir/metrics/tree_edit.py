"""Tree edit distance of ordered labelled trees, exact, with unit costs.

Zhang and Shasha, "Simple fast algorithms for the editing distance between trees and
related problems" (SIAM J. Comput. 18(6), 1989), on integer arrays in a compiled
kernel. The distance is the least number of nodes to insert, delete or relabel that
turns one tree into the other; labels are compared in words.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from p4ir.errors import RuleError
from p4ir.rules.tree import Tree

MAX_CELLS = 25_000_000
"""Product of the sizes of two trees that are compared: 200 MB of memory."""
MAX_STEPS = 10_000_000_000
"""Steps of the algorithm for two trees that are compared: about 20 s."""

_ALWAYS_CELLS = 100_000  # so few cells never take many steps
_INDEX = numba.types.Array(numba.int64, 1, "C", readonly=True)


def tree_edit_distance(a: Tree, b: Tree) -> int:
    """Return the tree edit distance of two rules: 0 if equal in words, symmetric.

    Raises:
        RuleError: the trees are too large to compare (`MAX_CELLS`, `MAX_STEPS`).

    >>> from p4ir.rules import parse_rule
    >>> tree_edit_distance(parse_rule("if(a),then(b(c))"), parse_rule("if(a),then(b(d,e))"))
    2
    """
    if a.size * b.size > _ALWAYS_CELLS:
        _refuse_if_too_large(a, b)
    x, y = a.arrays, b.arrays
    return int(_distance(x.labels, x.leftmost, x.keyroots, y.labels, y.leftmost, y.keyroots))


def normalized_tree_edit_distance(a: Tree, b: Tree) -> float:
    """Return the tree edit distance over the size of the larger tree: 0 if equal in words.

    It exceeds 1, and stays below 2, where few nodes of one tree can be kept in the
    other; a similarity is `max(0, 1 - distance)`.
    """
    return tree_edit_distance(a, b) / max(a.size, b.size)


def tree_edit_distances(pairs: Iterable[tuple[Tree, Tree]]) -> npt.NDArray[np.int64]:
    """Return the tree edit distance of each pair, shape (n,)."""
    return np.fromiter((tree_edit_distance(a, b) for a, b in pairs), dtype=np.int64)


def _refuse_if_too_large(a: Tree, b: Tree) -> None:
    if a.size * b.size > MAX_CELLS or steps_of(a) * steps_of(b) > MAX_STEPS:
        raise RuleError(f"trees of {a.size} and {b.size} nodes are too large to compare")


def steps_of(tree: Tree) -> int:
    """Return what a tree contributes to the steps: the sizes of its keyroots' subtrees."""
    _, leftmost, keyroots, _ = tree.arrays
    return int((keyroots - leftmost[keyroots] + 1).sum())


@numba.njit(numba.int64(_INDEX, _INDEX, _INDEX, _INDEX, _INDEX, _INDEX), cache=True, nogil=True)
def _distance(  # type: ignore[no-untyped-def]
    labels_a: Any, left_a: Any, roots_a: Any, labels_b: Any, left_b: Any, roots_b: Any
):
    m, n = len(labels_a), len(labels_b)
    tree = np.empty((m, n), np.int32)  # distance of the subtrees rooted at (i, j)
    forest = np.empty((m + 1, n + 1), np.int32)
    for root_a in roots_a:
        first_a = left_a[root_a]
        for root_b in roots_b:
            first_b = left_b[root_b]
            # forest[i, j]: distance of the forests first_a…first_a+i-1, first_b…first_b+j-1
            for j in range(root_b - first_b + 2):
                forest[0, j] = j
            for node_a in range(first_a, root_a + 1):
                i = node_a - first_a + 1
                above, row, subtree = forest[i - 1], forest[i], tree[node_a]
                before = forest[left_a[node_a] - first_a]
                row[0] = i
                for node_b in range(first_b, root_b + 1):
                    j = node_b - first_b + 1
                    best = min(above[j], row[j - 1]) + 1
                    if left_a[node_a] == first_a and left_b[node_b] == first_b:
                        relabel = 0 if labels_a[node_a] == labels_b[node_b] else 1
                        best = min(best, above[j - 1] + relabel)
                        subtree[node_b] = best
                    else:
                        best = min(best, before[left_b[node_b] - first_b] + subtree[node_b])
                    row[j] = best
    return tree[m - 1, n - 1]
