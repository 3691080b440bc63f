from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from p4ir.cli import main
from p4ir.rules import NOTATIONS, files, format_rule, parse_rule
from p4ir.rules.entry import Entry
from p4ir.rules.legalruleml import format_document, validate
from tests.shared_data import SHARED, development_texts, needs_shared

RULES = [
    "if(exist(attic)),then(obligation(has(attic,skylight)))",
    "if(is(skylight.use,escape)),then(obligation(greaterThanEqual(skylight.area,0.4 m2)))",
    "if(has(attic,hatch)),then(and(permission(is(hatch.type,'a (b), c')),prohibition(locked)))",
]
ENTRIES = [
    Entry(
        rule=parse_rule(text),
        id=f"{number}.1",
        clause=f"Clause {number}.",
        document="Code of Attics",
        number=str(number),
        model="base",
        status="draft",
    )
    for number, text in enumerate(RULES, 1)
]
BAD_LINE = "if(exist(attic),then(a)"

Captured = pytest.CaptureFixture[str]


def convert(*arguments: object) -> int:
    return main(["convert", *map(str, arguments)])


@pytest.fixture
def lrml(tmp_path: Path) -> Path:
    path = tmp_path / "rules.lrml"
    path.write_text("\n".join(RULES) + "\n")
    return path


@pytest.mark.parametrize("source", NOTATIONS)
@pytest.mark.parametrize("target", NOTATIONS)
def test_a_file_of_rules_goes_from_every_notation_to_every_other(
    tmp_path: Path, capsys: Captured, source: str, target: str
) -> None:
    entries = [Entry(rule=parse_rule(text)) for text in RULES]
    (tmp_path / "rules.txt").write_text(files.format_rules(entries, source), encoding="utf-8")
    assert convert(tmp_path / "rules.txt", "--to", target) == 0
    out, err = capsys.readouterr()
    assert out == files.format_rules(entries, target)
    assert err == ""


@pytest.mark.parametrize("source", NOTATIONS)
def test_one_rule_is_a_file_of_rules(tmp_path: Path, capsys: Captured, source: str) -> None:
    rule = parse_rule(RULES[1])
    (tmp_path / "rule.txt").write_text(format_rule(rule, source))
    assert convert(tmp_path / "rule.txt", "--to", "lrml", "--from", source) == 0
    assert capsys.readouterr() == (RULES[1] + "\n", "")


def test_a_rule_may_stand_on_several_lines(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "rule.txt").write_text("\ufeff" + RULES[0].replace("(", "(\n  "), encoding="utf-8")
    assert convert(tmp_path / "rule.txt", "--to", "lrml") == 0
    assert capsys.readouterr().out == RULES[0] + "\n"


def test_what_is_known_about_rules_goes_to_one_document_and_comes_back(
    tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "rules.jsonl").write_text(files.format_rules(ENTRIES, "json"))
    to_xml = (tmp_path / "rules.jsonl", "--to", "legalruleml", "--output", tmp_path / "a" / "b.xml")
    assert convert(*to_xml) == 0
    assert capsys.readouterr() == ("", "")
    assert (tmp_path / "a" / "b.xml").read_text(encoding="utf-8") == format_document(ENTRIES)
    assert convert(tmp_path / "a" / "b.xml", "--to", "json") == 0
    assert capsys.readouterr() == (files.format_rules(ENTRIES, "json"), "")


def test_what_a_notation_cannot_keep_is_said(tmp_path: Path, capsys: Captured) -> None:
    row = {"id": "1", "clause": "Attics.", "rule": RULES[0], "split": "train", "topic": None}
    (tmp_path / "rules.jsonl").write_text(json.dumps(row))
    assert convert(tmp_path / "rules.jsonl", "--to", "outline") == 0
    assert capsys.readouterr().err == "p4ir: not kept in outline: split, topic, id, clause\n"


TREE = {"if": [{"exist": ["attic"]}], "then": [{"obligation": [{"has": ["attic", "skylight"]}]}]}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(TREE),
        json.dumps(TREE, indent=2),
        json.dumps([TREE]),
        json.dumps([TREE], indent=2),
        json.dumps({"id": 1, "rule": TREE}),
        json.dumps({"id": 1, "rule": RULES[0]}),
        json.dumps({"id": 1, "lrml": RULES[0], "text": "Attics."}),
        json.dumps({"rule": format_rule(parse_rule(RULES[0]), "skeleton")}),
        json.dumps({"rule": format_rule(parse_rule(RULES[0]), "outline"), "notation": "outline"}),
        json.dumps({"rule": format_rule(parse_rule(RULES[0]), "legalruleml")}),
        json.dumps(RULES[0]),
    ],
)
def test_json_may_hold_rules_in_many_ways(tmp_path: Path, capsys: Captured, text: str) -> None:
    (tmp_path / "rule.json").write_text(text)
    assert convert(tmp_path / "rule.json", "--to", "lrml") == 0
    assert capsys.readouterr().out == RULES[0] + "\n"


