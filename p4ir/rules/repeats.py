"""What is said twice: equal parts of a conjunction or an alternative.

`and(a, a)` and `or(a, a)` mean `a` (idempotence), so that leaving a repeat out changes no
meaning. Small models repeat themselves, and a person would have to read it all.
"""

from __future__ import annotations

from typing import NamedTuple

from p4ir.rules.tree import Rule

_IDEMPOTENT = ("and", "or")


class Distinct(NamedTuple):
    """A rule without repeats."""

    rule: Rule
    nodes: list[int]
    """For each of its nodes, in preorder, the index of that node in the rule before."""


def without_repeats(rule: Rule) -> Distinct:
    """Leave out what an `and` or `or` has said already; one part left stands for itself.

    Of equal parts the first stays; parts are equal if their trees are. The rule itself is
    returned where nothing repeats.

    >>> from p4ir.rules import format_rule, parse_rule
    >>> rule = parse_rule("if(and(exist(a),exist(a))),then(may(or(b,c,b)))")
    >>> format_rule(without_repeats(rule).rule)
    'if(exist(a)),then(may(or(b,c)))'
    """
    # From the last node to the first, so that children are settled before their parents.
    settled: list[list[int]] = [[] for _ in rule.labels]
    arities = list(rule.arities)
    for node in reversed(list(rule.nodes())):
        children = [settled[child.number] for child in node.children]
        if node.label in _IDEMPOTENT:
            # Backwards, so that of equal parts the first is the one that stays.
            first = {_shape(rule, arities, child): child for child in reversed(children)}
            distinct = sorted(first.values())
            if len(children) > 1 == len(distinct):
                settled[node.number] = distinct[0]
                continue
            children = distinct
        arities[node.number] = len(children)
        settled[node.number] = [node.number, *(number for child in children for number in child)]
    nodes = settled[0]
    if len(nodes) == rule.size:
        return Distinct(rule, nodes)
    return Distinct(Rule([rule.labels[n] for n in nodes], [arities[n] for n in nodes]), nodes)


def _shape(rule: Rule, arities: list[int], nodes: list[int]) -> tuple[tuple[str, int], ...]:
    """Return labels and numbers of children in preorder, which make a tree."""
    return tuple((rule.labels[node], arities[node]) for node in nodes)
