import json

import pytest

pytest.importorskip("ifctester", reason="the extra ifc is not installed")

from ifctester import ids

from p4ir.cli import main

WIDE = "if(exist(door)),then(obligation(greaterThanEqual(door.width,850 mm)))"
MAY = "if(exist(door)),then(permission(is(door,locked)))"
OWN = "if(exist(unicorn)),then(obligation(is(unicorn,white)))"


@pytest.fixture
def rules(tmp_path):
    path = tmp_path / "rules.lrml"
    path.write_text(f"{WIDE}\n{MAY}\n{OWN}\n")
    return path


def test_rules_are_written_as_ids_and_of_each_other_it_is_said_why(rules, tmp_path, capsys):
    output, refused = tmp_path / "rules.ids", tmp_path / "refused.jsonl"
    assert main(["convert", str(rules), "--to", "ids", "--output", str(output),
                 "--refused", str(refused)]) == 0  # fmt: skip
    assert len(ids.open(str(output), validate=True).specifications) == 1
    said = capsys.readouterr().err
    assert "rule 2 is not in IDS: it permits something" in said
    assert "rule 3 is not in IDS: the mapping has no class of IFC for unicorn" in said
    assert "p4ir: 1 of 3 rules in IDS" in said
    lines = [json.loads(line) for line in refused.read_text().splitlines()]
    assert [(line["rule"], line["code"]) for line in lines] == [
        (2, "permission"),
        (3, "unmapped-kind"),
    ]


def test_a_rule_without_an_id_goes_by_its_place_in_the_file(rules, tmp_path, capsys):
    rules.write_text(f"if(exist(door)\n{MAY}\n{WIDE}\n")
    output, refused = tmp_path / "rules.ids", tmp_path / "refused.jsonl"
    assert main(["convert", str(rules), "--to", "ids", "--skip-bad", "--output", str(output),
                 "--refused", str(refused)]) == 0  # fmt: skip
    assert "rule 2 is not in IDS: it permits something" in capsys.readouterr().err
    assert json.loads(refused.read_text())["rule"] == 2
    assert ids.open(str(output)).specifications[0].name == "rule 3"


def test_a_mapping_makes_more_rules_expressible(rules, tmp_path, capsys):
    mapping = tmp_path / "mine.yaml"
    mapping.write_text(
        "elements:\n  unicorn:\n    classes: [IfcFurniture]\n"
        "    properties: {white: Pset_Unicorn.IsWhite}\n"
    )
    assert main(["convert", str(rules), "--to", "ids", "--mapping", str(mapping)]) == 0
    written = capsys.readouterr().out
    assert written.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    assert "Pset_Unicorn" in written


def test_what_is_refused_has_a_file_of_its_own(rules, tmp_path, capsys):
    output = tmp_path / "rules.ids"
    assert main(["convert", str(rules), "--to", "ids", "--output", str(output),
                 "--refused", f"{tmp_path}/./rules.ids"]) == 2  # fmt: skip
    assert "is the output; give --refused another name" in capsys.readouterr().err
    assert not output.exists()


def test_older_refusals_are_replaced_only_if_told_to(rules, tmp_path, capsys):
    refused = tmp_path / "refused.jsonl"
    refused.write_text("mine")
    command = ["convert", str(rules), "--to", "ids", "--refused", str(refused)]
    assert main(command) == 2
    assert f"{refused} exists: give --overwrite" in capsys.readouterr().err
    assert refused.read_text() == "mine"
    assert main([*command, "--overwrite"]) == 0
    assert "permission" in refused.read_text()


def test_if_no_rule_can_be_written_nothing_is(tmp_path, capsys):
    path, output = tmp_path / "rules.lrml", tmp_path / "rules.ids"
    path.write_text(MAY)
    assert main(["convert", str(path), "--to", "ids", "--output", str(output)]) == 1
    assert not output.exists()
    assert "p4ir: 0 of 1 rule in IDS" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "ids", "--mapping", "nowhere.yaml"], "nowhere.yaml: cannot be read"),
        (["--to", "json", "--mapping", "mine.yaml"], "--mapping and --refused are for --to ids"),
        (["--from", "ids", "--to", "json"], "--from: no notation 'ids'"),
    ],
)
def test_mistakes_are_one_line(arguments, said, rules, capsys):
    assert main(["convert", str(rules), *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