BAD_XML = format_document(ENTRIES).replace("fn:exist", "zzz:exist")
BAD_FILES = [
    ("rules.lrml", f"{RULES[0]}\n\n{BAD_LINE}\n{RULES[1]}\n", [3], 2),
    ("rules.lrml", f"{BAD_LINE}\n{RULES[1]}\nno rule", [1, 3], 1),
    ("rules.jsonl", f'{json.dumps(TREE)}\n{{"if": [}}\n{json.dumps(TREE)}', [2], 2),
    ("rules.jsonl", f'{json.dumps(TREE)}\n{{"id": 7}}\n{{"rule": ""}}\n[1]\n7', [2, 3, 4, 5], 1),
    ("rules.jsonl", f'{{"rule": "{BAD_LINE}"}}\n{{"rule": "?"}}\n{json.dumps(TREE)}', [1, 2], 1),
    ("rules.json", f"[\n{json.dumps(TREE)},\n{{}},\n{json.dumps(TREE)}]", [3], 2),
    ("rules.json", f"[\n{json.dumps(TREE)}\n{json.dumps(TREE)}]", [3], 1),
    ("rules.json", f"[\n{json.dumps(TREE)},\n", [3], 1),
    ("rules.json", f"[{json.dumps(TREE)}]\n{{}}", [2], 1),
    ("rules.json", f'[{json.dumps(TREE)},\n{{"if": ]', [2], 1),
    ("rules.json", f"{json.dumps(TREE)}\n" + "[" * 100_000, [2], 1),
    ("rules.txt", "if: attic\nthen: skylight\n\nif: attic\nelse: a\n\nif: b\nthen: c", [5], 2),
    ("rules.txt", "if: attic\nthen: skylight\nif: attic\n", [4], 1),
    ("rules.py", "def a():\n  if b:\n    c\n\ndef d():\n  if b:\n    pass\n", [7], 1),
    ("rules.py", "import os\n\ndef a():\n  if b:\n    c\n\ndef d():\n  if b:\n    c\n", [1], 1),
    ("rules.xml", BAD_XML, [BAD_XML[: BAD_XML.index("zzz:")].count("\n") + 1], 2),
]


