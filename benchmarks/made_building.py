"""A building and rules for it, as large as wanted, to measure checks on.

The rules are those of the project's corpus and of its sample buildings, with their numbers
changed until there are as many as asked for. The building is made for them: elements of the
kinds that they speak of, in rooms on storeys, with the properties that they read, some of
them left out. The same seed makes the same building.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

from p4ir.check import Building, Element
from p4ir.check.compiling import text_of
from p4ir.check.names import key_of
from p4ir.check.planning import plan_rule
from p4ir.check.searching import kind_of_variable
from p4ir.rules import format_rule, parse_rule
from p4ir.rules.entry import Entry
from p4ir.rules.files import read_rules
from p4ir.rules.kinds import leaf_kind
from p4ir.rules.units import Quantity, parse_quantity
from p4ir.rules.vocabulary import COMPARISONS

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("data/corpus/train.jsonl", "data/corpus/validation.jsonl", "data/buildings/rules.jsonl")
STATED = 0.8
"""Share of the properties that the facts state."""
ROOMS = 50
"""Elements for each room."""


def make_rules(count: int, rng: random.Random) -> list[Entry]:
    """Return rules of the project's own, with other numbers where there are too few."""
    entries = [entry for source in SOURCES
               for entry in read_rules((ROOT / source).read_bytes(), "json").entries]  # fmt: skip
    made = [replace(entry, id=f"rule {n}") for n, entry in enumerate(entries[:count], 1)]
    while len(made) < count:
        entry = rng.choice(entries)
        changed = re.sub(
            r"(?<=,)\d+(?=[ )])", lambda m: str(int(m[0]) + rng.randrange(1, 50)),
            format_rule(entry.rule))  # fmt: skip
        made.append(replace(entry, rule=parse_rule(changed), id=f"rule {len(made) + 1}"))
    return made


def make_building(entries: list[Entry], count: int, rng: random.Random) -> Building:
    """Return a building with elements of the kinds that rules are about, evenly."""
    kinds = sorted(_kinds(entries))
    properties = _properties(entries)
    elements = [Element(id="building", types=("building",), complete=frozenset({"within"}))]
    storeys = [f"storey {n}" for n in range(10)]
    for id in storeys:
        elements.append(_element(id, "storey", "building", properties, rng))
    rooms = [f"room {n}" for n in range(max(1, count // ROOMS))]
    for id in rooms:
        elements.append(_element(id, "room", rng.choice(storeys), properties, rng))
    while len(elements) < count:
        kind = kinds[len(elements) % len(kinds)]
        id = f"{kind} {len(elements)}"
        elements.append(_element(id, kind, rng.choice(rooms), properties, rng))
    return Building(elements=tuple(elements), name="Benchmark", complete=frozenset({"storey"}))


def _element(
    id: str, kind: str, within: str, properties: dict[str, dict[str, object]], rng: random.Random
) -> Element:
    stated = {name: _vary(value, rng) for name, value in sorted(properties.get(kind, {}).items())
              if rng.random() < STATED}  # fmt: skip
    return Element(
        id=id,
        types=(kind,),
        properties=stated,  # type: ignore[arg-type]
        relations={"within": (within,)},
        complete=frozenset({"within"}),
    )


def _vary(value: object, rng: random.Random) -> object:
    if isinstance(value, Quantity):
        return value._replace(magnitude=value.magnitude * rng.uniform(0.7, 1.4))
    return value if rng.random() < 0.7 else "other"


def _kinds(entries: list[Entry]) -> set[str]:
    cases = [case for entry in entries for case in plan_rule(entry.rule).cases]
    return {kind_of_variable(name) for case in cases for name in case.bound} - {"building"}


def _properties(entries: list[Entry]) -> dict[str, dict[str, object]]:
    """Return, for each kind, the properties that rules read, with a value that they name."""
    found: dict[str, dict[str, object]] = {}
    for entry in entries:
        for node in entry.rule.nodes():
            if node.label not in (*COMPARISONS, "is") or len(node.children) != 2:
                continue
            subject, other = node.children
            if leaf_kind(subject.label) != "entity.property":
                continue
            value: object = text_of(other)
            if leaf_kind(other.label) in ("quantity", "number"):
                value = parse_quantity(other.label)
            if leaf_kind(other.label) in ("entity", "quantity", "number"):
                entity, _, name = subject.label.partition(".")
                found.setdefault(key_of(entity), {})[name] = value
    return found
