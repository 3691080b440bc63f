import json
from importlib import import_module

import pytest

from p4ir.cli import main
from p4ir.errors import RecipeError, TrainingError
from p4ir.grpo.config import load
from p4ir.models.adapters import read_adapter
from p4ir.rules import parse_rule
from p4ir.training.recipe import recipe_names
from tests.grpo.learning import learn_letters, run_and_kill


def train(output, *settings):
    pairs = [part for setting in settings for part in ("--set", setting)]
    return ["train", "grpo", "grpo/tiny", "--set", f"output={output}", *pairs]


@pytest.mark.parametrize("name", recipe_names("grpo"))
def test_every_shipped_recipe_is_valid(name):
    load(name)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run that nothing interrupted."""
    output = tmp_path_factory.mktemp("trained") / "run"
    assert main(train(output)) == 0
    return output


def test_the_tiny_recipe_trains_an_adapter_that_plain_peft_loads(trained):
    from peft import PeftModel

    from p4ir.models import load_base

    model = PeftModel.from_pretrained(load_base("tiny-random")[0], str(trained / "adapter"))
    assert list(model.peft_config) == ["default"]
    checkpoint = trained / "checkpoints/checkpoint-4"
    assert read_adapter(checkpoint).notation == read_adapter(trained / "adapter").notation
    state = json.loads((checkpoint / "trainer_state.json").read_text())
    logged = set().union(*state["log_history"])
    assert {"reward", "frac_no_signal", "reward_seconds", "rollout_seconds", "eval_nted"} <= logged


def test_the_reward_rises_on_a_task_that_can_be_learned(tmp_path, monkeypatch):
    from p4ir.grpo.training import train as run

    learn_letters(monkeypatch.setattr, monkeypatch.setitem)
    recipe = load("grpo/tiny", [
        f"output={tmp_path / 'run'}", "rewards={tree_similarity: 1}", "trainer.max_steps=32",
        "trainer.per_device_train_batch_size=32", "trainer.num_generations=8",
        "trainer.learning_rate=0.05", "validation.every=32", "validation.limit=1",
        "guard.enabled=false",  # which rightly stops a policy that writes letters
    ])  # fmt: skip
    result = run(recipe)
    state = next(result.output.glob("checkpoints/checkpoint-32/trainer_state.json"))
    history = json.loads(state.read_text())["log_history"]
    curve = [entry["reward"] for entry in history if "reward" in entry]
    assert sum(curve[-5:]) / 5 > 1.5 * sum(curve[:5]) / 5


def test_floats_too_small_to_be_reckoned_with_fast_are_zeros_while_it_trains(tmp_path, monkeypatch):
    import torch

    if not torch.set_flush_denormal(True):
        pytest.skip("this processor cannot")
    torch.set_flush_denormal(False)
    small = torch.full((2,), 1e-30)
    module, products = import_module("p4ir.grpo.training"), []

    def look(*_):
        products.append((small * 1e-10).sum().item())
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "run_to_the_end", look)
    with pytest.raises(KeyboardInterrupt):
        module.train(load("grpo/tiny", [f"output={tmp_path / 'run'}"]))
    assert products == [0]
    assert (small * 1e-10).sum().item() > 0


def test_when_every_completion_is_cut_it_says_so_with_the_remedy(tmp_path):
    from p4ir.grpo.training import train as run

    recipe = load("grpo/tiny", [
        f"output={tmp_path / 'run'}", "trainer.max_steps=20", "trainer.max_completion_length=1",
        "validation.every=20", "validation.limit=1", "validation.max_new_tokens=1",
    ])  # fmt: skip
    with pytest.raises(TrainingError, match="raise trainer"):
        run(recipe)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("trainer.num_generations=3", "groups of 3"),
        ("trainer.num_generations=1", "needs 2 completions or more"),
        ("rewards={tre_similarity: 1}", "rewards.tre_similarity is not known"),
        ("rewards={}", "at least one"),
        ("rewards.validity=-1", "rewards.validity is -1, expected a finite number of 0 or more"),
        ("rewards.validity=much", "rewards.validity is 'much', expected a finite number"),
        ("trainer.temperature=0", "trainer.temperature is 0, expected more than 0"),
        ("min_spread=-1", "min_spread is -1.0, expected at least 0"),
        ("lora=null", "give adapter"),
        ("trainer.loss=dapo", "unknown key trainer.loss"),
        ("constrained=maybe", "constrained is 'maybe', expected bool"),
        ("trainer.min_p=1.5", "trainer.min_p is 1.5, not a number from 0 to 1"),
        ("trainer.top_p=0.9", "trainer.top_p: rollouts by transformers"),
        ("trainer.top_k=5", "trainer.top_k: rollouts by transformers"),
        ("trainer.repetition_penalty=1.1", "trainer.repetition_penalty: rollouts by transformers"),
        ("trainer.generation_kwargs={top_p: 0.9}", "trainer.generation_kwargs: rollouts by"),
    ],
)
def test_what_cannot_work_is_said_before_anything_is_loaded(setting, message):
    with pytest.raises(RecipeError) as error:
        load("grpo/tiny", [setting])
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("notation=skeleton", "skeleton has no grammar; outline, lrml, json have"),
        ("trainer.use_vllm=true", "only with rollouts by transformers in a single process"),
    ],
)
def test_what_rollouts_cannot_be_held_to_is_said_too(setting, message):
    with pytest.raises(RecipeError) as error:
        load("grpo/tiny", ["constrained=true", setting])
    assert message in str(error.value)


def test_vllm_draws_as_trl_has_it():
    assert load("grpo/tiny", ["trainer.use_vllm=true", "trainer.top_p=0.9"]).trainer["top_p"] == 0.9


def test_rollouts_held_to_the_notation_are_rules_that_can_be_scored(tmp_path):
    from p4ir.grpo.training import train as run

    recipe = load("grpo/tiny", [
        f"output={tmp_path / 'run'}", "constrained=true", "trainer.max_steps=2",
        "trainer.max_completion_length=40", "validation.every=2", "validation.limit=1",
        "validation.max_new_tokens=1",
    ])  # fmt: skip
    result = run(recipe)
    state = next(result.output.glob("checkpoints/checkpoint-2/trainer_state.json"))
    history = json.loads(state.read_text())["log_history"]
    assert all(0 < entry["frac_steered"] <= 1 for entry in history if "reward" in entry)
    samples = (result.output / "samples.jsonl").read_text().splitlines()
    assert all(parse_rule(json.loads(line)["completion"], recipe.notation) for line in samples)


def test_with_a_min_p_of_1_only_the_likeliest_token_is_drawn(make_trainer):
    trainer = make_trainer("trainer.min_p=1.0", "trainer.temperature=2.0")
    prompt = trainer.processing_class("A door.\n")["input_ids"]
    found = trainer.roll_out(trainer.model.eval(), [prompt] * 4).completions
    assert len({tuple(completion) for completion in found}) == 1


def test_a_group_need_not_divide_the_batch_of_an_evaluation_that_is_not_trl_s(make_trainer):
    trainer = make_trainer("trainer.per_device_train_batch_size=12", "trainer.num_generations=12")
    assert trainer.args.per_device_eval_batch_size == 12


def test_fewer_clauses_than_a_batch_needs_are_refused(tmp_path, capsys):
    settings = ("corpus.limit=1", "trainer.num_generations=2")
    assert main(train(tmp_path / "run", *settings)) == 2
    said = "a generation batch needs 4 clauses, and the corpus has 1 to train on"
    assert said in capsys.readouterr().err


def test_when_no_group_has_spread_it_says_so_with_the_remedy(tmp_path, monkeypatch):
    from p4ir.grpo import rewards
    from p4ir.grpo.training import train as run

    def even_reward(completions, **_):
        return [0.5] * len(completions)

    monkeypatch.setitem(rewards.REWARDS, "tree_similarity", even_reward)
    monkeypatch.setattr(import_module("p4ir.grpo.trainer"), "is_cut", lambda ids, ends: False)
    recipe = load("grpo/tiny", [
        f"output={tmp_path / 'run'}", "rewards={tree_similarity: 1}", "trainer.max_steps=20",
        "validation.every=20", "validation.limit=1", "validation.max_new_tokens=1",
    ])  # fmt: skip
    with pytest.raises(TrainingError, match=r"the same rewards .* has not seen"):
        run(recipe)


def test_every_completion_is_kept_with_its_rewards(trained):
    lines = [json.loads(line) for line in (trained / "samples.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [step for step in range(4) for _ in range(8)]
    for line in lines:
        assert set(line["rewards"]) == {
            "tree_similarity_reward", "token_similarity_reward", "validity_reward"
        }  # fmt: skip
        assert line["id"].startswith("tiny-")


def weights(output):
    from safetensors.torch import load_file

    return load_file(output / "adapter" / "adapter_model.safetensors")


def test_a_run_that_was_killed_resumes_to_the_same_end(trained, tmp_path):
    """Killed by SIGKILL after its first checkpoint, it ends like the run that was not."""
    import torch

    output = tmp_path / "killed"
    code = "import sys; from p4ir.cli import main; sys.exit(main())"
    run_and_kill(code, train(output), output / "checkpoints/checkpoint-2")
    assert not (output / "adapter").exists()
    assert main([*train(output), "--resume"]) == 0
    expected = weights(trained)
    for name, found in weights(output).items():
        assert torch.allclose(found.float(), expected[name].float(), atol=1e-6), name
    samples = "samples.jsonl"
    assert (output / samples).read_text() == (trained / samples).read_text()
