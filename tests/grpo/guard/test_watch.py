import errno
import json
import os

import pytest
import torch
from safetensors.torch import load_file

from p4ir.cli import main
from p4ir.errors import ModelError
from p4ir.grpo import training
from p4ir.grpo.guard import watch
from p4ir.grpo.guard.measuring import State, measure
from p4ir.models.signoff import check_signed_off
from tests.grpo.guard.conftest import arguments, one_shot, read_report, read_weights
from tests.grpo.learning import run_and_kill
from tests.shared_data import ROOT

AUDITED = "few_prompts, repeated_prompts"


def same_weights(a, b):
    first, second = read_weights(a), read_weights(b)
    return all(torch.allclose(first[name], second[name], atol=1e-2) for name in second)


def test_an_honest_small_run_passes_and_is_signed(train):
    status, output = train()
    said = read_report(output / "adapter")
    assert (status, said["verdict"], said["findings"], said["stopped"]) == (0, "passed", [], "")
    assert [look["step"] for look in said["watched"]] == [2, 4]
    assert said["watched"][-1]["effective_prompts"] > 4
    assert said["watched"][-1]["kl"] > 0
    assert {change["measure"] for change in said["changes"]} == {"accuracy", "margin", "nted"}
    assert len((output / "guard" / "rows.sha256").read_text().splitlines()) == said["rows"] == 20
    check_signed_off(output / "adapter")
    assert "Verdict: **passed**" in (output / "adapter" / "README.md").read_text()


def test_an_honest_corpus_of_eight_clauses_passes(train):
    status, output = train("corpus.limit=8", "trainer.max_steps=2")
    assert (status, read_report(output / "adapter")["verdict"]) == (0, "passed")


def test_one_prompt_is_refused_before_anything_is_trained(train, tmp_path, capsys):
    status, output = train(one_shot(tmp_path))
    said = read_report(output)
    assert (status, said["verdict"]) == (2, "failed")
    assert [finding["check"] for finding in said["findings"]] == AUDITED.split(", ")
    assert "1 different clauses, limit 8" in capsys.readouterr().err
    assert [path.name for path in output.iterdir()] == ["guard.json"]


def fill_memory(*_):
    raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")


def fill_disk(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("step", "fail", "said"),
    [
        ("judge_data", fill_disk, "the disk is full: free some space and give"),
        ("remember", fill_disk, "the disk is full: free some space and give"),
        ("remember", fill_memory, "the accelerator's memory is full before the first step"),
    ],
)
def test_a_first_look_that_fails_leaves_nothing(train, monkeypatch, capsys, step, fail, said):
    monkeypatch.setattr(watch, step, fail)
    status, output = train()
    assert status != 0
    assert said in capsys.readouterr().err
    assert not output.exists()


def test_one_prompt_is_stopped_the_start_restored_and_export_refused(train, tmp_path, capsys):
    status, output = train(
        one_shot(tmp_path), f"guard.allow=[{AUDITED}]", "guard.window=3", "trainer.max_steps=9"
    )
    said = read_report(output / "adapter")
    assert (status, said["verdict"]) == (1, "failed")
    assert "1.00 effective prompts in the last 3 groups" in said["stopped"]
    assert said["stopped"].startswith("at step 3")
    assert said["restored"] == "the start was restored"
    assert "the guard refuses the adapter: almost all of the learning" in capsys.readouterr().err
    assert same_weights(output / "adapter", output / "guard" / "start")
    with pytest.raises(ModelError, match="almost all of the learning comes from a few prompts"):
        check_signed_off(output / "adapter")


def test_what_is_allowed_by_name_is_trained_and_shown_on_the_card(train, tmp_path):
    status, output = train(
        one_shot(tmp_path), f"guard.allow=[{AUDITED}, concentration]", "guard.window=3"
    )
    said = read_report(output / "adapter")
    assert (status, said["verdict"], said["stopped"]) == (0, "overridden", "")
    assert [each["check"] for each in said["findings"]] == [*AUDITED.split(", "), "concentration"]
    card = (output / "adapter" / "README.md").read_text()
    assert "Allowed by name in the recipe, against the guard:" in card
    assert "- `concentration`: almost all of the learning comes from a few prompts" in card
    assert not same_weights(output / "adapter", output / "guard" / "start")
    check_signed_off(output / "adapter")


def test_a_run_shorter_than_the_window_is_judged_by_the_part_there_is(train, tmp_path):
    status, output = train(one_shot(tmp_path), f"guard.allow=[{AUDITED}]", "trainer.max_steps=8")
    said = read_report(output / "adapter")
    assert (status, said["verdict"], said["stopped"]) == (1, "failed", "")
    assert "1.00 effective prompts in the last 8 groups with signal, limit 2" in said["why"]


