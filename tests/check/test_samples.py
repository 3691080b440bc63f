import json
from collections import defaultdict
from pathlib import Path

import pytest

from p4ir.check import check, format_building, parse_building, read_building
from p4ir.rules import parse_rule
from p4ir.rules.entry import Entry
from p4ir.rules.files import read_rules
from tests.shared_data import development_texts, needs_shared

DATA = Path(__file__).resolve().parents[2] / "data"
BUILDINGS = ("house", "office", "school")


def sample(name):
    return read_building(DATA / "buildings" / f"{name}.json")


def sample_rules():
    return read_rules((DATA / "buildings" / "rules.jsonl").read_bytes(), "json").entries


@pytest.mark.parametrize("name", BUILDINGS)
def test_a_sample_building_has_exactly_the_expected_findings(name):
    found = defaultdict(dict)
    for finding in check(sample_rules(), sample(name)):
        found[finding.rule_id][finding.element.id if finding.element else ""] = finding.verdict
    expected = json.loads((DATA / "buildings" / f"{name}.findings.json").read_text("utf-8"))
    assert dict(found) == expected


@pytest.mark.parametrize("name", BUILDINGS)
def test_a_sample_building_fails_passes_and_leaves_open(name):
    verdicts = {finding.verdict for finding in check(sample_rules(), sample(name))}
    assert {"fail", "pass", "unknown", "not applicable"} <= verdicts


@pytest.mark.parametrize("name", BUILDINGS)
def test_a_sample_building_is_read_back_as_it_is_written(name):
    building = sample(name)
    assert parse_building(format_building(building)) == building


@pytest.mark.parametrize("name", BUILDINGS)
@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_every_rule_of_the_corpus_gives_findings(name, part):
    entries = read_rules((DATA / "corpus" / f"{part}.jsonl").read_bytes(), "json").entries
    found = {finding.rule_id for finding in check(entries, sample(name))}
    assert found == {entry.id for entry in entries}


@needs_shared
@pytest.mark.parametrize("name", BUILDINGS)
def test_every_published_rule_gives_findings(name):
    entries = [Entry(rule=parse_rule(text)) for text in development_texts()]
    found = {finding.rule_id for finding in check(entries, sample(name))}
    assert found == {str(number) for number in range(1, len(entries) + 1)}
