"""A clause and its rule as HTML in which each knows its counterpart.

Words carry the nodes that they support (`data-nodes`), nodes their number, the end of
what is below them and a sentence about them (`data-node`, `data-end`, `data-says`). All
text is escaped here; style and behaviour are the page's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from html import escape

from p4ir.review.linking import Stretch, link
from p4ir.rules.doubts import UNSURE
from p4ir.rules.grounding import GroundedNode, Grounding, ground
from p4ir.rules.lint import Warning
from p4ir.rules.tree import Node, Rule

_SUPPORT = {
    "supported": "supported by the marked words",
    "document": "known from the document",
    "convention": "there by convention",
    "ungrounded": "no words of the clause support it",
}


def clause_html(stretches: Sequence[Stretch]) -> str:
    """Write a clause, its words marked."""
    return "".join(_words(stretch) for stretch in stretches)


def rule_html(
    rule: Rule,
    grounding: Grounding,
    confidence: Sequence[float] = (),
    warnings: Sequence[Warning] = (),
) -> str:
    """Write a rule as a tree of nested lists, a functor with plain arguments on one line.

    Args:
        rule: the rule.
        grounding: its grounding in the clause.
        confidence: of each node, in preorder; empty where it is not known.
        warnings: what `lint` found.
    """
    said: dict[int, list[str]] = defaultdict(list)
    for warning in warnings:
        said[warning.node].append(warning.message)
    nodes = [
        _label(node, grounding.nodes[node.number], confidence, said[node.number])
        for node in rule.nodes()
    ]
    branches = "".join(_branch(part, nodes) for part in rule.root.children)
    return f'<ul role="tree" aria-label="Rule">{branches}</ul>'


def linked_html(
    clause: str,
    rule: Rule | None,
    confidence: Sequence[float] = (),
    warnings: Sequence[Warning] = (),
    document: str | None = None,
) -> tuple[str, str]:
    """Ground a rule in its clause and return the two as HTML; nothing for no rule."""
    if rule is None:
        return clause_html([Stretch(clause)]), ""
    grounding = ground(rule, clause, document)
    return (
        clause_html(link(clause, grounding)),
        rule_html(rule, grounding, confidence, warnings),
    )


def _words(stretch: Stretch) -> str:
    text = escape(stretch.text)
    if stretch.is_unused_number:
        says = "No part of the rule takes up this number"
        return f'<span class="word unused" tabindex="0" data-says="{says}">{text}</span>'
    if stretch.kind is None:
        return text
    numbers = " ".join(map(str, stretch.nodes))
    return f'<span class="word {_kind(stretch.kind)}" data-nodes="{numbers}">{text}</span>'


def _branch(node: Node, labels: Sequence[str]) -> str:
    children = node.children
    if all(child.is_leaf for child in children):
        line = " ".join(labels[each.number] for each in (node, *children))
        return f'<li role="none"><div class="line">{line}</div></li>'
    below = "".join(_branch(child, labels) for child in children)
    fold = '<button class="fold" tabindex="-1" aria-label="Fold"></button>'
    return (
        f'<li role="none" class="branch"><div class="line">{fold}{labels[node.number]}</div>'
        f'<ul role="group">{below}</ul></li>'
    )


def _label(
    node: Node, grounded: GroundedNode, confidence: Sequence[float], warnings: Sequence[str]
) -> str:
    is_doubtful = node.number < len(confidence) and confidence[node.number] < UNSURE
    marks = {
        "leaf": node.is_leaf,
        "invented": grounded.is_invented,
        "unsupported": grounded.grade == "ungrounded" and not grounded.is_invented,
        "doubtful": is_doubtful,
        "warned": bool(warnings),
    }
    classes = " ".join(["node", _kind(grounded.kind), *(name for name in marks if marks[name])])
    says = escape(_sentence(node, grounded, confidence, warnings))
    return (
        f'<span role="treeitem" tabindex="{0 if node.number == 1 else -1}" class="{classes}" '
        f'data-node="{node.number}" data-end="{node.end}" data-says="{says}">'
        f"{escape(node.label)}</span>"
    )


def _sentence(
    node: Node, grounded: GroundedNode, confidence: Sequence[float], warnings: Sequence[str]
) -> str:
    parts = [f"{node.label}: {grounded.kind}", _SUPPORT[grounded.grade]]
    if grounded.note:
        parts.append(grounded.note)
    if node.number < len(confidence):
        parts.append(f"confidence {confidence[node.number]:.2f}")
    return " · ".join([*parts, *warnings])


def _kind(kind: str) -> str:
    return "k-" + kind.replace(".", "-")
