"""The examples of docs/checking.md are run as they stand there."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from p4ir.check import CODES, VERDICTS, check, explain, parse_building
from p4ir.rules import parse_rule
from p4ir.rules.entry import Entry

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


(FACTS,) = blocks("json")


def examples():
    """Yield each rule of the page with the lines that follow it."""
    for block in blocks("lrml"):
        for example in re.split(r"\n(?=if\()", block.strip()):
            rule, *said = example.splitlines()
            yield rule, [line.removeprefix("#   ") for line in said]


@pytest.mark.parametrize(("rule", "said"), examples())
def test_a_rule_gives_the_findings_that_the_page_says(rule, said):
    findings = check([Entry(rule=parse_rule(rule))], parse_building(FACTS))
    assert said == [
        f"{each.element.id if each.element else 'no element'}: {each.verdict}. {explain(each)}"
        for each in findings
    ]


def test_the_page_shows_every_verdict_but_one_that_the_samples_show():
    shown = {line.split(": ")[1].split(". ")[0] for _, said in examples() for line in said}
    assert shown == set(VERDICTS) - {"not applicable"}


def test_the_facts_of_the_page_keep_to_the_schema():
    schema = json.loads((ROOT / "p4ir/check/facts.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(FACTS), schema)


def test_the_page_explains_every_code_of_a_reason():
    table = PAGE.partition("## Reasons")[2].partition("## IFC")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    assert {code for row in rows for code in re.findall(r"`([a-z-]+)`", row)} == set(CODES)


def test_the_python_of_the_page_lists_what_fails_in_the_office(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    (program,) = blocks("python")
    exec(compile(program, "docs/checking.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 9
    assert "stair-flight Stair A count(stair.riser) (18) is not ≤ 16." in lines


def test_the_mapping_of_the_page_is_read(tmp_path):
    pytest.importorskip("ifcopenshell")
    from p4ir.check.ifc import read_mapping

    (text,) = blocks("yaml")
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    read_mapping(path)
