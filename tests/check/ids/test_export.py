from collections import defaultdict

import pytest

pytest.importorskip("ifctester", reason="the extra ifc is not installed")

from ifctester import ids

from p4ir.check import check, read_building
from p4ir.check.ids import export_ids
from p4ir.check.ifc import read_mapping
from p4ir.check.ifc.mapping import default_mapping
from p4ir.check.ifc.reading import building_of
from p4ir.check.ifc.writing import write_ifc
from p4ir.corpus import read_corpus
from p4ir.rules import parse_rule
from p4ir.rules.entry import Entry
from p4ir.rules.files import read_rules
from p4ir.rules.vocabulary import COMPARISONS
from tests.check.ifc.models import ROOT, SCHEMAS, Model
from tests.shared_data import development_texts, needs_shared

SAMPLES = ROOT / "data" / "buildings"


def entries(*texts):
    return [Entry(rule=parse_rule(text), id=f"r{n}") for n, text in enumerate(texts, 1)]


def reopened(export, folder):
    """Open what was written as any program would, checked against the schema of IDS."""
    path = folder / "rules.ids"
    path.write_text(export.text, encoding="utf-8")
    return ids.open(str(path), validate=True)


def ifctester_verdicts(document, model):
    """Return what ifctester says of each rule and element, by what is asked: the rule's own
    requirement, and what its condition reads."""
    document.validate(model)
    own, known = defaultdict(dict), defaultdict(dict)
    for specification in document.specifications:
        rule, _, part = specification.name.partition(":")
        verdicts = (known if part else own)[rule]
        for element in specification.applicable_entities:
            met = element not in specification.failed_entities
            verdicts[element.GlobalId] = verdicts.get(element.GlobalId, True) and met
    return own, known


def is_agreed(verdict, own, is_known):
    """Say whether a verdict of ours and what ifctester says go together."""
    return {
        "pass": own is not False,
        "fail": own is False,
        "unknown": own is False or is_known is False,
        "not applicable": own is None,
    }[verdict]


def disagreements(rules, model, mapping, folder):
    export = export_ids(rules, mapping)
    assert len(export.written) == len(rules)
    own, known = ifctester_verdicts(reopened(export, folder), model)
    for finding in check(rules, building_of(model, mapping)):
        if finding.element is None:
            continue
        guid = finding.element.global_id
        said = own[finding.rule_id].get(guid), known[finding.rule_id].get(guid)
        if not is_agreed(finding.verdict, *said):
            yield finding.rule_id, finding.element.name, finding.verdict, said


DENIED = [
    ("not EI30", "non-timber"), ("EI 30", "steel"), ("none", "No timber"), ("n/a", "no-steel"),
    ("other than EI 30", "timber without steel"), ("Not provided", "un-wood"),
    ("never EI-30", "Notable timber"),
]  # fmt: skip
"""Ratings and materials, most of which say what something is not."""


def model_of_doors(schema):
    """Doors around every bound of the rules, one of which says nothing."""
    model = Model(schema)
    for width in (849.0, 850.0, 851.0, 35.0, 1100.0):
        for closing, rating in ((True, "EI30"), (False, "EI 60")):
            door = model.root("IfcDoor", Name=f"{width} {closing}")
            quantity = model.make("IfcQuantityLength", Name="Width", LengthValue=width)
            model.define(door, "Qto_DoorBaseQuantities", quantity)
            model.define(
                door,
                "Pset_DoorCommon",
                model.property("SelfClosing", "IfcBoolean", closing),
                model.property("FireRating", "IfcLabel", rating),
            )
            model.made_of(door, model.make("IfcMaterial", Name="Softwood Timber"))
    for said, material in DENIED:
        door = model.root("IfcDoor", Name=said)
        rating = model.property("FireRating", "IfcLabel", said)
        model.define(door, "Pset_DoorCommon", rating)
        model.made_of(door, model.make("IfcMaterial", Name=material))
    model.root("IfcDoor", Name="silent")
    storey = model.root("IfcBuildingStorey", Name="S")
    model.root(
        "IfcRelContainedInSpatialStructure",
        RelatingStructure=storey,
        RelatedElements=model.file.by_type("IfcDoor")[:3],
    )
    return model.file


