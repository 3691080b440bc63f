"""Bounds that a rule turns round: `no more than 1 in 12`, and yet `greaterThanEqual`.

Every word of such a rule stands in its clause, so grounding has nothing to say, and a model
may be as sure of it as of any other. Only plain cues right beside the number count, and only
in what the rule demands outright: conditions turn round for good reasons (`unless`,
`except`), and so do alternatives, which may be conditions (`or(lessThan(height,2 m),duty)`).
"""

from __future__ import annotations

import re
from typing import Literal

from p4ir.rules.grounding import Grounding, Span
from p4ir.rules.kinds import kind_of
from p4ir.rules.tree import Rule

Way = Literal["lower", "upper"]

_WAYS: dict[str, Way] = {
    "greaterThan": "lower",
    "greaterThanEqual": "lower",
    "lessThan": "upper",
    "lessThanEqual": "upper",
}
_OTHER: dict[Way, Way] = {"lower": "upper", "upper": "lower"}
_NOT = r"(?:not|no)(?: be)? "
_BEFORE: dict[Way, str] = {
    "lower": rf"at least|a minimum of|{_NOT}(?:less|fewer|smaller|lower|narrower|shorter) than",
    "upper": rf"at most|a maximum of|{_NOT}(?:more|greater|larger|higher|wider|longer) than"
    r"|not exceed(?:ing)?",
}
_AFTER: dict[Way, str] = {
    "lower": r"or (?:more|greater|over|higher|wider|longer)(?! often)|at least",
    "upper": r"or (?:less|fewer|under|lower|narrower|shorter)|at most",
}
_PATTERNS = [
    (
        way,
        re.compile(rf"\b(?:{_BEFORE[way]}) ?$", re.IGNORECASE),
        re.compile(rf" ?(?:{_AFTER[way]})\b", re.IGNORECASE),
    )
    for way in _OTHER
]
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
    demands: list[Way | None] = []
    """Of each node: which way a lower bound in it bounds; `None` where nothing is demanded."""
    for node, parent in zip(rule.nodes(), rule.parents(), strict=True):
        demand = demands[parent] if parent >= 0 else None
        if node.label == "then":
            demand = "lower"
        elif node.label == "or" or (node.label == "and" and demand == "upper"):
            demand = None  # alternatives, as what is denied of several together is
        elif node.label in _FLIPS and demand is not None:
            demand = _OTHER[demand]
        demands.append(demand)
        way, bounds = _WAYS.get(node.label), node.children
        if demand is None or way is None or len(bounds) != 2:
            continue
        if kind_of(bounds[1]) not in ("quantity", "number"):
            continue  # an expression may subtract the number: `'x0 - 20 mm'`
        said = _said(clause, grounding.nodes[bounds[1].number].spans)
        if said is not None and said[0] != (demand if way == "lower" else _OTHER[demand]):
            found.append(f"“{said[1]}” in the clause, but {node.label} in the rule")
    return found


def _said(clause: str, spans: tuple[Span, ...]) -> tuple[Way, str] | None:
    """Return which way the clause bounds a number, in its words; `None` where it is not plain."""
    if len(spans) != 1:
        return None
    ((start, end),) = spans
    if clause.count(clause[start:end]) > 1:
        return None
    for way, before, after in _PATTERNS:
        cue = before.search(clause, 0, start)
        if cue:
            return way, clause[cue.start() : end]
        behind = after.match(clause, end)
        if behind:
            return way, clause[start : behind.end()]
    return None