@pytest.mark.parametrize(("name", "text", "lines", "good"), BAD_FILES)
def test_every_bad_rule_is_listed_with_its_line(
    tmp_path: Path, capsys: Captured, name: str, text: str, lines: list[int], good: int
) -> None:
    path, output = tmp_path / name, tmp_path / "out"
    path.write_text(text)
    assert convert(path, "--to", "lrml", "--output", output) == 2
    out, err = capsys.readouterr()
    listed = [line for line in err.splitlines() if line.startswith(str(path))]
    assert [line.removeprefix(f"{path}:").split(":")[0] for line in listed] == [*map(str, lines)]
    assert f"{len(lines)} bad in {path}, nothing written" in err
    assert out == ""
    assert not output.exists()
    assert convert(path, "--to", "lrml", "--output", output, "--skip-bad") == 0
    written = "1 rule" if good == 1 else f"{good} rules"
    assert f"{written} written, {len(lines)} bad skipped" in capsys.readouterr().err
    assert len(output.read_text().splitlines()) == good


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("rules.lrml", b"", "is empty"),
        ("rules.lrml", b"Doors shall be wide.", "cannot be told from how the text begins; name it"),
        ("rules.lrml", b"Doors shall be wide.", "by --from NOTATION"),
        ("rules.csv", b"id,rule\n1,if(a)\n", "is a table, and rules are not read from CSV"),
        ("rules.json", b"[]", "no rule in it"),
        ("rules.jsonl", b"\n\n", "is empty"),
        ("rules.py", b"", "is empty"),
        ("rules.xml", format_document([]).encode(), "no rule in it"),
        ("rules.xml", b"<html/>", "found <html>"),
        ("rules.xml", b"<!DOCTYPE a><a/>", "document type declaration"),
        ("rules.lrml", b"if(a),\nthen(\xff)", "line 2 is no text in UTF-8"),
        ("rules.lrml", BAD_LINE.encode(), "nothing written\n"),
    ],
)
@pytest.mark.parametrize("skip", [[], ["--skip-bad"]])
def test_a_file_without_rules_is_refused(
    tmp_path: Path, capsys: Captured, name: str, content: bytes, message: str, skip: list[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    assert convert(tmp_path / name, "--to", "json", *skip) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert name in err


def test_an_older_output_stays_when_a_rule_is_bad(tmp_path: Path, lrml: Path) -> None:
    output = tmp_path / "out.json"
    output.write_text("older")
    lrml.write_text(f"{RULES[0]}\n{BAD_LINE}\n")
    assert convert(lrml, "--to", "json", "--output", output, "--overwrite") == 2
    assert output.read_text() == "older"


def test_an_older_output_is_replaced_only_if_told_to(
    tmp_path: Path, lrml: Path, capsys: Captured
) -> None:
    output = tmp_path / "out.lrml"
    output.write_text("older")
    command = (lrml, "--to", "lrml", "--output", output)
    assert convert(*command) == 2
    assert capsys.readouterr().err == f"p4ir: {output} exists: give --overwrite to replace it\n"
    assert output.read_text() == "older"
    assert convert(*command, "--overwrite") == 0
    assert output.read_text() == lrml.read_text()


@pytest.mark.parametrize("option", ["--output", "--refused"])
@pytest.mark.parametrize("more", [(), ("--overwrite",)])
def test_the_rules_are_never_replaced_by_what_is_made_of_them(
    lrml: Path, capsys: Captured, option: str, more: tuple[str, ...]
) -> None:
    link = lrml.with_name("link.lrml")
    link.symlink_to(lrml)
    before = lrml.read_text()
    for name in (lrml, lrml.parent / "." / lrml.name, link):
        assert convert(lrml, "--to", "ids", option, name, *more) == 2
        assert "is the input; give another name" in capsys.readouterr().err
    assert lrml.read_text() == before


def test_a_folder_or_a_database_is_never_replaced(
    tmp_path: Path, lrml: Path, capsys: Captured
) -> None:
    database = tmp_path / "reviews.db"
    database.write_bytes(b"SQLite format 3\0 and more")
    for output, said in ((tmp_path, "is a folder"), (database, "is a database")):
        assert convert(lrml, "--to", "json", "--output", output, "--overwrite") == 2
        assert said in capsys.readouterr().err
    assert database.read_bytes() == b"SQLite format 3\0 and more"


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="there is no /dev/null")
def test_a_device_is_written_into(lrml: Path) -> None:
    assert convert(lrml, "--to", "json", "--output", "/dev/null") == 0
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "prolog"], "--to: no notation 'prolog'; there are lrml"),
        (["--to", "json", "--from", "yaml"], "--from: no notation 'yaml'"),
        (["--to", "json", "--schema", "x.xsd"], "--schema is for legalruleml"),
        (["--to", "legalruleml", "--schema", "x.xsd"], "x.xsd: no schema there"),
    ],
)
def test_a_wrong_option_is_one_line(
    lrml: Path, capsys: Captured, arguments: list[str], message: str
) -> None:
    assert convert(lrml, *arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert len(err.splitlines()) == 1


def test_a_missing_file_is_one_line(tmp_path: Path, capsys: Captured) -> None:
    assert convert(tmp_path / "none", "--to", "json") == 2
    assert capsys.readouterr().err.startswith(f"p4ir: {tmp_path / 'none'}: cannot be read")


def test_a_file_above_the_limit_is_refused(
    lrml: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 100)
    assert convert(lrml, "--to", "json") == 2
    assert "more than 0 MB" in capsys.readouterr().err


def test_standard_input_is_read(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(RULES[0].encode())))
    assert convert("-", "--to", "lrml") == 0
    assert capsys.readouterr().out == RULES[0] + "\n"


def test_a_document_in_another_encoding_is_read(tmp_path: Path, capsys: Captured) -> None:
    text = format_document(ENTRIES).replace('encoding="UTF-8"', 'encoding="UTF-16"')
    (tmp_path / "rules").write_bytes(text.encode("utf-16"))
    assert convert(tmp_path / "rules", "--to", "json") == 0
    assert capsys.readouterr().out == files.format_rules(ENTRIES, "json")


@needs_shared
def test_the_development_rules_make_one_valid_document(tmp_path: Path, capsys: Captured) -> None:
    texts, schema = development_texts(), SHARED / "schemas" / "legalruleml"
    (tmp_path / "rules.lrml").write_text("\n".join(texts))
    document = tmp_path / "rules.xml"
    checked = ["--schema", schema] if schema.exists() else []
    arguments = (tmp_path / "rules.lrml", "--to", "legalruleml", "--output", document)
    assert convert(*arguments, *checked) == 0
    assert validate(document.read_bytes()) == []
    assert convert(document, "--to", "lrml", *checked) == 0
    assert capsys.readouterr() == ("\n".join(texts) + "\n", "")