@pytest.mark.parametrize("schema", SCHEMAS)
def test_ifctester_says_of_our_ids_what_we_say_of_the_rules(schema, tmp_path):
    """Where we say unknown, IDS says failed: it asks for what the model does not say."""
    bounds = [
        f"if(exist(door)),then(obligation({comparison}(door.width,{size})))"
        for comparison in sorted(COMPARISONS)
        for size in ("850 mm", "0.85 m", "35 mm", "1.1 m", "2 ft")
    ]
    others = [
        "if(exist(door)),then(obligation(is(door,selfClosing)))",
        "if(exist(door)),then(obligation(not(is(door,selfClosing))))",
        "if(exist(door)),then(obligation(has(door,fireRating)))",
        "if(exist(door)),then(obligation(is(door.fireRating,ei30)))",
        "if(exist(door)),then(obligation(is(door.fireRating,or(ei30,ei60))))",
        "if(exist(door)),then(obligation(is(door.material,timber)))",
        "if(exist(door)),then(obligation(is(door.material,or(steel,softwoodTimber))))",
        "if(exist(door)),then(obligation(is(door.material,wood)))",
        "if(exist(door)),then(obligation(is(door.material,soft_wood_timber)))",
        "if(exist(door)),then(obligation(within(door,storey)))",
        "if(is(door,selfClosing)),then(obligation(greaterThanEqual(door.width,850 mm)))",
        "if(not(is(door,selfClosing))),then(obligation(lessThan(door.width,850 mm)))",
        "if(lessThan(door.width,850 mm)),then(obligation(is(door,selfClosing)))",
    ]
    model = model_of_doors(schema)
    found = list(disagreements(entries(*bounds, *others), model, default_mapping(), tmp_path))
    assert found == []


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_word_that_is_more_general_than_its_kind_selects_all_that_it_names(schema, tmp_path):
    """A door is an opening and no hole, a ramp's flight a flight and no stair's."""
    model = Model(schema)
    for name in ("OpeningElement", "Door", "Window"):
        for width in (900.0, 1500.0):
            quantity = model.make("IfcQuantityLength", Name="Width", LengthValue=width)
            model.define(model.root(f"Ifc{name}"), f"Qto_{name}BaseQuantities", quantity)
    for name in ("Stair", "Ramp"):
        headroom = model.property("Headroom", "IfcPositiveLengthMeasure", 1900.0)
        model.define(model.root(f"Ifc{name}Flight"), f"Pset_{name}FlightCommon", headroom)
    rules = entries(
        "if(exist(opening)),then(obligation(lessThanEqual(opening.width,1 m)))",
        "if(exist(flight)),then(obligation(greaterThanEqual(flight.headroom,2 m)))",
    )
    assert list(disagreements(rules, model.file, default_mapping(), tmp_path)) == []
    failed = [each for each in check(rules, model.read()) if each.verdict == "fail"]
    assert len(failed) == 5


@pytest.mark.parametrize("name", ["house", "office", "school"])
def test_both_agree_on_the_sample_buildings(name, tmp_path):
    mapping = read_mapping(SAMPLES / "mapping.yaml")
    rules = read_rules((SAMPLES / "rules.jsonl").read_bytes(), "json").entries
    export = export_ids(rules, mapping)
    assert len(export.written) + len(export.refused) == len(rules)
    written = [rules[number - 1] for number in export.written]
    assert len(written) >= 6
    model = write_ifc(read_building(SAMPLES / f"{name}.json"))
    assert list(disagreements(written, model, mapping, tmp_path)) == []


def test_sizes_are_in_si_units_with_room_for_rounding():
    export = export_ids(
        entries("if(exist(door)),then(obligation(lessThanEqual(door.area,9000 mm2)))")
    )
    assert 'maxInclusive value="0.009000000009"' in export.text


def test_angles_are_in_radians():
    rule = "if(exist(rampFlight)),then(obligation(lessThan(rampFlight.slope,5 deg)))"
    assert 'maxExclusive value="0.0872664625' in export_ids(entries(rule)).text


def test_a_class_is_written_with_its_subclasses():
    export = export_ids(entries("if(exist(wall)),then(obligation(is(wall,external)))"))
    for name in ("IFCWALL", "IFCWALLSTANDARDCASE", "IFCWALLELEMENTEDCASE", "IFCCURTAINWALL"):
        assert f'"{name}"' in export.text or f">{name}<" in export.text


def test_a_specification_is_for_the_schemas_that_have_its_classes():
    rule = "if(exist(roofGutter)),then(obligation(lessThan(roofGutter.slope,5 deg)))"
    assert 'ifcVersion="IFC4 IFC4X3_ADD2"' in export_ids(entries(rule)).text


