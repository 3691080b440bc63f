"""Grounding: which words of a clause support which node of its rule, and which nodes none do.

Each node gets one of four grades. *Supported*: words of the clause say it. *Document*:
the number stands in the clause and the document it is in is the record's own.
*Convention*: a rule adds it whatever the clause says (logic, relations, variables, 0
and 1, properties that a value implies). *Ungrounded*: nothing supports it. A number, a
unit or a reference that nothing supports is always ungrounded; entities are judged more
leniently, by most of their words (docs/grounding.md).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from p4ir.rules.grounding.amounts import support_expression, support_quantity
from p4ir.rules.grounding.entities import support_entity, support_variable
from p4ir.rules.grounding.functors import support_functor
from p4ir.rules.grounding.prose import Prose
from p4ir.rules.grounding.references import support_reference
from p4ir.rules.grounding.support import GRADES, Grade, Span, Support
from p4ir.rules.grounding.unused import unused_numbers
from p4ir.rules.kinds import Kind, kind_of
from p4ir.rules.numbers import FRACTIONS
from p4ir.rules.tree import Node, Tree

__all__ = ["EXACT_KINDS", "GRADES", "Grade", "GroundedNode", "Grounding", "Span", "ground"]

EXACT_KINDS: frozenset[Kind] = frozenset({"quoted", "quantity", "number", "reference"})
"""Kinds of node that may only say what the clause says."""


class GroundedNode(NamedTuple):
    """A node of a rule and what supports it."""

    number: int
    """Preorder index of the node."""
    label: str
    kind: Kind
    grade: Grade
    spans: tuple[Span, ...]
    """Where the supporting words stand in the clause: (start, end), in order."""
    note: str
    """What is missing or different, in a few words; empty if nothing is."""

    @property
    def is_invented(self) -> bool:
        """Whether it is, or holds, a number, unit or reference that nothing supports."""
        is_exact = self.kind in EXACT_KINDS or any(map(_is_digit, self.label))
        return self.grade == "ungrounded" and is_exact


class Grounding(NamedTuple):
    """The grounding of a rule in its clause."""

    nodes: tuple[GroundedNode, ...]
    """Every node of the rule, the root included, in preorder."""
    unused: tuple[Span, ...] = ()
    """Where the clause measures or counts something that no node takes up, in order."""
    unclear: tuple[Span, ...] = ()
    """Where the clause has two numbers that may be one measure, as feet and inches may."""

    @property
    def ungrounded(self) -> tuple[GroundedNode, ...]:
        """The nodes that nothing supports."""
        return tuple(node for node in self.nodes if node.grade == "ungrounded")

    @property
    def invented(self) -> tuple[GroundedNode, ...]:
        """The numbers, units and references that nothing supports."""
        return tuple(node for node in self.nodes if node.is_invented)

    @property
    def share(self) -> float:
        """Share of the leaves that are grounded among those not there by convention, in [0, 1].

        1 for a rule whose leaves are all conventional.
        """
        grades = [
            node.grade
            for node in self.nodes
            if node.grade != "convention" and node.kind not in ("functor", "logic", "deontic")
        ]
        return 1 - grades.count("ungrounded") / len(grades) if grades else 1.0


def ground(rule: Tree, clause: str, document: str | None = None) -> Grounding:
    """Find for each node of a rule the words of the clause that support it.

    Args:
        rule: the rule, or any tree.
        clause: the text that the rule is to represent.
        document: the name of the document that the clause is from, such as
            `NZ_NZBC-E2AS1#3.8`; what stands after `#` is its version.

    >>> from p4ir.rules import parse_rule
    >>> rule = parse_rule("if(exist(door)),then(obligation(lessThan(door.width,900 mm)))")
    >>> ground(rule, "Doors shall be narrower than 0.85 m.").invented[0].note
    '900 mm not in the clause'
    """
    prose = _read(clause)
    nodes = tuple(_ground_node(node, prose, document) for node in rule.nodes())
    labels = dict.fromkeys((node.label, node.spans) for node in nodes)
    taken = [span for _, spans in labels for span in spans]
    return Grounding(nodes, unused_numbers(prose, taken), prose.unclear)


def _is_digit(letter: str) -> bool:
    return letter.isdigit() or letter in FRACTIONS


@lru_cache(maxsize=1024)
def _read(clause: str) -> Prose:
    return Prose(clause)


def _ground_node(node: Node, prose: Prose, document: str | None) -> GroundedNode:
    kind = kind_of(node)
    support = _support(node.label, kind, prose, document)
    return GroundedNode(node.number, node.label, kind, *support)


def _support(label: str, kind: Kind, prose: Prose, document: str | None) -> Support:
    if kind in ("deontic", "logic", "functor"):
        return support_functor(label, prose)
    if kind in ("quantity", "number"):
        return support_quantity(label, prose)
    if kind == "quoted" or _is_digit(label[0]):
        return support_expression(label.strip("'"), prose, document)
    if kind == "reference" or "_" in label:
        return support_reference(label, prose, document)
    if kind in ("entity", "entity.property"):
        return support_entity(label, prose)
    return support_variable(label, prose) if kind == "variable" else Support("convention")
