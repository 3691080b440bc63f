import json
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest

from p4ir.cli import main
from p4ir.models.adapters import read_adapter

EPOCHS = 6


def train(output, *more):
    return ["train", "sft", "sft/tiny", "--set", f"output={output}",
            "--set", f"trainer.num_train_epochs={EPOCHS}", *more]  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that nothing interrupted."""
    output = tmp_path_factory.mktemp("whole") / "run"
    assert main(train(output)) == 0
    return output


def weights(output):
    from safetensors.torch import load_file

    return load_file(output / "adapter" / "adapter_model.safetensors")


def history(output):
    newest = max(output.glob("checkpoints/checkpoint-*"), key=lambda p: int(p.name.split("-")[1]))
    return json.loads((newest / "trainer_state.json").read_text())["log_history"]


def test_the_loss_falls(whole):
    losses = [entry["loss"] for entry in history(whole) if "loss" in entry]
    assert sum(losses[-5:]) < sum(losses[:5]) - 0.1


def test_the_run_says_what_it_was_made_of(whole):
    manifest = json.loads((whole / "run.json").read_text())
    assert manifest["clauses"] == {"train": 20, "validation": 4}
    assert len(manifest["data"]["train"]) == 64
    assert manifest["versions"]["trl"]
    assert "num_train_epochs: 6" in (whole / "recipe.yaml").read_text()
    assert (whole / "curves.png").stat().st_size > 5000
    assert list((whole / "tensorboard").iterdir())


def test_a_checkpoint_can_be_used_as_an_adapter(whole):
    adapter = read_adapter(whole / "adapter")
    for checkpoint in whole.glob("checkpoints/checkpoint-*"):
        found = read_adapter(checkpoint)
        assert (found.base, found.notation) == (adapter.base, adapter.notation)
        assert found.details == {k: v for k, v in adapter.details.items() if k != "validation"}
        config = json.loads((checkpoint / "adapter_config.json").read_text())
        assert config["base_model_name_or_path"] == adapter.base


def test_rules_are_generated_and_scored_at_each_validation(whole):
    scored = [entry for entry in history(whole) if "eval_nted" in entry]
    assert len(scored) == EPOCHS
    assert all(0 <= entry["eval_nted"] <= 1 for entry in scored)


def test_the_adapter_loads_with_plain_peft_on_the_unmodified_base(whole):
    import torch
    from peft import PeftModel

    from p4ir.models import load_base

    base, tokenizer = load_base("tiny-random")
    inputs = tokenizer("A door.", return_tensors="pt")
    with torch.no_grad():
        before = base(**inputs).logits
        tuned = PeftModel.from_pretrained(base, str(whole / "adapter"))
        after = tuned(**inputs).logits
    assert not torch.allclose(before, after, atol=1e-3)
    assert {t.dtype for t in weights(whole).values()} == {torch.bfloat16}


def test_a_killed_run_resumed_ends_like_one_that_was_not(whole, tmp_path):
    """The tolerance is that of bfloat16, in which adapters are stored: none was needed."""
    import torch

    output = tmp_path / "run"
    command = [sys.executable, "-c", "from p4ir.cli import main; import sys; sys.exit(main())"]
    process = subprocess.Popen(
        [*command, *train(output)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while not (output / "checkpoints/checkpoint-5/trainer_state.json").exists():
        assert process.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (output / "adapter").exists()
    assert main(train(output, "--resume")) == 0
    resumed, uninterrupted = weights(output), weights(whole)
    assert resumed.keys() == uninterrupted.keys()
    for name, tensor in uninterrupted.items():
        assert torch.equal(resumed[name], tensor), name


def test_a_run_is_never_written_over(whole, capsys):
    assert main(train(whole)) == 2
    assert "--resume" in capsys.readouterr().err


def test_a_run_is_not_resumed_with_other_data(whole, capsys):
    assert main(train(whole, "--set", "corpus.limit=5", "--resume")) == 2
    assert "other data" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["corpus.path=null"], "names no corpus"),
        (["corpus.path=nowhere.csv"], "nowhere.csv"),
        (["corpus.train_split=tests"], "set corpus.train_split"),
        (["corpus.hold_out_documents=[elsewhere]"], "no clause of elsewhere"),
        (["model=./nowhere"], "no such folder"),
        (["output=/proc/nowhere"], "cannot write"),
        (["lora.target_modules=foo"], "look at lora.target_modules of the recipe"),
        (["trainer.lr_scheduler_kwargs={foo: 1}"], "look at lora or trainer of the recipe"),
    ],
)
def test_what_is_missing_or_refused_is_one_line(tmp_path, capsys, more, message):
    settings = [part for setting in more for part in ("--set", setting)]
    assert main([*train(tmp_path / "run"), *settings]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.strip().splitlines()) == 1
    assert "Traceback" not in error
    assert not (tmp_path / "run").exists()


def test_training_goes_on_from_an_adapter(whole, tmp_path, capsys):
    output = tmp_path / "further"
    assert main([*train(output), "--set", f"adapter={whole / 'adapter'}"]) == 0
    before = [entry["loss"] for entry in history(whole) if "loss" in entry]
    after = [entry["loss"] for entry in history(output) if "loss" in entry]
    assert after[0] < before[0] - 0.1
    assert set(weights(output)) == set(weights(whole))
    assert main([*train(tmp_path / "none"), "--set", "adapter=./nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_the_terms_of_what_training_began_with_go_with_what_it_made(whole, tmp_path):
    start, output = tmp_path / "start", tmp_path / "on"
    shutil.copytree(whole / "adapter", start)
    said = json.loads((start / "p4ir.json").read_text())
    (start / "p4ir.json").write_text(json.dumps({**said, "licence": "X"}))
    (start / "LICENSE").write_text("the terms")
    assert main(train(output, "--set", f"adapter={start}", "--set", "trainer.max_steps=1")) == 0
    said = json.loads((output / "adapter" / "p4ir.json").read_text())
    assert said["start"] == "start"
    assert said["licence"].startswith("X (of start, which it began as); ")
    assert (output / "adapter" / "LICENSE").read_text() == "the terms"
    terms = [file.read_text() for file in output.glob("checkpoints/checkpoint-*/LICENSE")]
    assert terms == ["the terms"]
    assert "Began as: start; terms: X" in (output / "adapter" / "README.md").read_text()


def test_an_average_is_of_all_checkpoints_and_is_what_is_validated(tmp_path, monkeypatch):
    import torch
    from safetensors.torch import load_file

    module, validated = import_module("p4ir.sft.train"), []

    def look(model, *_):
        validated.append(
            {n: p.detach().clone() for n, p in model.named_parameters() if "lora" in n}
        )
        return {"nted": 1 / len(validated), "nlev": 1, "lrml_f1": 0, "exact": 0, "valid": 0}

    monkeypatch.setattr(module, "validate", look)
    output = tmp_path / "run"
    constant = ["trainer.lr_scheduler_type=constant", "validation.keep=average"]
    assert main([*train(output), *(part for each in constant for part in ("--set", each))]) == 0
    files = list(output.glob("checkpoints/checkpoint-*/adapter_model.safetensors"))
    states = [load_file(file) for file in files]
    assert len(states) == EPOCHS
    assert len(validated) == EPOCHS + 1
    for name, tensor in weights(output).items():
        mean = sum(state[name].double() for state in states) / EPOCHS
        assert torch.equal(tensor, mean.float().bfloat16()), name
        scored = validated[-1][name.replace(".weight", ".default.weight")]
        assert torch.equal(scored, mean.float()), name
    described = json.loads((output / "adapter" / "p4ir.json").read_text())
    assert described["validation"]["nted"] == round(1 / (EPOCHS + 1), 4)


def test_paraphrases_double_what_is_trained_on():
    from p4ir.sft.config import load
    from p4ir.sft.data import training_pairs
    from p4ir.training.data import load_clauses

    plain, doubled = load("sft/tiny"), load("sft/tiny", ["corpus.paraphrases=true"])
    records, _ = load_clauses(plain.corpus)
    assert len(training_pairs(records, doubled)) == 2 * len(training_pairs(records, plain))


def test_recipes_need_no_working_folder(monkeypatch, tmp_path):
    from p4ir.sft.config import load

    monkeypatch.chdir(tmp_path)
    assert load("sft/tiny").model == "tiny-random"
    assert not list(Path(tmp_path).iterdir())
