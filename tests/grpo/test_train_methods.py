"""Each method through the command line: trained, killed, resumed, its adapter loaded."""

import json
import multiprocessing
import os
import signal
import time
from importlib import import_module
from unittest import mock

import pytest
import torch

from p4ir.cli import main
from p4ir.grpo.rewards import REWARDS
from tests.grpo.learning import letters_reward

CHOICES = [
    ("grpo",),
    ("gspo",),
    ("rredcot",),
    ("ads",),
    ("ppo",),
    ("n_grpo",),
    ("cora",),
    ("length_neutral",),
    ("reference",),
    ("rredcot", "n_grpo", "ads", "dapo"),
]


def learn(command):
    """Run a command with that reward; completions are never cut, and no curves are drawn."""
    train = import_module("p4ir.grpo.training")
    with (
        mock.patch.dict(REWARDS, tree_similarity=letters_reward),
        mock.patch("p4ir.grpo.trainer.is_cut", return_value=False),
        mock.patch.object(train, "draw_curves"),
    ):
        return main(command)


def arguments(output, methods, *settings):
    chosen = [part for method in methods for part in ("--method", method)]
    quick = ("validation.limit=1", "validation.max_new_tokens=2", "options.ppo.warm_up=1",
             "rewards={tree_similarity: 1, consistency: 0}", *settings)  # fmt: skip
    pairs = [part for setting in quick for part in ("--set", setting)]
    return ["train", "grpo", "grpo/tiny", *chosen, "--set", f"output={output}", *pairs]


@pytest.fixture(scope="module")
def processes():
    """Processes that have loaded the libraries already; each is a fork of one that has."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["p4ir.grpo.training"])
    return context


def train_and_kill(processes, command, checkpoint):
    """Train in another process and kill it as soon as it has written a checkpoint."""
    process = processes.Process(target=learn, args=(command,))
    process.start()
    deadline = time.monotonic() + 120
    while not (checkpoint / "trainer_state.json").exists():
        assert time.monotonic() < deadline
        assert process.is_alive(), "it ended before there was anything to kill"
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.join()


def weights(output):
    from safetensors.torch import load_file

    return load_file(output / "adapter" / "adapter_model.safetensors")


@pytest.mark.parametrize("methods", CHOICES, ids="+".join)
def test_a_killed_run_resumes_to_the_same_end(methods, processes, tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert learn(arguments(whole, methods)) == 0
    train_and_kill(processes, arguments(killed, methods), killed / "checkpoints/checkpoint-2")
    assert not (killed / "adapter").exists()
    assert learn([*arguments(killed, methods), "--resume"]) == 0
    expected = weights(whole)
    for name, found in weights(killed).items():
        assert torch.allclose(found.float(), expected[name].float(), atol=1e-6), name
    samples = "samples.jsonl"
    assert (killed / samples).read_text() == (whole / samples).read_text()
    check_loads(whole / "adapter")


def check_loads(adapter):
    from peft import PeftModel

    from p4ir.models import load_base

    model = PeftModel.from_pretrained(load_base("tiny-random")[0], str(adapter))
    assert list(model.peft_config) == ["default"]
    assert any(weight.any() for name, weight in model.named_parameters() if "lora_B" in name)
    assert json.loads((adapter / "p4ir.json").read_text())["stage"] == "grpo"


STEADY = ("trainer.lr_scheduler_type=constant",)
"""Weights move to the last step, so that a step too many is seen."""


def state_of(output):
    checkpoints = sorted(path.name for path in (output / "checkpoints").iterdir())
    return checkpoints, (output / "samples.jsonl").read_text(), weights(output)


def assert_same(found, expected):
    assert found[:2] == expected[:2]
    for name, weight in found[2].items():
        assert torch.equal(weight, expected[2][name]), name


@pytest.mark.parametrize("keep", ["best", "last", "average"])
def test_a_run_at_its_end_is_not_trained_further(keep, tmp_path):
    command = arguments(tmp_path / "run", ["grpo"], *STEADY, f"validation.keep={keep}")
    assert learn(command) == 0
    before = state_of(tmp_path / "run")
    assert learn([*command, "--resume"]) == 0
    assert_same(state_of(tmp_path / "run"), before)


def interrupted_after(step):
    """Press Ctrl-C in a step, once."""
    from p4ir.training.loop import Interruption

    after_a_step = Interruption.on_step_end

    def press(self, args, state, control, **more):
        self.asked |= state.global_step == step
        after_a_step(self, args, state, control, **more)

    return mock.patch.object(Interruption, "on_step_end", press)


def test_an_average_is_of_the_same_checkpoints_after_an_interruption(tmp_path):
    settings = (*STEADY, "validation.keep=average")
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert learn(arguments(whole, ["grpo"], *settings)) == 0
    with interrupted_after(3):
        assert learn(arguments(broken, ["grpo"], *settings)) == 130
    assert learn([*arguments(broken, ["grpo"], *settings), "--resume"]) == 0
    for name, weight in weights(broken).items():
        assert torch.equal(weight, weights(whole)[name]), name


def test_patience_lasts_through_an_interruption_and_after_the_end(tmp_path):
    settings = (*STEADY, "patience=2", "validation.every=1", "trainer.max_steps=6")
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert learn(arguments(whole, ["grpo"], *settings)) == 0
    with interrupted_after(2):
        assert learn(arguments(broken, ["grpo"], *settings)) == 130
    for _ in range(2):  # the second time there is nothing left to do
        assert learn([*arguments(broken, ["grpo"], *settings), "--resume"]) == 0
        assert_same(state_of(broken), state_of(whole))
    assert len((whole / "samples.jsonl").read_text().splitlines()) < 6 * 8
