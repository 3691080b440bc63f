from collections import Counter

import pytest

pytest.importorskip("ifcopenshell", reason="the extra ifc is not installed")
import ifcopenshell.validate

from p4ir.check import Building, Element, check, read_building
from p4ir.check.ifc import default_mapping, read_ifc, read_mapping
from p4ir.check.ifc.reading import building_of
from p4ir.check.ifc.writing import write_ifc
from p4ir.rules.files import read_rules
from p4ir.rules.units import Quantity
from tests.check.ifc.models import ROOT, SCHEMAS

SAMPLES = ROOT / "data" / "buildings"
NAMES = ("house", "office", "school")
MAPPING = read_mapping(SAMPLES / "mapping.yaml")


def findings(building):
    """Return the verdicts and the codes of their reasons, by rule and name of the element."""
    rules = read_rules((SAMPLES / "rules.jsonl").read_bytes(), "json").entries
    names = {element.id: element.name or element.id for element in building.elements}
    return Counter(
        (
            finding.rule_id,
            names.get(finding.element.id) if finding.element else None,
            tuple(sorted((kind, names[other]) for kind, other in finding.others)),
            finding.verdict,
            finding.reason.code,
        )
        for finding in check(rules, building)
    )


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("name", NAMES)
def test_a_sample_gives_the_same_findings_from_ifc_as_from_json(name, schema):
    facts = read_building(SAMPLES / f"{name}.json")
    model = write_ifc(facts, schema)
    found = findings(facts)
    assert findings(building_of(model, MAPPING)) == found
    assert {"pass", "fail", "unknown"} <= {verdict for *_, verdict, _ in found}


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_valid(name, schema):
    log = ifcopenshell.validate.json_logger()
    ifcopenshell.validate.validate(write_ifc(read_building(SAMPLES / f"{name}.json"), schema), log)
    assert [statement["message"] for statement in log.statements] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_models_are_what_the_script_writes(name):
    model = write_ifc(read_building(SAMPLES / f"{name}.json"))
    shipped = (SAMPLES / f"{name}.ifc").read_text(encoding="utf-8")
    assert model.to_string().partition("DATA;")[2] == shipped.partition("DATA;")[2]


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_models_are_read_from_their_files(name):
    facts = read_building(SAMPLES / f"{name}.json")
    assert findings(read_ifc(SAMPLES / f"{name}.ifc", MAPPING)) == findings(facts)


PROPERTIES = {
    "width": Quantity(860.0, "mm"),
    "area": Quantity(1.8, "m2"),
    "load": Quantity(2.0, "kN"),
    "temperature": Quantity(20.0, "degC"),
    "angle": Quantity(37.0, "deg"),
    "uValue": Quantity(0.24, "W/m2K"),
    "flow": Quantity(3.0, "l/s"),
    "leaf": Quantity(2.0, ""),
    "ratio": Quantity(0.5, ""),
    "selfClosing": True,
    "glazed": False,
    "swing": "outward",
    "colour": ("red", "blue"),
    "sizes": (Quantity(1.0, "mm"), Quantity(2.0, "mm")),
    "material": ("oak", "glass"),
}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_kind_of_value_is_read_as_it_was_written(schema):
    facts = Building(elements=(Element(id="d", types=("door",), properties=PROPERTIES),))
    (element,) = building_of(write_ifc(facts, schema), default_mapping()).elements
    assert {name: element.properties[name] for name in PROPERTIES} == PROPERTIES


@pytest.mark.parametrize("schema", SCHEMAS)
def test_kinds_relations_and_what_is_complete_are_read_as_they_were_written(schema):
    elements = (
        Element(id="b", types=("school",), complete=frozenset({"has lift"})),
        Element(id="s", types=("storey",), relations={"within": ("b",)}),
        Element(id="k", types=("kitchen",), relations={"partOf": ("s",), "adjacent": ("c",)}),
        Element(id="c", types=("corridor",), relations={"within": ("s",), "above": ("k",)}),
        Element(id="d", types=("fireDoor",), relations={"within": ("k",), "towards": ("c",)}),
        Element(id="t", types=("stair",), relations={"within": ("s",)}),
        Element(id="h", types=("handrail",), relations={"partOf": ("t",)}),
        Element(id="f", types=("firecell",), relations={"include": ("k",)}),
        Element(id="p", types=("pipe",), relations={"connect": ("w",), "within": ("k",)}),
        Element(id="w", types=("wcPan",), relations={"within": ("k",)}),
        Element(id="x", types=("fireExtinguisher",), relations={"on": ("t",)}),
    )
    facts = Building(elements=elements, complete=frozenset({"door", "stair"}))
    read = building_of(write_ifc(facts, schema), default_mapping())
    names = {element.id: element.name for element in read.elements}
    by_name = {element.name: element for element in read.elements}
    assert read.complete == facts.complete
    for element in elements:
        copy = by_name[element.id]
        assert (copy.types, copy.complete) == (element.types, element.complete)
        for relation, targets in element.relations.items():
            # Containment has one meaning and many spellings.
            spelled = {"within", "partOf"} if relation in ("within", "partOf") else {relation}
            found = {names[id_] for name in spelled for id_ in copy.relations.get(name, ())}
            if relation == "include" and not found:
                found = {e.name for e in read.elements if copy.id in e.relations.get("partOf", ())}
            assert set(targets) <= found


def test_elements_keep_their_globalids():
    guid = "3x5KptrSzMa9_soqBJUbdC"
    facts = Building(elements=(Element(id="d", types=("door",), global_id=guid),))
    (element,) = building_of(write_ifc(facts), default_mapping()).elements
    assert (element.global_id, element.id) == (guid, "d")


def test_the_same_facts_give_the_same_bytes():
    facts = read_building(SAMPLES / "house.json")
    assert write_ifc(facts).to_string() == write_ifc(facts).to_string()
