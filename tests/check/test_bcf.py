import io
import zipfile
from datetime import UTC, datetime

import pytest
from lxml import etree

from p4ir.check import Building, Element, check, read_building
from p4ir.check.bcf import write_bcf
from p4ir.rules import parse_rule
from p4ir.rules.entry import Entry
from p4ir.rules.files import read_rules
from p4ir.rules.units import Quantity
from tests.shared_data import ROOT

SAMPLES = ROOT / "data" / "buildings"
AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def guid(number):
    return f"0{number:021d}"


def doors(*widths, **more):
    return Building(
        name="House",
        source="house.ifc",
        elements=tuple(
            Element(
                id=f"d{n}",
                types=("door",),
                name=f"Door {n}",
                global_id=guid(n),
                properties={} if width is None else {"width": Quantity(width, "mm")},
                **more,
            )
            for n, width in enumerate(widths, 1)
        ),
    )


def rule(text, id_="wide", **about):
    return Entry(rule=parse_rule(text), id=id_, **about)


WIDE = rule(
    "if(exist(door)),then(obligation(greaterThanEqual(door.width,850 mm)))",
    clause="Doors shall be <b>850 mm</b> wide.",
    status="approved",
)
WIDER = rule("if(exist(door)),then(obligation(greaterThanEqual(door.width,900 mm)))", "wider")
STANDARD = rule("if(exist(door)),then(obligation(complyWith(door,nzs_1)))", "standard")


def topics(rules, building, left_out=()):
    """Return the topics of an archive as an independent program reads them."""
    bcfxml = pytest.importorskip("bcf.v2.bcfxml", reason="the extra ifc is not installed")
    archive = write_bcf(check(rules, building), building, left_out, at=AT)
    with bcfxml.BcfXml.load(io.BytesIO(archive)) as opened:
        assert opened.version.version_id == "2.1"
        assert opened.project.name == building.name
        found = sorted(opened.topics.values(), key=lambda topic: topic.topic.index)
        return [(topic.topic, selected(topic)) for topic in found]


def selected(topic):
    return [
        component.ifc_guid
        for view in topic.viewpoints.values()
        for component in view.visualization_info.components.selection.component
    ]


def test_an_element_that_fails_is_one_topic_with_all_that_it_fails_in():
    ((topic, guids),) = topics([WIDE, WIDER], doors(800, 950))
    assert topic.title == "door Door 1 fails wide, wider"
    assert (topic.topic_type, topic.topic_status) == ("Error", "Open")
    assert topic.creation_author == "p4ir"
    assert guids == [guid(1)]
    assert "Rule wide [approved]: Doors shall be <b>850 mm</b> wide." in topic.description
    assert "800 mm" in topic.description
    assert "900 mm" in topic.description
    assert "draft rule for expert review" in topic.description


def test_what_is_unknown_is_one_topic_for_each_rule():
    ((topic, guids),) = topics([WIDE], doors(None, None, 950))
    assert topic.title == "wide cannot be decided (2)"
    assert topic.topic_type == "Request"
    assert guids == [guid(1), guid(2)]
    assert "Door 1: " in topic.description


def test_elements_that_may_be_what_a_rule_is_about_are_selected():
    maybe = rule("if(exist(fireDoor)),then(obligation(is(fireDoor,selfClosing)))", "fire")
    ((topic, guids),) = topics([maybe], doors(800, 900))
    assert topic.title.startswith("fire cannot be decided")
    assert guids == [guid(1), guid(2)]


def test_what_a_person_must_judge_is_one_topic_for_each_rule():
    ((topic, guids),) = topics([STANDARD], doors(800, 900))
    assert topic.title == "standard needs a person's judgement (2)"
    assert topic.topic_type == "Inquiry"
    assert guids == [guid(1), guid(2)]


def test_without_anything_to_deal_with_there_is_no_topic():
    assert topics([WIDE], doors(900, 950)) == []


def test_what_was_not_checked_against_is_the_last_topic():
    left_out = ["line 2: no rule", "1 rule, rejected by a reviewer"]
    *_, (topic, guids) = found = topics([WIDE], doors(800), left_out)
    assert len(found) == 2
    assert topic.title == "Not checked against all rules; the description says what is left out"
    assert (topic.topic_type, topic.description) == ("Remark", "\n".join(left_out))
    assert guids == []


def test_an_element_without_a_globalid_is_not_selected():
    narrow = Element(id="d9", types=("door",), properties={"width": Quantity(1.0, "mm")})
    ((topic, guids),) = topics([WIDE], Building(name="House", elements=(narrow,)))
    assert (topic.title, guids) == ("door d9 fails wide", [])


@pytest.mark.parametrize("other", ["notaguid", "4" + "0" * 21, "0" * 21 + "-", "0" * 23])
def test_what_is_no_guid_of_ifc_is_not_selected(other):
    narrow = Element(
        id="d9", types=("door",), global_id=other, properties={"width": Quantity(1.0, "mm")}
    )
    ((topic, guids),) = topics([WIDE], Building(name="House", elements=(narrow,)))
    assert (topic.title, guids) == ("door d9 fails wide", [])


def test_topics_keep_their_identity_from_check_to_check_and_bytes_their_order():
    building = doors(800)
    first = write_bcf(check([WIDE], building), building, at=AT)
    assert first == write_bcf(check([WIDE], building), building, at=AT)
    later = write_bcf(check([WIDE, WIDER], building), building, at=datetime(2027, 1, 1, tzinfo=UTC))
    assert zipfile.ZipFile(io.BytesIO(first)).namelist() == (
        zipfile.ZipFile(io.BytesIO(later)).namelist()
    )


def test_elements_with_one_globalid_are_topics_of_their_own_whatever_else_is_found():
    def folders(*widths, ids=("d1", "d2", "d3")):
        """Return the folders of the doors that fail; the first two share what is `d3` as well."""
        made = [
            Element(
                id=id_,
                types=("door",),
                global_id="" if id_ == "d3" else "d3",
                properties={"width": Quantity(width, "mm")},
            )
            for id_, width in zip(ids, widths, strict=True)
        ]
        house = Building(name="House", elements=tuple(made))
        names = zipfile.ZipFile(io.BytesIO(write_bcf(check([WIDE], house), house))).namelist()
        return [name.partition("/")[0] for name in names if name.endswith("markup.bcf")]

    first, second, third = folders(800, 800, 800)
    assert len({first, second, third}) == 3
    assert folders(900, 800, 900) == [second]
    one, other = folders(800, 800, ids=("d2", "d3"))
    assert one != other


def test_control_characters_in_a_clause_do_not_break_the_xml():
    odd = rule("if(exist(door)),then(obligation(is(door,lit)))", clause="Doors\x00 \x1b\ud800 <&>")
    building = doors(800, complete=frozenset({"is"}))
    archive = zipfile.ZipFile(io.BytesIO(write_bcf(check([odd], building), building, at=AT)))
    for name in archive.namelist():
        etree.fromstring(archive.read(name))


@pytest.mark.parametrize("name", ["house", "office", "school"])
def test_the_elements_of_a_sample_that_fail_are_its_errors(name):
    building = read_building(SAMPLES / f"{name}.json")
    rules = read_rules((SAMPLES / "rules.jsonl").read_bytes(), "json").entries
    findings = check(rules, building)
    failed = {finding.element.id for finding in findings if finding.verdict == "fail"}
    found = topics(rules, building)
    assert len([topic for topic, _ in found if topic.topic_type == "Error"]) == len(failed)
