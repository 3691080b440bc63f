import builtins
import random
import re
from pathlib import Path

import pytest

ifcopenshell = pytest.importorskip("ifcopenshell", reason="the extra ifc is not installed")
# ruff: noqa: E402
from p4ir.check.ifc import model as model_module
from p4ir.check.ifc import read_ifc
from p4ir.errors import ExtraError, FactsError, P4irError
from p4ir.rules.units import Quantity
from tests.check.ifc.models import ROOT, SCHEMAS, Model

FIXTURES = sorted(Path(ifcopenshell.__file__).parent.glob("simple_spf/fixtures/*.ifc"))


@pytest.fixture
def door(tmp_path):
    """A sound model of one door, as text, and a place to write it."""
    model = Model()
    model.root("IfcDoor", Name="D1", OverallWidth=860.5)
    path = tmp_path / "door.ifc"
    model.file.write(str(path))
    return path


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_written_model_is_read_from_its_file(schema, tmp_path):
    model = Model(schema)
    model.root("IfcDoor", Name="D1")
    path = tmp_path / "door.ifc"
    model.file.write(str(path))
    building = read_ifc(path)
    assert [element.name for element in building.elements] == ["D1"]
    assert building.source == "door.ifc"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no IFC model"),
        (b"hello", "no IFC model"),
        (b"\x00\xff" * 999, "no IFC model"),
        (b"PK\x03\x04 zipped", "ifcZIP are not read"),
        (b'<?xml version="1.0"?><ifcXML/>', "no IFC model"),
        (b"ISO-10303-21;", "cut off"),
        (b"ISO-10303-21;\nEND-ISO-10303-21;\n", "damaged"),
        (b"ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\nENDSEC;\nEND-ISO-10303-21;\n", "damaged"),
    ],
)
def test_a_file_that_is_no_model_is_refused_in_one_line(data, said, tmp_path):
    path = tmp_path / "bad.ifc"
    path.write_bytes(data)
    with pytest.raises(FactsError, match=said) as error:
        read_ifc(path)
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FactsError, match="No such file"):
        read_ifc(tmp_path / "nowhere.ifc")
    with pytest.raises(FactsError, match="cannot be read"):
        read_ifc(tmp_path)


def test_a_model_that_was_cut_off_is_refused_wherever_the_cut(door):
    text = door.read_text()
    end = text.index("END-ISO-10303-21;")
    for cut in range(20, end, 37):
        door.write_text(text[:cut])
        with pytest.raises(FactsError, match=r"cut off|no IFC model"):
            read_ifc(door)


def test_a_model_with_a_hole_in_it_is_refused(door):
    text = door.read_text()
    line = next(line for line in text.splitlines() if "IFCUNITASSIGNMENT" in line)
    door.write_text(text.replace(line, ""))
    with pytest.raises(FactsError, match=r"damaged: Instance reference .* not found"):
        read_ifc(door)


def test_a_model_in_which_two_entities_have_one_number_is_refused(door):
    text = door.read_text()
    line = next(line for line in text.splitlines() if "IFCDOOR" in line)
    door.write_text(text.replace(line, f"{line}\n{line}"))
    with pytest.raises(FactsError, match="damaged: Overwriting instance"):
        read_ifc(door)


@pytest.mark.parametrize("number", ["1.E400", "NAN", "nan", "-1.#IND", "INF"])
def test_a_number_that_is_none_makes_a_model_damaged(number, door):
    door.write_text(door.read_text().replace("860.5", number))
    with pytest.raises(FactsError, match="damaged"):
        read_ifc(door)


def test_a_size_that_is_text_is_a_number_without_a_unit(door):
    door.write_text(door.read_text().replace("860.5", "'860'"))
    assert read_ifc(door).elements[0].properties["width"] == Quantity(860, "")


def test_a_property_without_a_name_is_passed_over(door, tmp_path):
    model = Model()
    nameless = model.property("x", "IfcBoolean", True)
    model.define(model.root("IfcDoor"), "Ours", nameless, model.property("Lit", "IfcBoolean", True))
    nameless.Name = None
    model.file.write(str(door))
    assert read_ifc(door).elements[0].properties == {"lit": True}


def test_lines_that_were_changed_at_random_never_give_more_than_one_line_of_error(tmp_path):
    rng = random.Random(11)
    lines = (ROOT / "data" / "buildings" / "house.ifc").read_text().splitlines()
    path = tmp_path / "changed.ifc"
    outcomes = set()
    for _ in range(150):
        changed = list(lines)
        row = rng.randrange(len(lines))
        change = rng.choice((_other_references, _without_text, _twice, _no_value))
        changed[row] = change(changed[row], rng)
        path.write_text("\n".join(changed))
        try:
            outcomes.add(len(read_ifc(path).elements) > 0)
            said = ""
        except P4irError as error:
            said = str(error)
        assert "\n" not in said
    assert True in outcomes


def _other_references(line, rng):
    head, _, tail = line.partition("=")
    return f"{head}={re.sub(r'#[0-9]+', lambda _: f'#{rng.randrange(1, 300)}', tail)}"


def _without_text(line, rng):
    return re.sub("'[^']*'", "$", line)


def _twice(line, rng):
    return line + line


def _no_value(line, rng):
    return line.replace("$", rng.choice(("*", "#1", "()", ".T.", "1.")), 1)


def test_a_schema_that_is_not_known_is_named(door):
    door.write_text(door.read_text().replace("FILE_SCHEMA(('IFC4'))", "FILE_SCHEMA(('IFC9'))"))
    with pytest.raises(FactsError, match="IFC9; expected IFC2X3, IFC4, IFC4X3"):
        read_ifc(door)


def test_a_model_that_is_too_large_is_not_read(door, monkeypatch):
    monkeypatch.setattr(model_module, "MAX_BYTES", 100)
    with pytest.raises(FactsError, match="at most 0 MB are read"):
        read_ifc(door)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_public_models_are_read_or_refused_in_one_line(path):
    try:
        said = ""
        read_ifc(path)
    except P4irError as error:
        said = str(error)
    assert "\n" not in said
    assert said == "" or said.startswith(str(path))


def test_the_large_models_of_property_templates_are_read():
    for path in sorted(Path(ifcopenshell.__file__).parent.glob("util/schema/Pset_*.ifc")):
        assert read_ifc(path).elements == ()


def test_without_ifcopenshell_it_is_said_how_to_install_it(door, monkeypatch):
    real_import = builtins.__import__

    def no_ifcopenshell(name, *args, **kwargs):
        if name == "ifcopenshell":
            raise ImportError(name)
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", no_ifcopenshell)
    with pytest.raises(ExtraError, match=r"pip install 'p4ir\[ifc\]'"):
        read_ifc(door)
