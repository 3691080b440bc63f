"""What a conclusion demands: its obligations and prohibitions, or nothing.

A permission demands nothing, so nothing can fail it; a rule of permissions alone is silent.
Beside a duty, `permission(and(case,relief))` may relieve of it. Silent too is a rule without a
deontic: a definition or the scope of a document says how to read other rules, and any other
statement is for a person to judge, also where it stands beside a duty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from p4ir.check.arithmetic import Expression, Name, Operation, parse_arithmetic
from p4ir.corpus.no_requirement import is_no_requirement
from p4ir.rules.kinds import leaf_kind
from p4ir.rules.tree import Node, Rule
from p4ir.rules.vocabulary import DEONTICS

_DEFINING = frozenset({"is", "include", "exclude", "applyTo", "equal", "define", "exist"})
_Role = Literal["required", "forbidden", "stated"]


@dataclass(frozen=True, slots=True)
class Silent:
    """Why a rule demands nothing."""

    code: Literal["permission", "definition", "no-deontic", "no-requirement"]


@dataclass(frozen=True, slots=True)
class Demand:
    """The parts of a conclusion that must hold, those that must not, and those that relieve."""

    required: tuple[Node, ...]
    forbidden: tuple[Node, ...]
    reliefs: tuple[Node, ...]
    stated: tuple[Node, ...]
    """What stands beside these without being demanded: a person has to say how it is meant."""


def demand_of(rule: Rule, conclusion: Node) -> Demand | Silent:
    """Return what a conclusion demands.

    `not(permission(p))` forbids p, `not(obligation(p))` permits its opposite. Of
    alternatives, one of which is a permission, none is demanded; those beside a duty that
    are plain statements, as in `or(not(case),obligation(p))`, are ways to meet it.
    """
    if is_no_requirement(rule):
        return Silent("no-requirement")
    if not has_deontic(conclusion):
        return Silent("definition" if _defines(conclusion) else "no-deontic")
    parts: dict[_Role, list[Node]] = {"required": [], "forbidden": [], "stated": []}
    for role, node in _parts(conclusion):
        parts[role].append(node)
    required, forbidden, stated = map(tuple, parts.values())
    if not required and not forbidden:
        return Silent("no-deontic" if stated else "permission")
    return Demand(required, forbidden, tuple(_reliefs(conclusion)), stated)


def _parts(node: Node) -> Iterator[tuple[_Role, Node]]:
    """Yield the parts of a conclusion that say something of what must be."""
    match node.label:
        case "obligation":
            yield "required", node
        case "prohibition":
            yield from (("forbidden", child) for child in node.children)
        case "not" if is_refusal(node):
            yield from (("forbidden", child) for child in node.children[0].children)
        case "and":
            for child in node.children:
                yield from _parts(child)
        case "or" if _has_duty(node) and not any(map(_only_permits, node.children)):
            yield "required", node
        case "loop" if _has_duty(node):
            yield "required", node
        case "permission" | "or" | "loop" if has_deontic(node):
            pass
        case "not" if node.children and node.children[0].label in DEONTICS:
            pass
        case _ if not _is_premise(node):
            yield "stated", node


def _reliefs(conclusion: Node) -> Iterator[Node]:
    """Yield the permissions beside duties that say first in which case they are given."""
    for node in conclusion.children if conclusion.label == "and" else ():
        granted = node.children if node.label == "permission" else ()
        for one in granted:
            yield from (
                case
                for case in (one.children if one.label == "or" else (one,))
                if case.label == "and" and len(case.children) > 1
            )


def has_deontic(node: Node) -> bool:
    """Say whether a node demands, forbids or permits something, itself or in its parts."""
    return node.label in DEONTICS or any(map(has_deontic, node.children))


def _has_duty(node: Node) -> bool:
    if node.label in ("obligation", "prohibition") or is_refusal(node):
        return True
    return node.label not in ("permission", "not") and any(map(_has_duty, node.children))


def is_refusal(node: Node) -> bool:
    """Say whether a node takes a permission away, and so forbids: `not(permission(…))`."""
    return node.label == "not" and [child.label for child in node.children] == ["permission"]


def permits(node: Node) -> bool:
    """Say whether a node permits something, itself or in its parts, and does not refuse it."""
    if is_refusal(node):
        return False
    return node.label == "permission" or any(map(permits, node.children))


def _only_permits(node: Node) -> bool:
    return has_deontic(node) and not _has_duty(node)


def _defines(node: Node) -> bool:
    if node.label in ("and", "or", "not"):
        return all(map(_defines, node.children))
    return node.label in _DEFINING


def _is_premise(node: Node) -> bool:
    """Say whether a statement beside a duty only says how to read it: its scope, an equation."""
    if node.label in ("and", "or", "not"):
        return all(map(_is_premise, node.children))
    if node.label == "equal":
        return any(_is_reckoned(child.label.strip("'")) for child in node.children)
    return node.label in ("define", "applyTo")


def _is_reckoned(side: str) -> bool:
    """Say whether a side of an equation is a variable, or arithmetic with what has a name."""
    expression = parse_arithmetic(side)
    return leaf_kind(side) == "variable" or (
        isinstance(expression, Operation) and _has_name(expression)
    )


def _has_name(expression: Expression) -> bool:
    match expression:
        case Operation(_, left, right):
            return _has_name(left) or _has_name(right)
        case Name(name):
            return leaf_kind(name) in ("variable", "entity.property")
    return False
