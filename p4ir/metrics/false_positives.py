"""False positives and negatives of a predicted rule: what an edit script does not keep.

Among the optimal edit scripts (Zhang and Shasha 1989, unit costs, labels in words) one
with the most unchanged nodes is taken. A false positive is a predicted node that it
does not keep, a false negative a node of the reference rule that it does not keep; a
relabelled node is therefore one of each. Their numbers do not depend on which of the
equally good scripts is taken; their kinds may, and the kernel then prefers, from right
to left, to match two nodes over deleting one over inserting one. The definition is this
project's (docs/metrics.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

import numba
import numpy as np

from p4ir.rules.kinds import Kind, kind_of
from p4ir.rules.tree import Node, Tree

Change = Literal["keep", "relabel", "delete", "insert"]

_INDEX = numba.types.Array(numba.int64, 1, "C", readonly=True)
_EDIT = 1 << 32
"""Weight of an edit against −1 for a node kept: no number of kept nodes outweighs it."""


class Operation(NamedTuple):
    """One step of an edit script, with the preorder indices of its nodes."""

    change: Change
    predicted: int | None
    """Node of the prediction; `None` if the node is inserted."""
    expected: int | None
    """Node of the reference rule; `None` if the node is deleted."""


class EditScript(NamedTuple):
    """How a prediction becomes the reference rule."""

    operations: tuple[Operation, ...]
    """In preorder of the prediction, then the insertions in preorder of the reference."""

    @property
    def cost(self) -> int:
        """Number of edits: the tree edit distance."""
        return sum(operation.change != "keep" for operation in self.operations)

    @property
    def kept(self) -> int:
        """Number of unchanged nodes, the root included."""
        return len(self.operations) - self.cost


class FalsePositives(NamedTuple):
    """Nodes that one rule has and the other has not, out of how many, by kind."""

    positives: int
    """Predicted nodes that are not unchanged."""
    negatives: int
    """Nodes of the reference rule that are not unchanged."""
    predicted: int
    """Nodes of the prediction, the root included."""
    expected: int
    """Nodes of the reference rule, the root included."""
    positives_by_kind: dict[Kind, int]
    negatives_by_kind: dict[Kind, int]


def edit_script(prediction: Tree, reference: Tree) -> EditScript:
    """Return an optimal edit script with the most unchanged nodes.

    >>> from p4ir.rules import parse_rule
    >>> script = edit_script(parse_rule("if(a),then(b(c,d))"), parse_rule("if(a),then(b(d))"))
    >>> script.cost, [op for op in script.operations if op.change != "keep"]
    (1, [Operation(change='delete', predicted=5, expected=None)])
    """
    x, y = prediction.arrays, reference.arrays
    mapping = _mapping(x.labels, x.leftmost, x.keyroots, y.labels, y.leftmost, y.keyroots)
    expected_of = {
        int(x.preorder[i]): int(y.preorder[j]) for i, j in enumerate(mapping.tolist()) if j >= 0
    }
    operations = []
    for node in range(prediction.size):
        expected = expected_of.get(node)
        if expected is None:
            operations.append(Operation("delete", node, None))
        else:
            same = prediction.words[node] == reference.words[expected]
            operations.append(Operation("keep" if same else "relabel", node, expected))
    inserted = sorted(set(range(reference.size)) - set(expected_of.values()))
    operations.extend(Operation("insert", None, node) for node in inserted)
    return EditScript(tuple(operations))


def false_positives(prediction: Tree, reference: Tree) -> FalsePositives:
    """Count the false positives and negatives of a prediction, by kind of node.

    >>> from p4ir.rules import parse_rule
    >>> found = false_positives(parse_rule("if(a),then(b(c,2 m))"), parse_rule("if(a),then(b(d))"))
    >>> found.positives, found.negatives, found.positives_by_kind
    (2, 1, {'entity': 1, 'quantity': 1})
    """
    changed = [op for op in edit_script(prediction, reference).operations if op.change != "keep"]
    extra = [op.predicted for op in changed if op.predicted is not None]
    missing = [op.expected for op in changed if op.expected is not None]
    return FalsePositives(
        positives=len(extra),
        negatives=len(missing),
        predicted=prediction.size,
        expected=reference.size,
        positives_by_kind=_count_kinds(prediction, extra),
        negatives_by_kind=_count_kinds(reference, missing),
    )


def false_positives_batch(pairs: Iterable[tuple[Tree, Tree]]) -> list[FalsePositives]:
    """Count the false positives and negatives of each pair of prediction and reference."""
    return [false_positives(prediction, reference) for prediction, reference in pairs]


def sum_false_positives(counts: Iterable[FalsePositives]) -> FalsePositives:
    """Add up the counts of many rules."""
    counts = list(counts)
    return FalsePositives(
        positives=sum(count.positives for count in counts),
        negatives=sum(count.negatives for count in counts),
        predicted=sum(count.predicted for count in counts),
        expected=sum(count.expected for count in counts),
        positives_by_kind=_add(count.positives_by_kind for count in counts),
        negatives_by_kind=_add(count.negatives_by_kind for count in counts),
    )


def _add(counts: Iterable[dict[Kind, int]]) -> dict[Kind, int]:
    total: Counter[Kind] = Counter()
    for count in counts:
        total.update(count)
    return dict(total)


def _count_kinds(tree: Tree, nodes: list[int]) -> dict[Kind, int]:
    return dict(Counter(kind_of(Node(tree, node)) for node in nodes))


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _fill(  # type: ignore[no-untyped-def]
    forest: Any,
    tree: Any,
    root_a: Any,
    root_b: Any,
    labels_a: Any,
    left_a: Any,
    labels_b: Any,
    left_b: Any,
):
    """Fill the table of the forests below two nodes, and of the subtrees on their left paths."""
    first_a, first_b = left_a[root_a], left_b[root_b]
    forest[0, 0] = 0
    for i in range(1, root_a - first_a + 2):
        forest[i, 0] = i * _EDIT
    for j in range(1, root_b - first_b + 2):
        forest[0, j] = j * _EDIT
    for i in range(1, root_a - first_a + 2):
        node_a = first_a + i - 1
        for j in range(1, root_b - first_b + 2):
            node_b = first_b + j - 1
            best = min(forest[i - 1, j], forest[i, j - 1]) + _EDIT
            if left_a[node_a] == first_a and left_b[node_b] == first_b:
                match = -1 if labels_a[node_a] == labels_b[node_b] else _EDIT
                best = min(best, forest[i - 1, j - 1] + match)
                tree[node_a, node_b] = best
            else:
                before = forest[left_a[node_a] - first_a, left_b[node_b] - first_b]
                best = min(best, before + tree[node_a, node_b])
            forest[i, j] = best


@numba.njit(  # type: ignore[untyped-decorator]
    numba.int64[::1](_INDEX, _INDEX, _INDEX, _INDEX, _INDEX, _INDEX), cache=True, nogil=True
)
def _mapping(  # type: ignore[no-untyped-def]
    labels_a: Any, left_a: Any, roots_a: Any, labels_b: Any, left_b: Any, roots_b: Any
):
    """Return for each node of `a`, in postorder, the node of `b` that it becomes, or −1."""
    m, n = len(labels_a), len(labels_b)
    tree = np.empty((m, n), np.int64)
    forest = np.empty((m + 1, n + 1), np.int64)
    for root_a in roots_a:
        for root_b in roots_b:
            _fill(forest, tree, root_a, root_b, labels_a, left_a, labels_b, left_b)
    mapping = np.full(m, -1, np.int64)
    # Pairs of subtrees whose own tables are still to be traced; each holds a node of `a`
    # that no other holds.
    todo = [(m - 1, n - 1)]
    while len(todo):
        root_a, root_b = todo.pop()
        _fill(forest, tree, root_a, root_b, labels_a, left_a, labels_b, left_b)
        first_a, first_b = left_a[root_a], left_b[root_b]
        i, j = root_a - first_a + 1, root_b - first_b + 1
        while i and j:
            node_a, node_b = first_a + i - 1, first_b + j - 1
            on_path = left_a[node_a] == first_a and left_b[node_b] == first_b
            if on_path:
                match = -1 if labels_a[node_a] == labels_b[node_b] else _EDIT
                if forest[i, j] == forest[i - 1, j - 1] + match:
                    mapping[node_a] = node_b
                    i, j = i - 1, j - 1
                    continue
            else:
                to_a, to_b = left_a[node_a] - first_a, left_b[node_b] - first_b
                if forest[i, j] == forest[to_a, to_b] + tree[node_a, node_b]:
                    todo.append((node_a, node_b))
                    i, j = to_a, to_b
                    continue
            if forest[i, j] == forest[i - 1, j] + _EDIT:
                i -= 1
            else:
                j -= 1
    return mapping
