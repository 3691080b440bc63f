import json
import resource

import pytest
import torch

from p4ir.cli import main
from p4ir.models import load_base, load_with_adapter
from p4ir.models.signoff import check_signed_off, weights_digests


def test_the_model_with_its_adapter_is_written_as_one(make_adapter, tmp_path, capsys):
    adapter = make_adapter("tiny-sft", notation="outline", clause_number="drop", licence="X")
    (adapter / "LICENSE").write_text("terms")
    output = tmp_path / "merged"
    assert main(["model", "export", str(output), "--adapter", "sft"]) == 0
    assert capsys.readouterr().out == f"p4ir: tiny with tiny-sft in {output}\n"
    merged, tokenizer = load_base(str(output))
    tuned, _ = load_with_adapter("tiny-sft")
    tokens = torch.tensor([[3, 4, 5]])
    with torch.no_grad():
        assert torch.allclose(merged(tokens).logits, tuned(tokens).logits, atol=1e-4)
        assert not torch.allclose(
            merged(tokens).logits, load_base("tiny")[0](tokens).logits, atol=1e-2
        )
    assert tokenizer("ab")["input_ids"] == load_base("tiny")[1]("ab")["input_ids"]
    said = json.loads((output / "p4ir.json").read_text())
    assert {k: said[k] for k in ("notation", "clause_number", "adapter", "licence")} == {
        "notation": "outline",
        "clause_number": "drop",
        "adapter": "tiny-sft",
        "licence": "X",
    }
    assert (output / "LICENSE").read_text() == "terms"
    assert [path.name for path in tmp_path.glob("merged*")] == ["merged"]


def test_what_was_written_is_used_by_its_folder(make_adapter, tmp_path):
    from p4ir.inference import Interpreter

    make_adapter("tiny-sft", notation="outline")
    output = tmp_path / "merged"
    assert main(["model", "export", str(output), "--dtype", "bfloat16"]) == 0
    interpreter = Interpreter(model=str(output))
    assert (interpreter.notation, interpreter.info) == ("outline", None)
    assert load_base(str(output))[0].dtype == torch.bfloat16


@pytest.mark.parametrize(
    ("place", "problem"),
    [("", "exists: give another name"), ("nowhere/merged", "is no folder that can be written to")],
)
def test_a_folder_that_cannot_be_made_is_named(base, tmp_path, capsys, place, problem):
    arguments = ["model", "export", str(tmp_path / place), "--adapter", "none", "--model", base]
    assert main(arguments) in (1, 2)
    assert problem in capsys.readouterr().err


def test_what_was_written_may_be_read_by_the_user_of_a_server(base, tmp_path):
    output, usual = tmp_path / "merged", tmp_path / "usual"
    usual.mkdir()
    (usual / "file").touch()
    assert main(["model", "export", str(output), "--adapter", "none", "--model", base]) == 0
    assert output.stat().st_mode == usual.stat().st_mode
    modes = {path.name: path.stat().st_mode for path in output.iterdir()}
    assert set(modes.values()) == {(usual / "file").stat().st_mode}, modes


def test_a_full_disk_is_one_line_and_leaves_nothing(base, tmp_path, capsys):
    """A limit on the size of files stops writing the weights as a full disk does."""
    arguments = ["model", "export", str(tmp_path / "merged"), "--adapter", "none", "--model", base]
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, before[1]))
    try:
        assert main(arguments) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "merged could not be written: " in capsys.readouterr().err
    assert not list(tmp_path.glob("merged*"))


def test_what_the_guard_refuses_is_not_exported(make_adapter, tmp_path, capsys):
    adapter = make_adapter("tiny-grpo", notation="outline", stage="grpo")
    report = {"verdict": "failed", "why": "answers became worse", "weights_sha256": {}}
    (adapter / "guard.json").write_text(json.dumps(report))
    assert main(["model", "export", str(tmp_path / "merged"), "--adapter", "grpo"]) == 2
    assert "the guard refuses it: answers became worse" in capsys.readouterr().err
    assert not (tmp_path / "merged").exists()


def test_the_guards_report_goes_with_the_merged_weights(make_adapter, tmp_path):
    adapter = make_adapter("tiny-grpo", notation="outline", stage="grpo")
    report = {"verdict": "overridden", "why": "", "weights_sha256": weights_digests(adapter)}
    (adapter / "guard.json").write_text(json.dumps(report))
    output = tmp_path / "merged"
    assert main(["model", "export", str(output), "--adapter", "grpo"]) == 0
    assert json.loads((output / "guard.json").read_text())["verdict"] == "overridden"
    check_signed_off(output)


def test_an_export_of_an_export_keeps_what_the_first_one_said(make_adapter, tmp_path, capsys):
    adapter = make_adapter("tiny-sft", notation="outline", licence="X")
    (adapter / "LICENSE").write_text("terms")
    first, second = tmp_path / "first", tmp_path / "second"
    assert main(["model", "export", str(first), "--adapter", "sft"]) == 0
    command = ["model", "export", str(second), "--model", str(first), "--dtype", "bfloat16"]
    assert main(command) == 0
    assert (second / "p4ir.json").read_text() == (first / "p4ir.json").read_text()
    assert (second / "LICENSE").read_text() == "terms"


def test_a_model_says_on_which_terms_it_writes(make_adapter, tmp_path, capsys):
    make_adapter("tiny-sft", notation="outline", licence="X")
    output = str(tmp_path / "merged")
    assert main(["model", "export", output]) == 0
    assert main(["interpret", "--model", output, "--beams", "1", "A door."]) in (0, 1)
    said = f"p4ir: {output} without an adapter (X); drafts for expert review"
    assert said in capsys.readouterr().err
