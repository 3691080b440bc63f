"""Which words of a clause belong to which nodes of its rule, for people who compare them.

The clause is cut into stretches, each with the nodes that it supports. A number that no
node takes up is as suspicious as a number that the rule made up: both are told apart here,
so that whatever draws clause and rule only has to colour them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from p4ir.rules.grounding import Grounding, Span
from p4ir.rules.kinds import Kind

_MOST_TELLING: tuple[Kind, ...] = (
    "quantity",
    "number",
    "quoted",
    "reference",
    "entity.property",
    "entity",
    "variable",
    "deontic",
    "functor",
    "logic",
    "root",
)
"""Of the kinds that a word supports, the first of these names its colour."""


class Stretch(NamedTuple):
    """A part of a clause in which every character supports the same nodes."""

    text: str
    nodes: tuple[int, ...] = ()
    """Preorder indices of the nodes that it supports."""
    kind: Kind | None = None
    """The most telling kind among them; `None` where it supports none."""
    is_unused_number: bool = False
    """Whether it is a number that no node of the rule takes up."""


def link(clause: str, grounding: Grounding) -> tuple[Stretch, ...]:
    """Cut a clause into stretches; their texts joined are the clause.

    >>> from p4ir.rules import parse_rule
    >>> from p4ir.rules.grounding import ground
    >>> clause = "Doors shall be 850 mm wide and 2 m high."
    >>> rule = parse_rule("if(exist(door)),then(obligation(equal(door.width,850 mm)))")
    >>> [s.text for s in link(clause, ground(rule, clause)) if s.is_unused_number]
    ['2 m']
    """
    edges = {0, len(clause), *(edge for span in grounding.unused for edge in span)}
    edges |= {edge for node in grounding.nodes for span in node.spans for edge in span}
    cuts = sorted(edges)
    return tuple(_stretch(clause, span, grounding) for span in pairwise(cuts))


def _stretch(clause: str, span: Span, grounding: Grounding) -> Stretch:
    nodes = [node for node in grounding.nodes if _touches(span, node.spans)]
    kind = min((node.kind for node in nodes), key=_MOST_TELLING.index, default=None)
    numbers = tuple(node.number for node in nodes)
    return Stretch(clause[slice(*span)], numbers, kind, _touches(span, grounding.unused))


def _touches(span: Span, others: Sequence[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)
