import csv
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from p4ir.cli import main
from p4ir.review.database import Database

BUILDINGS = Path(__file__).resolve().parents[2] / "data" / "buildings"
RULES = str(BUILDINGS / "rules.jsonl")
OFFICE = str(BUILDINGS / "office.json")

WIDE = "if(exist(door)),then(obligation(greaterThanEqual(door.clearWidth,500 mm)))\n"
OUTLINE = "if\n exist: door\nthen\n has: door, lock\n"


@pytest.fixture
def rules(tmp_path):
    """Write a file of rules."""

    def write(text, name="rules.lrml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_the_status_is_1_where_something_fails_and_0_where_nothing_does(rules, capsys):
    assert main(["check", RULES, OFFICE]) == 1
    assert main(["check", rules(WIDE), OFFICE]) == 0
    assert capsys.readouterr().err == ""


def test_a_report_never_takes_the_place_of_what_is_checked(tmp_path, capsys):
    facts = tmp_path / "office.json"
    facts.write_bytes(Path(OFFICE).read_bytes())
    assert main(["check", RULES, str(facts), "--output", f"{tmp_path}/./office.json"]) == 2
    assert "is the input" in capsys.readouterr().err
    assert facts.read_bytes() == Path(OFFICE).read_bytes()


def test_the_summary_fits_80_columns_and_names_what_fails(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    main(["check", RULES, OFFICE])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0] == "Two-storey office: 31 elements, 27 rules"
    assert any(line.startswith("fail room-height: Meeting room") for line in lines)
    assert any(line.split()[:2] == ["all", "9"] for line in lines)


def test_marks_in_names_are_printed_as_they_are(rules, tmp_path, capsys):
    facts = {"format": "p4ir-building/1", "name": "[red]B[/red]", "elements": [
        {"id": "[bold]d[/]", "type": "door", "properties": {"clearWidth": "[x] 1 m"}}]}  # fmt: skip
    path = tmp_path / "b.json"
    path.write_text(json.dumps(facts))
    assert main(["check", rules(WIDE), str(path)]) == 0
    assert "[red]B[/red]: 1 element, 1 rule\n" in capsys.readouterr().out


def test_the_rules_with_nothing_to_do_are_counted_together(rules, tmp_path, capsys):
    facts = {"format": "p4ir-building/1", "elements": [
        {"id": "d", "type": "door", "properties": {"width": "900 mm"}}]}  # fmt: skip
    path = tmp_path / "b.json"
    path.write_text(json.dumps(facts))
    wide = "if(exist(door)),then(obligation(greaterThanEqual(door.width,{} mm)))\n"
    main(["check", rules("".join(map(wide.format, (950, 800, 700)))), str(path)])
    assert "\n2 other rules " in capsys.readouterr().out
    main(["check", rules("".join(map(wide.format, (950, 800)))), str(path)])
    assert "\n1 other rule " in capsys.readouterr().out


def test_names_cannot_command_the_terminal(rules, tmp_path, capsys):
    facts = {"format": "p4ir-building/1", "name": "a\x1b[31mb", "elements": [
        {"id": "d\x1b]0;c\x07", "type": "door", "properties": {"clearWidth": "1 mm"}}]}  # fmt: skip
    path = tmp_path / "b.json"
    path.write_text(json.dumps(facts))
    assert main(["check", rules(WIDE), str(path)]) == 1
    said = capsys.readouterr().out
    assert "a�[31mb" in said
    assert "d�]0;c�" in said
    assert not {"\x1b", "\x07"} & set(said)


def test_reports_are_written_by_the_ending_of_their_names(tmp_path):
    outputs = [tmp_path / f"deep/report{ending}" for ending in (".html", ".json", ".csv", ".bcf")]
    options = [option for path in outputs for option in ("--output", str(path))]
    assert main(["check", RULES, OFFICE, *options]) == 1
    page, data, table, issues = outputs
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert json.loads(data.read_text("utf-8"))["counts"]["fail"] == 9
    assert len(table.read_text("utf-8-sig").splitlines()) == 64
    assert "bcf.version" in zipfile.ZipFile(issues).namelist()


def test_an_older_report_is_replaced_only_if_that_is_asked_for(rules, tmp_path, capsys):
    report, other = tmp_path / "report.html", tmp_path / "report.csv"
    report.write_text("mine")
    command = ["check", rules(WIDE), OFFICE, "--output", str(other), "--output", str(report)]
    assert main(command) == 2
    said = capsys.readouterr()
    assert said.err == f"p4ir: {report} exists: give --overwrite to replace it\n"
    assert said.out == ""
    assert report.read_text() == "mine"
    assert not other.exists()
    assert main([*command, "--overwrite"]) == 0
    assert report.read_text("utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.jsonl", OFFICE], "none.jsonl: cannot be read: No such file or directory"),
        ([RULES, "none.json"], "none.json: cannot be read: No such file or directory"),
        (
            [OFFICE, RULES],
            'office.json: is a building ("format": "p4ir-building/1"), where rules are',
        ),
        ([__file__.replace("test_check", "__init__"), OFFICE], "__init__.py: is empty"),
        ([RULES, RULES], "rules.jsonl: line 2, column 1: Extra data, expected JSON"),
        ([RULES, OFFICE, "--output", "report.pdf"], "--output report.pdf: expected a name that"),
        ([RULES, OFFICE, "--mapping", "m.yaml"], "--mapping is for IFC models"),
        ([RULES, str(BUILDINGS)], "cannot be read: Is a directory"),
        ([RULES, OFFICE, "--from", "prose"], "--from: no notation 'prose'; there are lrml"),
        ([RULES], "the following arguments are required: BUILDING"),
    ],
)
def test_mistakes_are_one_line_and_status_2(arguments, said, capsys):
    try:
        status = main(["check", *arguments])
    except SystemExit as exit_:
        status = exit_.code
    error = capsys.readouterr().err
    assert status == 2
    assert error.startswith("p4ir: ")
    assert said in error
    assert error.count("\n") == 1