@pytest.mark.parametrize(
    ("seen", "check"),
    [
        ({"kl": 0.6}, "drift"),
        ({"entropy": 0.01}, "entropy"),
        ({"margins": -9.0}, "damage"),
    ],
)
def test_a_policy_that_went_wrong_is_put_back_to_its_last_good_checkpoint(
    train, monkeypatch, seen, check
):
    looks = []

    def measured(model, tokenizer, probes, recipe, start):
        now = measure(model, tokenizer, probes, recipe, start)
        looks.append(now)
        values = {**vars(now), "margins": start.margins, "kl": 0.0}
        if len(looks) == 2:
            values |= {**seen, "margins": start.margins + seen.get("margins", 0)}
        return State(**values)

    monkeypatch.setattr(watch, "measure", measured)
    status, output = train("trainer.max_steps=6")
    said = read_report(output / "adapter")
    assert said["stopped"].startswith(f"at step 4: {check}: ")
    assert said["restored"] == "checkpoint-2 was restored"
    assert same_weights(output / "adapter", output / "checkpoints" / "checkpoint-2")
    assert not (output / "checkpoints" / "checkpoint-4").exists()
    # What was put back was good by every check, and may leave.
    assert (status, said["verdict"]) == (0, "passed")
    assert said["findings"][0]["level"] == "warn"


def stored(folder):
    state = load_file(folder / "adapter_model.safetensors")
    return {name: tensor.float() for name, tensor in state.items()}


def rounded_alike(a, b):
    """Say whether weights are those of others, rounded to what an adapter is stored in."""
    return all(torch.equal(a[name], b[name].bfloat16().float()) for name in a.keys() | b.keys())


AVERAGED = ("validation.keep=average", "trainer.max_steps=6", "trainer.learning_rate=0.01")


def test_an_average_of_checkpoints_is_validated_judged_and_signed(train):
    status, output = train(*AVERAGED)
    said = read_report(output / "adapter")
    assert (status, said["verdict"], said["stopped"]) == (0, "passed", "")
    assert [look["step"] for look in said["watched"]] == [2, 4, 6, 6]
    checkpoints = [stored(folder) for folder in (output / "checkpoints").glob("checkpoint-*")]
    assert len(checkpoints) == 3
    mean = {name: sum(each[name] for each in checkpoints) / 3 for name in checkpoints[0]}
    kept = stored(output / "adapter")
    assert rounded_alike(kept, mean)
    assert not any(rounded_alike(kept, each) for each in checkpoints)


def test_an_average_that_is_refused_is_put_back_to_the_last_good_checkpoint(train, monkeypatch):
    looks = []

    def measured(model, tokenizer, probes, recipe, start):
        now = measure(model, tokenizer, probes, recipe, start)
        looks.append(now)
        values = {**vars(now), "margins": start.margins, "kl": 0.6 if len(looks) == 4 else 0.0}
        return State(**values)

    monkeypatch.setattr(watch, "measure", measured)
    scores = iter([0.4, 0.3, 0.2, 0.1])
    metrics = {"nlev": 1, "lrml_f1": 0, "exact": 0, "valid": 1}
    monkeypatch.setattr(training, "validate", lambda *_: {"nted": next(scores), **metrics})
    _, output = train(*AVERAGED)
    said = read_report(output / "adapter")
    assert said["stopped"].startswith("at step 6: drift: ")
    assert said["restored"] == "checkpoint-6 was restored"
    last = stored(output / "checkpoints" / "checkpoint-6")
    assert rounded_alike(stored(output / "adapter"), last)
    described = json.loads((output / "adapter" / "p4ir.json").read_text())
    assert described["validation"]["nted"] == 0.2


def test_a_run_without_the_guard_is_trained_and_cannot_leave(train):
    status, output = train("guard.enabled=false", "trainer.max_steps=1")
    said = read_report(output / "adapter")
    assert (status, said["why"]) == (1, "the guard was switched off (nothing was looked at)")
    with pytest.raises(ModelError, match="switched off"):
        check_signed_off(output / "adapter")


def test_a_run_that_was_killed_goes_on_with_what_the_guard_knew(train, tmp_path):
    """Killed by SIGKILL after its first checkpoint, it is signed like the run that was not."""
    settings = (one_shot(tmp_path), f"guard.allow=[{AUDITED}, concentration]", "guard.window=3",
                "trainer.max_steps=6", "validation.every=4")  # fmt: skip
    _, output = train(*settings, name="whole")
    killed = tmp_path / "killed"
    code = """
import sys
from p4ir.cli import main
from tests.grpo.guard.conftest import ask_few_probes
from tests.grpo.learning import learn_letters
learn_letters()
ask_few_probes()
sys.exit(main())
"""
    command = arguments(killed, *settings)
    run_and_kill(code, command, killed / "checkpoints/checkpoint-4", ROOT)
    assert not (killed / "adapter").exists()
    started = (killed / "guard" / "start.npz").stat().st_mtime_ns
    assert main([*command, "--resume"]) == 0
    assert (killed / "guard" / "start.npz").stat().st_mtime_ns == started
    expected, found = read_report(output / "adapter"), read_report(killed / "adapter")
    for said in (expected, found):
        del said["weights_sha256"]
    # The finding was made at step 3, before the checkpoint that the run went on from.
    assert found["findings"][-1]["check"] == "concentration"
    assert found["watched"][0] == expected["watched"][0]
    assert json.dumps(found["findings"]) == json.dumps(expected["findings"])
    assert [each["bucket"] for each in found["changes"]] == [
        each["bucket"] for each in expected["changes"]
    ]
    for a, b in zip(found["changes"], expected["changes"], strict=True):
        assert a["after"] == pytest.approx(b["after"], abs=1e-3)