def test_a_kind_that_cannot_be_asked_is_named():
    export = export_ids(entries("if(exist(wall)),then(obligation(is(wall,loadbearing)))"))
    assert export.written == (1,)
    assert [(partly.kind, partly.refusal.code) for partly in export.partly] == [
        ("curtainWall", "unmapped-property")
    ]


def test_what_a_condition_reads_must_be_known():
    """Else a door of which the model says nothing would be passed over in silence."""
    export = export_ids(
        entries("if(is(door,fireExit)),then(obligation(greaterThanEqual(door.width,850 mm)))")
    )
    assert "r1: what its condition reads" in export.text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("if(exist(unicorn)),then(obligation(is(unicorn,white)))", "unmapped-kind"),
        ("if(exist(door)),then(obligation(is(door,magic)))", "unmapped-property"),
        ("if(exist(door)),then(obligation(equal(door.width,3 kg)))", "measure"),
        ("if(exist(door)),then(obligation(equal(door.selfClosing,3 mm)))", "measure"),
        ("if(exist(door)),then(obligation(is(door.width,wide)))", "measure"),
        ("if(exist(door)),then(obligation(is(door,width)))", "unmapped-property"),
        ("if(exist(door)),then(obligation(equal(door.width,3 series)))", "unit"),
        ("if(exist(door)),then(obligation(equal(door.heat,20 degC)))", "unmapped-property"),
        ("if(exist(storey)),then(obligation(equal(storey.elevation,3 m)))", "no-data"),
        ("if(exist(door)),then(obligation(has(door,window)))", "second-thing"),
        ("if(exist(element)),then(obligation(is(element,external)))", "no-thing"),
        ("if(exist(door)),then(obligation(within(door,landing)))", "unmapped-kind"),
    ],
)
def test_what_the_mapping_does_not_give_is_refused(text, code):
    (refused,) = export_ids(entries(text)).refused
    assert refused.refusal.code == code
    assert refused.as_json()["reason"] == str(refused.refusal)


def test_without_any_rule_there_is_no_document():
    assert export_ids([]) == ("", (), (), ())


def test_clauses_are_text_and_what_is_known_of_a_rule_stays_with_it(tmp_path):
    (entry,) = entries("if(exist(door)),then(obligation(is(door,selfClosing)))")
    told = {
        "clause": "Doors <script>alert('&')</script> close — “themselves”.",
        "document": "A1",
        "number": "2.3",
        "model": "small",
        "status": "approved",
        "paraphrase": "Doors close.",
    }
    rule = Entry(rule=entry.rule, id="door-1", **told)
    (specification,) = reopened(export_ids([rule]), tmp_path).specifications
    assert specification.description == told["clause"]
    assert specification.name == "door-1"
    for part in ("A1 2.3", "small", "approved", "Doors close.", "if(exist(door))"):
        assert part in specification.instructions


def test_what_xml_cannot_hold_is_left_out_of_clauses(tmp_path):
    (entry,) = entries("if(exist(door)),then(obligation(is(door,selfClosing)))")
    rule = Entry(rule=entry.rule, id="a\x00b", clause="Doors\x1b close\ud800.\nAlways.")
    (specification,) = reopened(export_ids([rule]), tmp_path).specifications
    assert (specification.name, specification.description) == ("a b", "Doors  close . Always.")


def test_of_a_corpus_every_rule_is_written_or_refused_with_a_reason():
    corpus = read_corpus(ROOT / "data" / "corpus")
    rules = [Entry(rule=record.rule) for record in corpus if record.rule]
    rules += entries("if(exist(door)),then(obligation(is(door,selfClosing)))")
    export = export_ids(rules)
    assert len(rules) in export.written
    refused = [each.number for each in export.refused]
    assert sorted([*export.written, *refused]) == list(range(1, len(rules) + 1))
    assert all(str(each.refusal) for each in export.refused)


@needs_shared
def test_the_share_of_nzbc_lrml_that_ids_can_express_is_what_the_docs_say():
    rules = [Entry(rule=parse_rule(text)) for text in development_texts()]
    export = export_ids(rules)
    lacking = [r for r in export.refused if r.refusal.code.startswith("unmapped")]
    assert len(rules) == 601
    assert (len(export.written), len(lacking)) == (1, 19)
