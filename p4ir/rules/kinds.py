"""The kind of a node: what sort of thing a label stands for.

Used to count errors by kind, to decide what must be grounded in a clause, and to
colour trees. A functor is deontic, logic or functor; a leaf is one of seven kinds.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, get_args

from p4ir.rules.numbers import NUMBER
from p4ir.rules.tree import Node
from p4ir.rules.vocabulary import DEONTICS, LOGIC

Kind = Literal[
    "root",
    "deontic",
    "logic",
    "functor",
    "variable",
    "quoted",
    "quantity",
    "number",
    "reference",
    "entity.property",
    "entity",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

_VARIABLE = re.compile(r"x\d+(\.\w+)?")
_QUANTITY = re.compile(rf"{NUMBER} ?[A-Za-z%°µ][^\s]*")
_NUMBER = re.compile(f"{NUMBER}%?")
_RANGE = re.compile(r"\S+ to \S+")
_DOCUMENT = re.compile(r"[A-Za-z][A-Za-z0-9]*_\S*\d\S*")
_PROPERTY = re.compile(r"[^\s.][^.]*\.[^.A-Za-z]*[A-Za-z][^.]*")


def kind_of(node: Node) -> Kind:
    """Return the kind of a node."""
    if node.number == 0:
        return "root"
    return leaf_kind(node.label) if node.is_leaf else functor_kind(node.label)


def functor_kind(label: str) -> Kind:
    """Return the kind of a functor: deontic, logic, or any other functor."""
    if label in DEONTICS:
        return "deontic"
    return "logic" if label in LOGIC else "functor"


@lru_cache(maxsize=1 << 16)
def leaf_kind(label: str) -> Kind:
    """Return the kind of a leaf.

    >>> [leaf_kind(label) for label in ("door.width", "850 mm", "x1", "nzs_3604", "1/8")]
    ['entity.property', 'quantity', 'variable', 'reference', 'number']
    """
    if label.startswith("'"):
        return "quoted"
    if _VARIABLE.fullmatch(label):
        return "variable"
    if _NUMBER.fullmatch(label):
        return "number"
    if _QUANTITY.fullmatch(label):
        return "quantity"
    if _DOCUMENT.match(label) or _RANGE.fullmatch(label):
        return "reference"
    return "entity.property" if _PROPERTY.fullmatch(label) else "entity"
