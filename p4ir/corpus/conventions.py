"""The conventions of data/GUIDE.md that a program can check.

They are stricter than the linter: a rule may break them and still be a good rule, but
a corpus in which the same words become now this, now that rule teaches a model noise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from p4ir.rules import Node, Rule
from p4ir.rules.kinds import kind_of
from p4ir.rules.vocabulary import COMPARISONS, DEONTICS, LOGIC

UNUSED = frozenset({"prohibition", "avoid", "in", "onto", "over", "compare"})
"""Functors that the guide replaces by others."""

STATES = frozenset({"sprinklered", "occupied", "heated", "airConditioned"})
"""What a building or space is in, never a kind of it."""

_NAME = re.compile(r"[a-z0-9][A-Za-z0-9+\-]*([._][A-Za-z0-9][A-Za-z0-9+\-]*)*")
_VARIABLE = re.compile(r"\bx(\d+)\b")
_TRAILING_ZERO = re.compile(r"\.\d*0\b")
_OPERAND = r"\(*(?:x\d+(?:\.\w+)?|\d+(?:\.\d+)?(?: [A-Za-z][A-Za-z0-9/]*)?)\)*"
_ARITHMETIC = re.compile(rf"'{_OPERAND}(?: [-+*/^] {_OPERAND})*'")


def broken_conventions(rule: Rule) -> list[str]:
    """Return what a rule does otherwise than the guide, in words; empty if nothing.

    >>> from p4ir.rules import parse_rule
    >>> broken_conventions(parse_rule("if(exist(door)),then(obligation(is(door.width,900 mm)))"))
    ["'is' does not take the quantity '900 mm'; write 'equal'"]
    """
    parents = _parents(rule)
    found = [
        reason
        for node in rule.nodes()
        if node.number
        for check in _CHECKS
        for reason in check(node, parents[node.number])
    ]
    return [*found, *_check_conclusion(rule), *_check_exist(rule), *_check_variables(rule)]


def _parents(rule: Rule) -> list[Node]:
    return [Node(rule, max(number, 0)) for number in rule.parents()]


def _check_functor(node: Node, parent: Node) -> Iterator[str]:
    if node.is_leaf:
        return
    if node.label in UNUSED:
        yield f"{node.label!r} is not used"
    if node.label in ("and", "or") and parent.label == node.label:
        yield f"{node.label!r} stands directly in {node.label!r}"
    if node.label in DEONTICS and parent.label not in ("then", "and"):
        yield f"{node.label!r} stands in {parent.label!r}, not in 'then'"
    negated = node.children[0].label
    if node.label == "not" and negated in COMPARISONS - {"equal"}:
        yield f"{negated!r} is negated; write the opposite comparison"


def _check_arguments(node: Node, parent: Node) -> Iterator[str]:
    if node.label not in ("is", "equal") or len(node.children) != 2:
        return
    value = node.children[1]
    kind = kind_of(value)
    if node.label == "is" and kind in ("quantity", "number"):
        yield f"'is' does not take the {kind} {value.label!r}; write 'equal'"
    if node.label == "is" and value.label in STATES and "." in node.children[0].label:
        yield f"{value.label!r} is a state; write 'is({node.children[0].label.split('.')[0]},…)'"
    if node.label == "equal" and kind == "entity" and value.label != "value":
        yield f"'equal' does not take the name {value.label!r}; write 'is'"


def _check_list(node: Node, parent: Node) -> Iterator[str]:
    if node.label not in ("and", "or") or node.is_leaf:
        return
    leaves = [child.label for child in node.children if child.is_leaf]
    statements = [c.label for c in node.children if not c.is_leaf and c.label not in LOGIC]
    if leaves and (statements or parent.label in ("if", "then", "not", *DEONTICS)):
        yield f"{node.label!r} joins the name {leaves[0]!r} as if it were a statement"


def _check_leaf(node: Node, parent: Node) -> Iterator[str]:
    if not node.is_leaf:
        return
    kind = kind_of(node)
    if kind in ("quantity", "number") and _TRAILING_ZERO.search(node.label):
        yield f"{node.label!r} has trailing zeros"
    if kind in ("entity", "entity.property", "reference"):
        for name in node.label.split(" to "):
            if not _NAME.fullmatch(name):
                yield f"{name!r} is no name; write one like 'fireDoor', 'door.width' or 'table_7'"
    if kind == "entity" and node.label.count(".") > 1:
        yield f"{node.label!r} has more than one dot"
    if kind == "quoted" and _VARIABLE.search(node.label) and not _ARITHMETIC.fullmatch(node.label):
        yield f"{node.label} is no arithmetic; write it like '0.5 * (x0 + 100 mm)'"


def _check_kind(node: Node, parent: Node) -> Iterator[str]:
    """Check that a collective noun's kinds stay kinds of `.type` in cases."""
    if node.label != "is" or len(node.children) != 2 or not node.children[0].is_leaf:
        return
    name, kinds = node.children[0].label, _values(node.children[1])
    types = {
        value
        for other in node.tree.nodes()
        if other.label == "is" and other.children and other.children[0].label == f"{name}.type"
        for value in _values(other.children[1])
    }
    if both := sorted(kinds & types):
        yield f"{both[0]!r} is now a kind, now a state of {name!r}; write 'is({name}.type,…)'"


def _values(value: Node) -> set[str]:
    return {leaf.label for leaf in (value.children or [value]) if leaf.is_leaf}


_CHECKS: tuple[Callable[[Node, Node], Iterator[str]], ...] = (
    _check_functor,
    _check_arguments,
    _check_list,
    _check_kind,
    _check_leaf,
)


def _check_conclusion(rule: Rule) -> Iterator[str]:
    """Check that deontics stand once each, on top of the conclusion and nowhere else."""
    condition, conclusion = rule.root.children
    if any(node.label in DEONTICS and not node.is_leaf for node in _descendants(condition)):
        yield "a deontic stands in the condition"
    top = conclusion.children[0]
    parts = [part.label for part in (top.children if top.label == "and" else [top])]
    deontics = [label for label in parts if label in DEONTICS]
    if top.label == "and" and deontics and deontics != ["obligation", "permission"]:
        yield f"the conclusion joins {' and '.join(parts)}; write obligation, then permission"
    all_deontics = [n for n in _descendants(conclusion) if n.label in DEONTICS and not n.is_leaf]
    if len(all_deontics) > len(deontics):
        yield "a deontic stands below the top of the conclusion"


def _check_exist(rule: Rule) -> Iterator[str]:
    """Check that `exist` stands only where nothing else names its subject."""
    for node in rule.nodes():
        if node.label != "and" or node.is_leaf:
            continue
        for child in node.children:
            if child.label == "exist" and not child.is_leaf:
                name = child.children[0].label
                others = [n.label for c in node.children if c != child for n in _descendants(c)]
                if any(label.split(".")[0] == name for label in others):
                    yield f"'exist({name})' stands beside another statement about {name!r}"


def _check_variables(rule: Rule) -> Iterator[str]:
    order = [int(n) for label in rule.labels for n in _VARIABLE.findall(label)]
    first = list(dict.fromkeys(order))
    if first != list(range(len(first))):
        yield f"variables come in the order {', '.join(f'x{n}' for n in first)}; count from x0"


def _descendants(node: Node) -> Iterator[Node]:
    return (Node(node.tree, number) for number in range(node.number, node.end))
