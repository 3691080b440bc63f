"""Segments of a completion: the lines of its draft, then the sub-trees of its rule.

Every beginning of a rule in preorder is a rule itself once its open functors are closed,
so that a completion passes through a row of partial rules, each a sub-tree larger.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from typing import NamedTuple

from p4ir.errors import RuleError, RuleSyntaxError
from p4ir.metrics import normalized_tree_edit_distance
from p4ir.rules import Rule, Tree, repair_rule
from p4ir.rules.draft import blank_draft, draft_steps


class Segment(NamedTuple):
    """A part of a completion: a line of its draft, or what writes a sub-tree."""

    end: int
    """Where it ends in the text."""
    nodes: int
    """Nodes that the partial rule then has, the root included."""


def segment(text: str, notation: str, most: int) -> tuple[Rule | None, list[Segment]]:
    """Cut a completion where sub-trees begin, as fine as `most` segments allow.

    The cuts are at all nodes down to one depth; before the rule, at the lines of the draft,
    if there are at most as many. A text that gives no rule ends in a segment of no nodes.

    Args:
        text: The completion.
        notation: What it is written in.
        most: Most segments of the rule, at least 1.

    >>> rule, found = segment("if(exist(door)),then(may(open))", "lrml", 2)
    >>> [(part.end, part.nodes) for part in found]
    [(16, 4), (31, 7)]
    """
    steps = draft_steps(text)
    before = [Segment(end, 1) for end in (steps if len(steps) <= most else steps[-1:])]
    try:
        rule, _, spans = repair_rule(blank_draft(text), notation)
    except (RuleSyntaxError, RuleError):
        return None, [*before, Segment(len(text), 0)]
    whole = Segment(len(text), rule.size)
    if not spans:  # the notation does not say where its nodes stand
        return rule, [*before, whole]
    starts = _starts(rule, most)
    return rule, [*before, *(Segment(spans[node][0], node) for node in starts[1:]), whole]


def _starts(rule: Rule, most: int) -> list[int]:
    """Return the nodes at which segments begin, in preorder."""
    depths = [0] * rule.size
    for node, parent in enumerate(rule.parents()[1:], 1):
        depths[node] = depths[parent] + 1
    starts = [1]
    for depth in range(1, max(depths) + 1):
        finer = [node for node in range(1, rule.size) if depths[node] <= depth]
        if len(finer) > most:
            break
        starts = finer
    return starts


def partial_rule(rule: Tree, nodes: int) -> Tree:
    """Return the first nodes of a rule in preorder, at least the root, open functors closed.

    >>> from p4ir.rules import parse_rule
    >>> partial_rule(parse_rule("if(exist(door)),then(may(open))"), 5)
    <Tree if(exist(door)),then>
    """
    nodes = max(1, nodes)
    arities = [0] * nodes
    for parent in rule.parents()[1:nodes]:
        arities[parent] += 1
    return Tree(rule.labels[:nodes], arities)


def potentials(rule: Tree, segments: Sequence[Segment], reference: Tree) -> list[float]:
    """Return the tree similarity to a reference before the first segment and after each."""
    sizes = [1, *(part.nodes for part in segments)]
    try:
        return [_similarity(partial_rule(rule, nodes), reference) for nodes in sizes]
    except RuleError:  # too large to be compared
        return [0.0] * len(sizes)


def _similarity(tree: Tree, reference: Tree) -> float:
    return max(0.0, 1.0 - normalized_tree_edit_distance(tree, reference))


def token_ends(
    segments: Sequence[Segment], tokens: int, length_of: Callable[[int], int]
) -> list[int]:
    """Return for each segment the number of tokens up to its end; the last takes the rest.

    A token that lies across a cut belongs to the segment that it completes.

    Args:
        segments: Of one completion.
        tokens: The completion's tokens, its end included.
        length_of: Characters that the first n tokens write; never falls as n grows.
    """
    ends = [bisect.bisect_left(range(tokens), part.end, key=length_of) for part in segments]
    return [*ends[:-1], tokens]
