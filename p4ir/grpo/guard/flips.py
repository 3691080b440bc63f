"""The opposites of a rule: what a flipped label would say."""

from __future__ import annotations

from p4ir.rules import Rule
from p4ir.rules.vocabulary import DEONTICS

_OPPOSITE = {
    "greaterThan": "lessThan",
    "lessThan": "greaterThan",
    "greaterThanEqual": "lessThanEqual",
    "lessThanEqual": "greaterThanEqual",
}


def flips(rule: Rule) -> list[Rule]:
    """Return the rules that differ by one comparator turned round, or one duty negated.

    >>> from p4ir.rules import format_rule, parse_rule
    >>> rule = parse_rule("if(exist(door)),then(obligation(lessThan(door.width,900 mm)))")
    >>> for flip in flips(rule):
    ...     print(format_rule(flip))
    if(exist(door)),then(obligation(greaterThan(door.width,900 mm)))
    if(exist(door)),then(obligation(not(lessThan(door.width,900 mm))))
    """
    turned = []
    for place, label in enumerate(rule.labels):
        labels, arities = list(rule.labels), list(rule.arities)
        if label in _OPPOSITE and arities[place]:
            labels[place] = _OPPOSITE[label]
        elif label in DEONTICS and arities[place] == 1 and labels[place + 1] == "not":
            del labels[place + 1], arities[place + 1]
        elif label in DEONTICS and arities[place] == 1:
            labels.insert(place + 1, "not")
            arities.insert(place + 1, 1)
        else:
            continue
        turned.append(Rule(labels, arities))
    return sorted(turned, key=lambda each: each.size != rule.size)
