"""What sort of thing each label stands for."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings

from p4ir.rules import parse_rule
from p4ir.rules.kinds import KINDS, functor_kind, kind_of, leaf_kind
from p4ir.rules.vocabulary import ARITIES
from tests.rules.strategies import labels

LEAVES = [
    ("variable", "x1 x0 x12 x0.area"),
    ("number", "0 3 -2 3.5 1/8 5% -0.5 ½ 7¾ -2¼%"),
    ("quantity", "1.5m 500e -2.5mm 3° 20µm 1/2in ½m"),
    ("reference", "xx_1990 xx_1990_2.1.1 bs_t7 q_1a"),
    ("entity.property", "door.width roof.gutter2 باب.width door.x1"),
    ("entity", "door fireCell MPa x xA X1 a_b a.b.c .a a. 1.2.3 باب 🔥 -- door's"),
    ("quoted", "'' '0.05*x1' '350' 'x1'"),
]
LEAVES_WITH_SPACES = [
    ("350 mm", "quantity"),
    ("5 l/s/person", "quantity"),
    ("50 %", "quantity"),
    ("-10 degC", "quantity"),
    ("7 3/4 in", "quantity"),
    ("7¾ in", "quantity"),
    ("1 1/2", "number"),
    ("½ door", "quantity"),
    ("7 3/4 fire doors", "entity"),
    ("3 fire doors", "entity"),
    ("e2 to e3", "reference"),
    ("xx_1.1 to xx_1.9", "reference"),
    ("'x1 > 0'", "quoted"),
    ("fire door", "entity"),
    ("fire door.width", "entity.property"),
]


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        *((label, kind) for kind, together in LEAVES for label in together.split()),
        *LEAVES_WITH_SPACES,
    ],
)
def test_a_leaf_has_the_kind_of_its_label(label: str, kind: str) -> None:
    assert leaf_kind(label) == kind


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        *((label, "deontic") for label in ("obligation", "permission", "prohibition")),
        *((label, "logic") for label in ("and", "or", "not")),
        *((label, "functor") for label in ("if", "then", "has", "loop", "Obligation", "350 mm")),
    ],
)
def test_a_functor_is_deontic_logic_or_any_other(label: str, kind: str) -> None:
    assert functor_kind(label) == kind


def test_a_node_is_the_root_a_functor_or_a_leaf_by_its_place() -> None:
    rule = parse_rule("if(not(exist(and))),then(obligation(is(door.width,'x1 + 2 mm')))")
    assert [kind_of(node) for node in rule.nodes()] == [
        "root", "functor", "logic", "functor", "entity",
        "functor", "deontic", "functor", "entity.property", "quoted",
    ]  # fmt: skip


def test_every_kind_occurs_and_every_known_functor_has_one() -> None:
    kinds = {kind for kind, _ in LEAVES} | {functor_kind(functor) for functor in ARITIES}
    assert kinds | {"root"} == set(KINDS)


@given(labels())
@settings(max_examples=200, deadline=None)
def test_any_label_has_one_of_the_kinds_of_leaves(label: str) -> None:
    assert leaf_kind(label) in KINDS[4:]


@pytest.mark.parametrize(
    "label",
    ["a." + "a" * 1_000_000 + ".", "1" * 1_000_000, "x1." + "a" * 1_000_000 + "-",
     "a_" + "a" * 1_000_000, "a to " * 200_000 + "a", "." * 1_000_000],
    ids=["property", "digits", "variable", "reference", "range", "dots"],
)  # fmt: skip
def test_a_label_of_a_megabyte_has_its_kind_at_once(label: str) -> None:
    started = time.process_time()
    assert leaf_kind(label) in KINDS
    assert time.process_time() - started < 5
