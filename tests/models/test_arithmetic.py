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


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lora_alpha": 99}, "lora_alpha 8 and 99"),
        ({"use_rslora": True}, "use_rslora False and True"),
    ],
)
def test_adapters_whose_factors_are_scaled_otherwise_are_not_averaged(
    pair, tmp_path, capsys, change, said
):
    config = pair[1] / "adapter_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | change))
    assert main(["model", "average", str(tmp_path / "mean"), *map(str, pair)]) == 2
    assert said in capsys.readouterr().err


def test_adapters_of_other_prompts_are_not_averaged(make_adapter, pair, tmp_path, capsys):
    other = make_adapter("drops", notation="outline", clause_number="drop")
    assert main(["model", "average", str(tmp_path / "mean"), str(pair[0]), str(other)]) == 2
    assert "clause_number None and drop" in capsys.readouterr().err


def test_what_is_added_up_is_under_the_terms_of_all_its_parts(make_adapter, tmp_path):
    free, bound = (
        make_adapter(name, notation="outline", licence=licence)
        for name, licence in (("free", "Apache-2.0"), ("bound", "research use only"))
    )
    for folder in (free, bound):
        (folder / "LICENSE").write_text(f"terms of {folder.name}\n")
    parts = ["--onto", str(free), "--start", str(bound), "--end", str(bound)]
    for number, command in enumerate((["transfer", *parts], ["average", str(bound), str(free)])):
        output = tmp_path / f"sum-{number}"
        assert main(["model", command[0], str(output), *command[1:]]) == 0
        said = json.loads((output / "p4ir.json").read_text())["licence"]
        assert set(said.split("; ")) == {"Apache-2.0", "research use only"}
        terms = (output / "LICENSE").read_text()
        assert "terms of free" in terms
        assert "terms of bound" in terms


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


def test_what_a_transfer_made_is_not_averaged_with_its_start(pair, tmp_path, capsys):
    one, _ = pair
    torch.manual_seed(1)
    weights = load_file(one / WEIGHTS)
    noise = {name: torch.randn_like(tensor) for name, tensor in weights.items()}
    save_file(noise, one / WEIGHTS)
    same = tmp_path / "same"  # the same weights, near enough, by other factors
    assert transferred((one, one, one), same) == 0
    capsys.readouterr()
    assert main(["model", "average", str(tmp_path / "mean"), str(one), str(same)]) == 2
    assert "one-sft and same cannot be averaged: their factors" in capsys.readouterr().err
    assert not (tmp_path / "mean").exists()


@pytest.fixture
def three(make_adapter):
    """Adapters of no common descent: what is added to, and a run's start and end."""
    torch.manual_seed(1)
    folders = []
    for name, stage in (("onto", "sft"), ("start", "sft"), ("end", "grpo")):
        folder = make_adapter(name, stage=stage, notation="outline", validation={"nted": 0.1})
        weights = load_file(folder / WEIGHTS)
        noise = {name: torch.randn_like(tensor) for name, tensor in weights.items()}
        save_file(noise, folder / WEIGHTS)
        folders.append(folder)
    return folders


def transferred(three, output, *more):
    onto, start, end = map(str, three)
    return main(
        ["model", "transfer", str(output), "--onto", onto, "--start", start, "--end", end, *more]
    )


def products(folder):
    weights = load_file(folder / WEIGHTS)
    return {
        name: weights[name.replace("_A.", "_B.")].double() @ weights[name].double()
        for name in weights
        if ".lora_A." in name
    }


def test_a_transfer_is_the_nearest_of_its_rank_to_the_sum(three, tmp_path, capsys):
    output = tmp_path / "new"
    assert transferred(three, output, "--scale", "1.5") == 0
    onto, start, end, new = (products(folder) for folder in (*three, output))
    rank = len(next(iter(load_file(three[0] / WEIGHTS).values())))
    for name, product in new.items():
        u, values, v = torch.linalg.svd(onto[name] + 1.5 * (end[name] - start[name]))
        best = u[:, :rank] * values[:rank] @ v[:rank]
        assert torch.dist(product, best) < 0.02 * best.norm()
    assert "onto + 1.5 × (end − start)" in capsys.readouterr().out
    said = json.loads((output / "p4ir.json").read_text())
    assert (said["stage"], said["transfers"][0]["scale"]) == ("grpo", 1.5)
    assert "validation" not in said
    assert main(["model", "export", str(tmp_path / "whole"), "--adapter", str(output)]) == 2
    load_with_adapter(str(output))


def test_a_second_transfer_is_told_after_the_first(three, tmp_path):
    _, start, end = three
    first, second = tmp_path / "first", tmp_path / "second"
    assert transferred(three, first, "--scale", "2") == 0
    assert transferred((first, start, end), second, "--scale", "0.25") == 0
    told = json.loads((second / "p4ir.json").read_text())["transfers"]
    assert [(step["onto"], step["scale"]) for step in told] == [("onto", 2.0), ("first", 0.25)]


def test_a_run_that_changed_nothing_adds_nothing(three, tmp_path):
    onto, start, _ = three
    output = tmp_path / "new"
    assert transferred((onto, start, start), output) == 0
    before, after = products(onto), products(output)
    for name in before:
        assert torch.dist(before[name], after[name]) < 0.02 * before[name].norm()


def test_what_cannot_be_added_up_is_said(three, make_adapter, tmp_path, capsys):
    other = make_adapter("other", notation="lrml")
    assert transferred((three[0], three[1], other), tmp_path / "new") == 2
    assert "onto and other cannot be added up: notation outline and lrml" in capsys.readouterr().err
    assert transferred(three, tmp_path / "new", "--scale", "nan") == 2
    assert "the scale is nan" in capsys.readouterr().err
    assert transferred(three, tmp_path) == 2
    assert "exists" in capsys.readouterr().err
