import pytest

from p4ir.check.ifc.mapping import IfcClass, Source, default_mapping, read_mapping
from p4ir.check.names import key_of
from p4ir.errors import FactsError

MAPPING = default_mapping()
SOURCES = sorted(
    {
        (kind, source)
        for kind, mapped in MAPPING.elements.items()
        for sources in mapped.properties.values()
        for source in sources
        if source.set
    }
)
CLASSES = sorted({known for mapped in MAPPING.elements.values() for known in mapped.classes})


def test_every_property_of_the_shipped_mapping_is_a_standard_one():
    pytest.importorskip("ifcopenshell", reason="the extra ifc is not installed")
    from p4ir.check.ifc.templates import type_of

    assert [f"{kind}: {source}" for kind, source in SOURCES if type_of(source) is None] == []


def test_every_class_of_the_shipped_mapping_is_one_of_ifc4_or_ifc4x3():
    ifcopenshell = pytest.importorskip("ifcopenshell", reason="the extra ifc is not installed")
    schemas = [
        ifcopenshell.ifcopenshell_wrapper.schema_by_name(name) for name in ("IFC4", "IFC4X3_ADD2")
    ]

    def types_of(known):
        for schema in schemas:
            try:
                attributes = schema.declaration_by_name(known.name).as_entity().all_attributes()
            except RuntimeError:
                continue
            for attribute in attributes:
                if attribute.name() == "PredefinedType":
                    kind = attribute.type_of_attribute().declared_type()
                    yield from kind.as_enumeration_type().enumeration_items()
            yield ""

    unknown = [str(known) for known in CLASSES if known.predefined_type not in set(types_of(known))]
    assert unknown == []


def test_a_kind_of_one_predefined_type_is_a_kind_of_its_class():
    """Else a rule on pipes would pass over gutters, which are pipes in IFC."""
    plain = {known.name: kind for kind, mapped in MAPPING.elements.items()
             for known in mapped.classes if not known.predefined_type}  # fmt: skip
    lost = [
        kind
        for kind, mapped in MAPPING.elements.items()
        for known in mapped.classes
        if known.predefined_type and known.name in plain
        if not MAPPING.known_kinds.is_one(key_of(kind), key_of(plain[known.name]))
    ]
    assert lost == []


def test_a_requirement_is_no_fact():
    """A stair whose designer noted the headroom that is required does not have it yet."""
    assert [str(source) for _, source in SOURCES if "Required" in source.name] == []


def test_a_users_property_takes_the_place_of_the_shipped_one(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("elements:\n  door:\n    properties:\n      width: Revit.Width\n")
    mine = read_mapping(path)
    assert mine.sources("door", "width") == (Source("Revit", "Width"),)
    assert mine.sources("door", "height") == MAPPING.sources("door", "height")
    assert mine.elements["door"].classes == (IfcClass("IfcDoor"),)
    assert mine.elements["wall"] == MAPPING.elements["wall"]


def test_an_empty_mapping_adds_nothing(tmp_path):
    path = tmp_path / "empty.yaml"
    path.write_text("")
    assert read_mapping(path) == MAPPING


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "no YAML"),
        ("- a", "the mapping: expected keys with values"),
        ("elemnts: {}", "unknown key 'elemnts'; elements, every, kinds, complete"),
        ("elements: {Door: {}}", "expected a name as in rules, not 'Door'"),
        ("elements: {door: [IfcDoor]}", "elements.door: expected keys with values"),
        ("elements: {door: {classes: Door}}", "no class of IFC: 'Door'"),
        ("elements: {door: {properties: {width: 3}}}", "expected text, not 3"),
        ("elements: {3: {}}", "expected a name as in rules, not 3"),
        ("complete: {door: true}", "complete: expected text"),
        ("kinds: {a: [B]}", "expected a name as in rules, not 'B'"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_said_with_its_place(text, said, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(FactsError) as error:
        read_mapping(path)
    assert said in str(error.value)
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)


def test_a_class_that_ifc_does_not_have_is_refused_with_the_nearest(tmp_path):
    pytest.importorskip("ifcopenshell", reason="the extra ifc is not installed")
    path = tmp_path / "bad.yaml"
    path.write_text("elements: {door: {classes: [IfcDoor, IfcDor, IfcWal.SOLIDWALL]}}")
    with pytest.raises(FactsError) as error:
        read_mapping(path)
    assert error.value.problems == (
        "elements.door.classes: no class of IFC: 'IfcDor'; did you mean IfcDoor?",
        "elements.door.classes: no class of IFC: 'IfcWal.SOLIDWALL'; did you mean IfcWall?",
    )


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("elements: {Door: {clases: IfcDoor}, wall: {classes: Wall}}")
    with pytest.raises(FactsError) as error:
        read_mapping(path)
    assert len(error.value.problems) == 3


def test_a_mapping_that_is_not_there_or_no_text_is_refused(tmp_path):
    with pytest.raises(FactsError, match="cannot be read"):
        read_mapping(tmp_path / "nowhere.yaml")
    path = tmp_path / "binary.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FactsError, match="UTF-8"):
        read_mapping(path)
