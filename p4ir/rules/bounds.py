"""Bounds that a rule turns round: `no more than 1 in 12`, and yet `greaterThanEqual` or `equal`.

Every word of such a rule stands in its clause, so grounding has nothing to say, and a model
may be as sure of it as of any other. Only plain cues right beside the number count, and only
in what the rule demands outright, or states as a condition of a sentence that denies nothing:
conditions turn round for good reasons (`unless`, `except`), and so do alternatives, which may be
conditions (`or(lessThan(height,2 m),duty)`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from p4ir.rules.bound_cues import OTHER, Part, Way, said
from p4ir.rules.grounding import Grounding, Span
from p4ir.rules.kinds import kind_of
from p4ir.rules.tree import Node, Rule
from p4ir.rules.vocabulary import COMPARISONS

_WAYS: dict[str, Way] = {
    "greaterThan": "lower",
    "greaterThanEqual": "lower",
    "lessThan": "upper",
    "lessThanEqual": "upper",
}
_EXTREME = re.compile(r"min|max|least|most|greatest|limit", re.IGNORECASE)
"""What a measure is named after that equals its bound: `equal(wall.minimumThickness,5 mm)`."""
_RATIO = re.compile(r"'?\d+(?:\.\d+)?(?::| in )\d+(?:\.\d+)?'?")
_FLIPS = ("not", "prohibition")


def turned_bounds(rule: Rule, clause: str, grounding: Grounding) -> list[str]:
    """Return what the clause says of each bound that the rule turns round.

    >>> from p4ir.rules import parse_rule
    >>> from p4ir.rules.grounding import ground
    >>> clause = "A ramp shall have a gradient of no more than 1 in 12."
    >>> text = "if(exist(ramp)),then(obligation({}(ramp.gradient,1/12)))"
    >>> for functor in ("greaterThanEqual", "lessThanEqual"):
    ...     rule = parse_rule(text.format(functor))
    ...     turned_bounds(rule, clause, ground(rule, clause))
    ['“no more than 1 in 12” in the clause, but greaterThanEqual in the rule']
    []
    """
    found: list[str] = []
    exact: list[tuple[Span, str]] = []
    """What the clause says of each number that the rule makes exact, and the line about it."""
    kept: set[Span] = set()
    """Numbers that a part of the rule bounds as the clause does."""
    prohibits = any(node.label == "prohibition" for node in rule.nodes())
    for node, part, demand in _demands(rule):
        bounds = node.children
        if node.label not in COMPARISONS or len(bounds) != 2:
            continue
        if part == "if" and (prohibits or node.label not in _WAYS):
            continue  # `equal` may be the one of several sizes that is meant
        is_ratio = _RATIO.fullmatch(bounds[1].label)
        if not is_ratio and kind_of(bounds[1]) not in ("quantity", "number"):
            continue  # an expression may subtract the number: `'x0 - 20 mm'`
        spans = grounding.nodes[bounds[1].number].spans
        bound = said(clause, spans, part)
        if bound is None:
            continue
        line = f"“{bound[1]}” in the clause, but {node.label} in the rule"
        if bound[0] == _way_of(node.label, demand):
            kept.add(spans[0])
        elif node.label in _WAYS:
            found.append(line)
        elif bounds[1].label != "1" and not _is_extreme(bounds[0]):
            exact.append((spans[0], line))  # 1 may be that of `single`
    # What is exact may be said elsewhere: `at least 1 m deep, and have 1000 mm sleeves`.
    return [*found, *(line for span, line in exact if span not in kept)]


def _demands(rule: Rule) -> Iterator[tuple[Node, Part, Way]]:
    """Yield each node that states something, its part, and which way a lower bound in it bounds."""
    part: Part = "if"
    demands: list[Way | None] = []
    for node, parent in zip(rule.nodes(), rule.parents(), strict=True):
        demand = demands[parent] if parent >= 0 else None
        if node.label in ("if", "then"):
            part, demand = ("if" if node.label == "if" else "then"), "lower"
        elif node.label == "or" or (node.label == "and" and demand == "upper"):
            demand = None  # alternatives, as what is denied of several together is
        elif node.label in _FLIPS and demand is not None:
            demand = OTHER[demand]
        demands.append(demand)
        if demand is not None:
            yield node, part, demand


def _is_extreme(measure: Node) -> bool:
    """Whether what is measured is a bound itself: `minimumThickness`, `max(ramp.slope)`."""
    return any(map(_EXTREME.search, measure.tree.labels[measure.number : measure.end]))


def _way_of(comparison: str, demand: Way) -> Way | None:
    """Return which way a comparison bounds; `None` of one that says how much it is."""
    way = _WAYS.get(comparison)
    return way if way is None or demand == "lower" else OTHER[way]
