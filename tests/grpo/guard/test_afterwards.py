import json
import shutil
from itertools import islice

import pytest

from p4ir.cli import main
from p4ir.grpo.guard import afterwards, probes
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
