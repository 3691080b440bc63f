import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from p4ir.cli import main
from p4ir.models import load_with_adapter
from p4ir.models.signoff import stage_of

WEIGHTS = "adapter_model.safetensors"


@pytest.fixture
def pair(make_adapter):
    """Two adapters, the second with twice the weights of the first."""
    one = make_adapter("one-sft", stage="sft", notation="outline", validation={"nted": 0.1})
    two = make_adapter("two-grpo", stage="grpo", notation="outline", validation={"nted": 0.2})
    weights = load_file(one / WEIGHTS)
    save_file({name: 2 * tensor for name, tensor in weights.items()}, two / WEIGHTS)
    return one, two


def test_the_average_is_the_mean_of_each_weight(pair, tmp_path):
    output = tmp_path / "mean"
    assert main(["model", "average", str(output), *map(str, pair)]) == 0
    first, mean = (load_file(folder / WEIGHTS) for folder in (pair[0], output))
    assert first.keys() == mean.keys()
    for name, tensor in first.items():
        assert torch.allclose(mean[name].float(), 1.5 * tensor, rtol=0.01)
    said = json.loads((output / "p4ir.json").read_text())
    assert said["average_of"] == ["one-sft", "two-grpo"]
    assert said["stage"] == "grpo"
    assert "validation" not in said  # those are figures of other weights
    load_with_adapter(str(output))


def test_adapters_that_do_not_go_together_are_named(make_adapter, pair, tmp_path, capsys):
    other = make_adapter("other", notation="lrml")
    output = tmp_path / "mean"
    assert main(["model", "average", str(output), str(pair[0]), str(other)]) == 2
    assert (
        "one-sft and other cannot be averaged: notation outline and lrml" in capsys.readouterr().err
    )
    assert main(["model", "average", str(output), str(pair[0])]) == 2
    assert "two adapters or more" in capsys.readouterr().err
    assert not output.exists()


def test_a_folder_that_exists_is_left_alone(pair, tmp_path, capsys):
    assert main(["model", "average", str(tmp_path), *map(str, pair)]) == 2
    assert f"{tmp_path} exists" in capsys.readouterr().err


def test_a_part_of_stage_two_makes_the_average_one_of_it(pair, tmp_path):
    output = tmp_path / "mean"
    assert main(["model", "average", str(output), *map(str, reversed(pair))]) == 0
    assert stage_of(output) == "grpo"
    assert main(["model", "export", str(tmp_path / "whole"), "--adapter", str(output)]) == 2


def test_adapters_that_say_nothing_of_themselves_can_be_averaged(pair, tmp_path):
    for folder in pair:
        (folder / "p4ir.json").unlink()
    output = tmp_path / "mean"
    assert main(["model", "average", str(output), *map(str, pair)]) == 0
    assert stage_of(output) is None
