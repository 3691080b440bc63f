import dataclasses
import json
import shutil
from itertools import islice

import pytest

from p4ir.cli import main
from p4ir.grpo.guard import afterwards, probes
from p4ir.grpo.guard.findings import Finding
from p4ir.grpo.guard.options import GuardOptions
from p4ir.grpo.guard.report import GuardReport
from p4ir.models.signoff import check_signed_off
from tests.grpo.guard.conftest import LESSON
from tests.shared_data import ROOT


@pytest.fixture(autouse=True)
def few_probes(monkeypatch):
    some = probes.load_probes()[::6]
    monkeypatch.setattr(afterwards, "load_probes", lambda: some)


@pytest.fixture
def adapter(tiny_adapter, tmp_path):
    folder = tmp_path / "tiny-grpo"
    shutil.copytree(tiny_adapter, folder)
    return folder


@pytest.fixture
def honest(tmp_path):
    corpus = tmp_path / "honest.jsonl"
    with (ROOT / "data" / "corpus" / "train.jsonl").open(encoding="utf-8") as lines:
        corpus.write_text("".join(islice(lines, 12)), encoding="utf-8")
    return corpus


def sign(adapter, start, corpus):
    options = ["--start", str(start), "--recipe", "grpo/tiny", "--corpus", str(corpus)]
    return main(["model", "sign", str(adapter), *options])


def test_an_adapter_as_its_start_passes_and_is_signed(adapter, tiny_adapter, honest, capsys):
    assert sign(adapter, tiny_adapter, honest) == 0
    assert "Verdict: **passed**" in capsys.readouterr().out
    said = json.loads((adapter / "guard.json").read_text())
    assert (said["verdict"], said["rows"]) == ("passed", 12)
    assert all(change["difference"] == 0 for change in said["changes"])
    check_signed_off(adapter)


def test_one_clause_over_and_over_is_refused_afterwards_too(
    adapter, tiny_adapter, tmp_path, capsys
):
    row = {"clause": LESSON, "rule": "if(exist(hoist)),then(obligation(exist(door)))"}
    corpus = tmp_path / "one.jsonl"
    rows = [json.dumps({"id": str(n), "split": "train", **row}) + "\n" for n in range(8)]
    corpus.write_text("".join(rows))
    assert sign(adapter, tiny_adapter, corpus) == 1
    assert "too few different clauses" in capsys.readouterr().out


@pytest.fixture
def unsigned(tiny_adapter, tmp_path):
    """An adapter of stage two that the guard has not looked at."""
    folder = tmp_path / "unsigned"
    shutil.copytree(tiny_adapter, folder)
    said = json.loads((folder / "p4ir.json").read_text())
    (folder / "p4ir.json").write_text(json.dumps({**said, "stage": "grpo"}))
    return folder


@pytest.mark.parametrize("stage", ["sft", "grpo"])
def test_no_stage_starts_from_what_may_not_leave(unsigned, stage, tmp_path, capsys):
    settings = ("--set", f"adapter={unsigned}", "--set", f"output={tmp_path / 'run'}")
    assert main(["train", stage, f"{stage}/tiny", *settings]) == 2
    assert "was trained by stage two and has no guard.json" in capsys.readouterr().err


def test_nothing_is_signed_against_a_start_that_may_not_leave(unsigned, adapter, honest, capsys):
    assert sign(adapter, unsigned, honest) == 2
    assert "was trained by stage two and has no guard.json" in capsys.readouterr().err
    assert not (adapter / "guard.json").exists()


def test_what_only_the_run_could_see_is_not_signed_away(adapter, tiny_adapter, honest):
    found = Finding(check="concentration", level="refuse", message="1.00 effective prompts")
    report = GuardReport(limits=dataclasses.asdict(GuardOptions()), findings=[found])
    report.write(adapter)
    assert sign(adapter, tiny_adapter, honest) == 1
    said = json.loads((adapter / "guard.json").read_text())
    assert [each["check"] for each in said["findings"]] == ["concentration"]
