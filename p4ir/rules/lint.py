"""Warnings about a rule that parses but looks wrong. They never reject a rule."""

from __future__ import annotations

import difflib
import re
from typing import NamedTuple

from p4ir.counting import counted
from p4ir.rules.kinds import leaf_kind
from p4ir.rules.tree import Rule
from p4ir.rules.units import is_known_unit, unit_of
from p4ir.rules.vocabulary import ARITIES, MANY

_VARIABLE = re.compile(r"\bx\d+\b")


class Warning(NamedTuple):
    """Something about a rule that a person should look at."""

    code: str
    """`unknown-functor`, `arity`, `single-argument`, `undefined-variable` or `unknown-unit`."""
    node: int
    """Preorder index of the node."""
    message: str


def lint(rule: Rule) -> list[Warning]:
    """Return what looks wrong with a rule, in the order of its nodes.

    >>> from p4ir.rules import parse_rule
    >>> [w.message for w in lint(parse_rule("if(and(exist(door))),then(equal(door.width,x2))"))]
    ["'and' joins a single argument", "variable 'x2' is never defined"]
    """
    warnings: list[Warning] = []
    defined = _defined_variables(rule)
    for number, (label, arity) in enumerate(zip(rule.labels, rule.arities, strict=True)):
        if number == 0:
            continue
        if arity:
            warnings.extend(_lint_functor(number, label, arity))
            continue
        if leaf_kind(label) in ("variable", "quoted"):
            warnings.extend(
                Warning("undefined-variable", number, f"variable {name!r} is never defined")
                for name in _VARIABLE.findall(label)
                if name not in defined
            )
        if leaf_kind(label) == "quantity" and not is_known_unit(unit_of(label)):
            warnings.append(
                Warning("unknown-unit", number, f"unit {unit_of(label)!r} is not understood")
            )
    return warnings


def _defined_variables(rule: Rule) -> set[str]:
    return {
        node.children[1].label
        for node in rule.nodes()
        if node.label == "define" and len(node.children) == 2
    }


def _lint_functor(number: int, label: str, arity: int) -> list[Warning]:
    if label not in ARITIES:
        near = difflib.get_close_matches(label, ARITIES, 1, cutoff=0.8)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return [Warning("unknown-functor", number, f"functor {label!r} is not known{hint}")]
    fewest, most = ARITIES[label]
    if fewest <= arity <= most:
        return []
    if arity == 1 and most == MANY:
        return [Warning("single-argument", number, f"{label!r} joins a single argument")]
    takes = (
        counted(most, "argument")
        if fewest == most
        else f"{fewest} or more arguments"
        if most == MANY
        else f"{fewest} to {most} arguments"
    )
    return [Warning("arity", number, f"{label!r} takes {takes}, not {arity}")]