def test_bad_rules_stop_the_check_unless_they_are_to_be_skipped(rules, tmp_path, capsys):
    path = rules(WIDE + "if(exist(door)\n")
    assert main(["check", path, OFFICE]) == 2
    assert "1 bad in" in capsys.readouterr().err
    outputs = [tmp_path / f"report.{ending}" for ending in ("json", "html", "csv", "bcf")]
    asked = [part for output in outputs for part in ("--output", str(output))]
    assert main(["check", path, OFFICE, "--skip-bad", *asked]) == 0
    printed = capsys.readouterr()
    assert f"{path}:2: column 15" in printed.err
    said = "line 2: column 15"
    assert f"Not checked against: {said}" in printed.out
    (left_out,) = json.loads(outputs[0].read_text("utf-8"))["leftOut"]
    assert left_out.startswith(said)
    assert f"<b>Not checked against</b>: {said}" in outputs[1].read_text("utf-8")
    *_, last = csv.DictReader(outputs[2].read_text("utf-8-sig").splitlines())
    assert (last["verdict"], last["reason"]) == ("not checked", left_out)
    issues = zipfile.ZipFile(outputs[3])
    topics = [issues.read(name).decode() for name in issues.namelist() if name.endswith(".bcf")]
    (topic,) = (topic for topic in topics if "<Title>Not checked against all rules" in topic)
    assert f"<Description>{said}" in topic


@pytest.mark.parametrize(
    "text",
    [
        f"{WIDE}if(exist(door)\n\n{WIDE}",
        f"{json.dumps(WIDE)}\n{{}}\n{json.dumps({'rule': WIDE})}\n",
        json.dumps([WIDE, {}, {"rule": WIDE}]),
        OUTLINE + "\nif\n  exist\n\n" + OUTLINE,
    ],
)
def test_a_rule_without_an_id_goes_by_its_place_in_the_file(text, rules, tmp_path):
    report = tmp_path / "report.json"
    main(["check", rules(text), OFFICE, "--skip-bad", "--output", str(report)])
    assert [rule["id"] for rule in json.loads(report.read_text("utf-8"))["rules"]] == ["1", "3"]


def test_a_rule_keeps_its_place_where_one_before_it_was_rejected(rules, tmp_path):
    rows = [{"rule": WIDE, "status": "rejected"}, {"rule": WIDE}]
    report = tmp_path / "report.json"
    main(["check", rules(json.dumps(rows)), OFFICE, "--output", str(report)])
    assert [rule["id"] for rule in json.loads(report.read_text("utf-8"))["rules"]] == ["2"]


