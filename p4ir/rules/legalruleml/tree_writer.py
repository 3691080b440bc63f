"""From a rule to the elements of `ruleml:if` and `ruleml:then`.

What stands where a truth value is expected becomes a formula (`Atom`, `And`, `Or`,
`Neg`, `Forall`, a deontic); what is an argument of a functor becomes a term (`Var`,
`Ind`, `Data`, `Expr`). RuleML allows no formula as an argument, so that a functor
there is an `Expr` whatever it is. Each form can be read back to the exact label;
where the telling form could not, a plainer one is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from lxml import etree

from p4ir.rules.kinds import leaf_kind
from p4ir.rules.legalruleml.names import (
    DEONTIC_TAGS,
    LOGIC_TAGS,
    STYLE_SEVERAL,
    XSI,
    curie,
    tag_of,
)
from p4ir.rules.tree import Node, is_label
from p4ir.rules.units import is_known_unit

NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
RATIO = re.compile(r"(-?[0-9]+)/([0-9]+)")
QUANTITY = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)(\s*)([^\s\d.'/-]\S*)")
_RANGE = re.compile(r"(\S+) to (\S+)")

ReferenceKey = Callable[[str], str]
"""Takes a reference to a document as the rule writes it, and returns its key."""


class TreeWriter:
    """Writes parts of rules as elements."""

    def __init__(self, reference_key: ReferenceKey) -> None:
        self._reference_key = reference_key
        self._bound: list[str] = []  # what the loops around the current node run over

    def write_part(self, parent: etree._Element, children: Sequence[Node]) -> None:
        """Write what `if` or `then` holds; several children need a bundle in RuleML."""
        if len(children) > 1:
            parent = etree.SubElement(parent, LOGIC_TAGS["and"], style=STYLE_SEVERAL)
        for child in children:
            self._write_formula(parent, child)

    def _write_formula(self, parent: etree._Element, node: Node) -> None:
        children = node.children
        tag = LOGIC_TAGS.get(node.label) or DEONTIC_TAGS.get(node.label)
        takes_one = node.label not in ("and", "or")
        if tag and children and (len(children) == 1 or not takes_one):
            element = etree.SubElement(parent, tag)
            for child in children:
                self._write_formula(element, child)
        elif bound := _loop_variable(node, children):
            forall = etree.SubElement(parent, tag_of("ruleml:Forall"))
            _text(forall, "Var", bound)
            self._bound.append(bound)
            self._write_formula(forall, children[1])
            self._bound.pop()
        else:
            atom = etree.SubElement(parent, tag_of("ruleml:Atom"))
            etree.SubElement(atom, tag_of("ruleml:Rel"), iri=curie("fn", node.label))
            self._write_terms(atom, node, children, False)

    def _write_terms(
        self, parent: etree._Element, node: Node, children: list[Node], is_value: bool
    ) -> None:
        for number, child in enumerate(children):
            # What something *is* are constants, also as a list of alternatives.
            value = is_value or (node.label == "is" and number > 0)
            grandchildren = child.children
            if grandchildren:
                expression = _expr(parent, "fn", child.label)
                value = value and child.label in ("and", "or")
                self._write_terms(expression, child, grandchildren, value)
            else:
                self._write_leaf(parent, child.label, value)

    def _write_leaf(self, parent: etree._Element, label: str, is_value: bool) -> None:
        if label in self._bound:
            _text(parent, "Var", label)
        elif label.startswith("'"):
            _text(parent, "Data", label[1:-1]).set(f"{{{XSI}}}type", "xs:string")
        elif not (_write_number(parent, label) or _write_quantity(parent, label)):
            self._write_name(parent, label, is_value)

    def _write_name(self, parent: etree._Element, label: str, is_value: bool) -> None:
        kind = leaf_kind(label)
        owner, _, name = label.partition(".")
        if kind == "reference":
            match = _RANGE.fullmatch(label)
            parent = _expr(parent, "term", "range") if match else parent
            for document in match.groups() if match else (label,):
                _text(parent, "Ind", document).set("iri", ":" + self._reference_key(document))
        elif kind in ("entity.property", "variable") and is_label(owner) and is_label(name):
            _text(_expr(parent, "entity", name), "Var", owner)
        else:
            is_entity = kind in ("entity", "entity.property", "variable") and not is_value
            _text(parent, "Var" if is_entity else "Ind", label)


def _loop_variable(node: Node, children: list[Node]) -> str | None:
    """Return what a loop runs over, if the node is one that `Forall` can say."""
    if node.label != "loop" or len(children) != 2 or children[0].label != "forEach":
        return None
    over = children[0].children
    return over[0].label if len(over) == 1 and over[0].is_leaf else None


def _write_number(parent: etree._Element, label: str) -> bool:
    if NUMBER.fullmatch(label):
        _decimal(parent, label)
        return True
    if match := RATIO.fullmatch(label):
        ratio = _expr(parent, "term", "ratio")
        for part in match.groups():
            _decimal(ratio, part)
        return True
    return False


def _write_quantity(parent: etree._Element, label: str) -> bool:
    match = QUANTITY.fullmatch(label)
    if not match or (not match[2] and not is_known_unit(match[3])):
        return False  # unspaced, and no unit that anybody knows: a code such as `500e`
    quantity = _expr(parent, "unit", match[3])
    _decimal(quantity, match[1])
    if match[2] != " ":
        _text(quantity, "Ind", label)
    return True


def _expr(parent: etree._Element, prefix: str, name: str) -> etree._Element:
    expression = etree.SubElement(parent, tag_of("ruleml:Expr"))
    etree.SubElement(expression, tag_of("ruleml:Fun"), iri=curie(prefix, name))
    return expression


def _decimal(parent: etree._Element, number: str) -> None:
    _text(parent, "Data", number).set(f"{{{XSI}}}type", "xs:decimal")


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, tag_of(f"ruleml:{name}"))
    element.text = text
    return element
