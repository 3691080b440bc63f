"""A predicted rule drawn as a tree, with what distinguishes it from its reference.

The edit script is that of the false positives: an extra node is a false positive, a
missing one a false negative, a wrong label is one of each.
"""

from __future__ import annotations

from dataclasses import replace

from p4ir.evaluation.blocks import TreeNode, TreeView
from p4ir.metrics.false_positives import edit_script
from p4ir.metrics.scoring import read_comparable
from p4ir.rules.tree import Rule, Tree

_LONGEST_TEXT = 400


def reference_view(title: str, reference: Tree) -> TreeView:
    """Draw a rule as it is."""
    depths = _depths(reference)
    nodes = [_node(reference, index, depths) for index in range(1, reference.size)]
    return TreeView(title, tuple(nodes))


def prediction_view(title: str, text: str, reference: Tree) -> TreeView:
    """Draw a prediction, its extra nodes, its wrong labels, and the nodes that it lacks.

    A missing node stands behind the node that it follows in the reference rule.
    """
    tree = read_comparable(text, reference)
    if tree is None:
        shown = text.strip()[:_LONGEST_TEXT]
        return TreeView(title, (), shown or "(nothing)")
    if not isinstance(tree, Rule):
        title += " (does not parse; read by its brackets)"
    script = edit_script(tree, reference).operations
    expected = {
        op.predicted: op.expected
        for op in script
        if op.predicted is not None and op.expected is not None
    }
    missing = _missing_after({e: p for p, e in expected.items()}, reference)
    depths, reference_depths = _depths(tree), _depths(reference)
    nodes: list[TreeNode] = []
    for index in range(tree.size):
        if index:
            nodes.append(_predicted(tree, index, depths, reference, expected.get(index)))
        nodes.extend(
            replace(_node(reference, lacking, reference_depths), mark="missing")
            for lacking in missing.get(index, ())
        )
    return TreeView(title, tuple(nodes))


def _predicted(
    tree: Tree, index: int, depths: list[int], reference: Tree, expected: int | None
) -> TreeNode:
    node = _node(tree, index, depths)
    if expected is None:
        return replace(node, mark="extra")
    if tree.words[index] == reference.words[expected]:
        return node
    return replace(node, mark="relabel", expected=reference.labels[expected])


def _missing_after(predicted_of: dict[int, int], reference: Tree) -> dict[int, list[int]]:
    """Return for a predicted node the reference's nodes that are missing behind it."""
    missing: dict[int, list[int]] = {}
    last = 0
    for index in range(reference.size):
        if index in predicted_of:
            last = predicted_of[index]
        else:
            missing.setdefault(last, []).append(index)
    return missing


def _node(tree: Tree, index: int, depths: list[int]) -> TreeNode:
    label = tree.labels[index] or "(no name)"
    return TreeNode(label, depths[index], is_leaf=not tree.arities[index])


def _depths(tree: Tree) -> list[int]:
    """Return the depth of each node; 0 for the root's children, −1 for the root."""
    depths: list[int] = []
    for parent in tree.parents():
        depths.append(depths[parent] + 1 if parent >= 0 else -1)
    return depths