def test_a_file_without_rules_is_refused(rules, capsys):
    assert main(["check", rules(""), OFFICE]) == 2
    assert "is empty" in capsys.readouterr().err
    assert main(["check", rules("id,rule\n", "rules.csv"), OFFICE]) == 2
    assert "is a table, and rules are not read from CSV; give JSON" in capsys.readouterr().err
    assert main(["check", rules("Doors shall be wide."), OFFICE]) == 2
    assert "name it by --from NOTATION" in capsys.readouterr().err
    assert main(["check", rules("ISO-10303-21;", "house.ifc"), RULES]) == 2
    assert "house.ifc: is a building (.ifc)" in capsys.readouterr().err


@pytest.mark.parametrize("notation", ["lrml", "json", "legalruleml", "skeleton", "outline"])
def test_rules_in_every_notation_give_the_same_verdicts(notation, tmp_path, capsys):
    endings = {"json": ".jsonl", "legalruleml": ".xml", "skeleton": ".py"}
    path = tmp_path / f"rules{endings.get(notation, '.txt')}"
    assert main(["convert", RULES, "--to", notation, "--output", str(path)]) == 0
    report = tmp_path / "report.json"
    assert main(["check", str(path), OFFICE, "--output", str(report)]) == 1
    counts = json.loads(report.read_text("utf-8"))["counts"]
    assert counts == {"fail": 9, "unknown": 7, "review": 1, "pass": 25, "not applicable": 21}


def test_the_approved_rules_of_a_review_database_are_checked(tmp_path, capsys):
    store = str(tmp_path / "review.sqlite")
    into = ["review", "import", RULES, "--store", store, "--author", "A. Reviewer"]
    assert main(into) == 0
    assert main(["check", store, OFFICE]) == 2
    assert "rules is approved" in capsys.readouterr().err
    assert main(["review", "approve", "room-height", "--store", store, "--author", "B"]) == 0
    capsys.readouterr()
    assert main(["check", store, OFFICE]) == 1
    printed = capsys.readouterr().out
    assert "31 elements, 1 rule\n" in printed
    assert re.search(r"Not checked against: \d+ rules of the review, not approved", printed)


def test_a_review_database_without_an_approved_rule_is_refused(tmp_path, capsys):
    store = str(tmp_path / "review.sqlite")
    main(["review", "import", RULES, "--store", store, "--author", "A. Reviewer"])
    capsys.readouterr()
    assert main(["check", store, OFFICE]) == 2
    assert re.search(r"none of its \d+ rules is approved", capsys.readouterr().err)


def test_a_review_database_is_opened_once(tmp_path, monkeypatch):
    store = str(tmp_path / "review.sqlite")
    main(["review", "import", RULES, "--store", store, "--author", "A. Reviewer"])
    main(["review", "approve", "room-height", "--store", store, "--author", "B"])
    opened = []
    open_it = Database.__init__

    def noted(database, *arguments, **options):
        opened.append(database)
        open_it(database, *arguments, **options)

    monkeypatch.setattr(Database, "__init__", noted)
    assert main(["check", store, OFFICE]) == 1
    assert len(opened) == 1


def test_rules_that_a_reviewer_rejected_are_left_out_and_drafts_are_told(tmp_path, capsys):
    path = tmp_path / "rules.jsonl"
    rows = [{"id": s, "rule": WIDE.strip(), "status": s} for s in ("approved", "draft", "rejected")]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    main(["check", str(path), OFFICE])
    printed = capsys.readouterr().out
    assert "31 elements, 2 rules\n" in printed
    assert "Not approved by a reviewer: 1 draft\n" in printed
    assert "Not checked against: 1 rule, rejected by a reviewer\n" in printed
    path.write_text(json.dumps(rows[2]) + "\n")
    assert main(["check", str(path), OFFICE]) == 2
    assert "1 rule, all rejected by a reviewer" in capsys.readouterr().err
    ids = tmp_path / "rules.ids"
    assert main(["convert", str(path), "--to", "ids", "--output", str(ids)]) == 1
    assert "rejected is not in IDS: a reviewer rejected it" in capsys.readouterr().err


def test_checking_loads_neither_torch_nor_transformers():
    code = (
        "import sys; from p4ir.cli import main; "
        f"main(['check', {RULES!r}, {OFFICE!r}]); "
        "sys.exit(bool({'torch', 'transformers', 'matplotlib', 'ifcopenshell'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=os.environ)
    assert done.returncode == 0, done.stderr
