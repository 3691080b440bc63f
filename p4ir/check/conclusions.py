"""What a conclusion demands: its obligations and prohibitions, or nothing.

A permission demands nothing, so nothing can fail it; a rule of permissions alone is silent.
Beside a duty, `permission(and(case,relief))` may relieve of it. Silent too is a rule without a
deontic: a definition or the scope of a document says how to read other rules, and any other
statement is for a person to judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from p4ir.corpus.no_requirement import is_no_requirement
from p4ir.rules.tree import Node, Rule
from p4ir.rules.vocabulary import DEONTICS

_DEFINING = frozenset({"is", "include", "exclude", "applyTo", "equal", "define", "exist"})


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


def demand_of(rule: Rule, conclusion: Node) -> Demand | Silent:
    """Return what a conclusion demands.

    `not(permission(p))` forbids p, `not(obligation(p))` permits its opposite. Of
    alternatives, one of which is a permission, none is demanded.
    """
    if is_no_requirement(rule):
        return Silent("no-requirement")
    required: list[Node] = []
    forbidden: list[Node] = []
    if not _has_deontic(conclusion):
        return Silent("definition" if _defines(conclusion) else "no-deontic")
    _collect(conclusion, required, forbidden)
    if not required and not forbidden:
        return Silent("permission")
    return Demand(tuple(required), tuple(forbidden), tuple(_reliefs(conclusion)))


def _collect(node: Node, required: list[Node], forbidden: list[Node]) -> None:
    match node.label:
        case "obligation":
            required.append(node)
        case "prohibition":
            forbidden.extend(node.children)
        case "not" if node.children and node.children[0].label == "permission":
            forbidden.extend(node.children[0].children)
        case "and":
            for child in node.children:
                _collect(child, required, forbidden)
        case "or" if all(_has_duty(child) for child in node.children):
            required.append(node)
        case "loop" if _has_duty(node):
            required.append(node)


def _reliefs(conclusion: Node) -> Iterator[Node]:
    """Yield the permissions beside duties that say first in which case they are given."""
    for node in conclusion.children if conclusion.label == "and" else ():
        granted = node.children[0] if node.label == "permission" and node.children else None
        if granted is not None and granted.label == "and" and len(granted.children) > 1:
            yield granted


def _has_deontic(node: Node) -> bool:
    return node.label in DEONTICS or any(map(_has_deontic, node.children))


def _has_duty(node: Node) -> bool:
    if node.label in ("obligation", "prohibition"):
        return True
    return node.label not in ("permission", "not") and any(map(_has_duty, node.children))


def _defines(node: Node) -> bool:
    if node.label in ("and", "or", "not"):
        return all(map(_defines, node.children))
    return node.label in _DEFINING
