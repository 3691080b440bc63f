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

from p4ir.rules.tree import Tree

_INDEX = numba.types.Array(numba.int64, 1, "C", readonly=True)


def tree_edit_distance(a: Tree, b: Tree) -> int:
    """Return the tree edit distance of two rules: 0 if equal in words, symmetric.

    >>> from p4ir.rules import parse_rule
    >>> tree_edit_distance(parse_rule("if(a),then(b(c))"), parse_rule("if(a),then(b(d,e))"))
    2
    """
    x, y = a.arrays, b.arrays
    return int(_distance(x.labels, x.leftmost, x.keyroots, y.labels, y.leftmost, y.keyroots))


def normalized_tree_edit_distance(a: Tree, b: Tree) -> float:
    """Return the tree edit distance over the size of the larger tree, in [0, 1]."""
    return min(1.0, tree_edit_distance(a, b) / max(a.size, b.size))


def tree_edit_distances(pairs: Iterable[tuple[Tree, Tree]]) -> npt.NDArray[np.int64]:
    """Return the tree edit distance of each pair, shape (n,)."""
    return np.fromiter((tree_edit_distance(a, b) for a, b in pairs), dtype=np.int64)


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
            forest[0, 0] = 0
            for i in range(1, root_a - first_a + 2):
                forest[i, 0] = i
            for j in range(1, root_b - first_b + 2):
                forest[0, j] = j
            for i in range(1, root_a - first_a + 2):
                node_a = first_a + i - 1
                for j in range(1, root_b - first_b + 2):
                    node_b = first_b + j - 1
                    best = min(forest[i - 1, j], forest[i, j - 1]) + 1
                    if left_a[node_a] == first_a and left_b[node_b] == first_b:
                        relabel = 0 if labels_a[node_a] == labels_b[node_b] else 1
                        best = min(best, forest[i - 1, j - 1] + relabel)
                        tree[node_a, node_b] = best
                    else:
                        before = forest[left_a[node_a] - first_a, left_b[node_b] - first_b]
                        best = min(best, before + tree[node_a, node_b])
                    forest[i, j] = best
    return tree[m - 1, n - 1]
