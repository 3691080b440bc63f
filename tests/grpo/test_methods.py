import pytest

from p4ir.errors import RecipeError
from p4ir.grpo.config import load
from p4ir.grpo.methods import METHODS, trainer_class
from p4ir.grpo.trainer import Trainer


def tiny(*settings):
    return load("grpo/tiny", settings)


@pytest.mark.parametrize("name", METHODS)
def test_each_method_makes_a_recipe_that_trl_accepts(name, tmp_path):
    from trl import GRPOConfig

    recipe = tiny(f"method={name}")
    config = GRPOConfig(**recipe.trainer, output_dir=str(tmp_path), use_cpu=True, report_to=[])
    for option, needed in METHODS[name].needs.items():
        assert getattr(config, option) == needed


def test_without_a_method_the_recipe_is_as_it_stands():
    recipe = tiny()
    assert recipe.method == []
    assert recipe.trainer["loss_type"] == "dr_grpo"
    assert trainer_class(recipe) is Trainer


def test_a_method_of_the_command_line_goes_before_the_recipe_and_settings_before_both():
    assert tiny("method=dapo").trainer["epsilon_high"] == 0.28
    assert tiny("method=dapo").trainer["scale_rewards"] == "group"
    recipe = tiny("method=dapo", "trainer.epsilon_high=0.3", "trainer.scale_rewards=none")
    assert recipe.trainer["epsilon_high"] == 0.3
    assert recipe.trainer["scale_rewards"] == "none"


def test_a_recipe_that_names_its_method_goes_before_what_is_usual(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "model: tiny-random\nmethod: cispo\nlora: {r: 4}\ntrainer: {epsilon_high: 3.0, beta: 0.1}\n"
    )
    trainer = load(str(path)).trainer
    assert (trainer["loss_type"], trainer["epsilon_high"], trainer["beta"]) == ("cispo", 3.0, 0.1)


@pytest.mark.parametrize("name", METHODS)
def test_a_resolved_recipe_reads_as_itself(name, tmp_path):
    from p4ir.training.recipe import to_yaml

    recipe = tiny(f"method={name}")
    (tmp_path / "recipe.yaml").write_text(to_yaml(recipe))
    assert load(str(tmp_path / "recipe.yaml")) == recipe


def test_gspo_takes_four_steps_of_each_generation():
    assert tiny("method=gspo").trainer["steps_per_generation"] == 4
    two = tiny("method=gspo", "trainer.gradient_accumulation_steps=2")
    assert two.trainer["steps_per_generation"] == 8


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["method=gspa"], "method gspa is not known (did you mean gspo?)"),
        (["method=[gspo, gspo]"], "method gspo is named twice"),
        (["method=[gspo, dapo]"], "methods gspo and dapo both decide the loss"),
        (["method=gspo", "trainer.steps_per_generation=1"], "method gspo has no effect"),
        (["method=gspo", "trainer.loss_type=dapo"], "is dapo, method gspo needs grpo"),
        (["method=[gspo, rredcot]"], "method rredcot gives each token its own credit"),
        (["method=rredcot", "rewards={validity: 1}"], "shapes the reward tree_similarity"),
        (["method=rredcot", "options.rredcot.max_segments=1"], "max_segments is 1"),
        (["method=rredcot", "options.rredcot.credit=own"], "options.rredcot.credit is 'own'"),
        (["options.rredcott.weight=1"], "unknown key options.rredcott (did you mean rredcot?)"),
        (["method=[rredcot, cora]"], "methods rredcot and cora both decide the advantages"),
        (["method=[ppo, rredcot]"], "methods ppo and rredcot both decide the advantages"),
        (["method=[ppo, gspo]"], "methods ppo and gspo both decide the loss"),
        (["method=ppo", "trainer.num_iterations=1"], "clips a ratio that is 1"),
        (["method=ppo", "options.ppo.gae_lambda=1.1"], "gae_lambda is 1.1, expected 0 to 1"),
        (["method=ads", "trainer.max_steps=-1"], "set trainer.max_steps"),
        (["method=ads", "options.ads.active=3"], "does not divide the 2 prompts"),
        (["method=ads", "options.ads.band=0.6"], "band is 0.6, expected 0 to 0.5"),
        (["method=n_grpo", "trainer.use_vllm=true"], "needs rollouts by transformers"),
        (["method=reference", "trainer.use_vllm=true"], "needs rollouts by transformers"),
        (["method=[reference, length_neutral]"], "do not combine it with reference"),
        (["method=[ads, reference]"], "do not combine it with reference"),
        (["method=n_grpo", "options.n_grpo.candidates=1"], "expected at least 2"),
        (["method=cora", "rewards={consistency: 1}"], "a reward of the task beside consistency"),
        (["method=cora", "options.cora.decay_from=0.05"], "at least options.cora.warm_up (0.1)"),
        (["drafts=true", "constrained=true"], "no grammar has drafts"),
        (["method=7"], "method is 7"),
        (["method=gspo", "trainer=7"], "trainer is 7"),
    ],
)
def test_what_does_not_combine_is_refused_with_the_reason(settings, message):
    with pytest.raises(RecipeError) as error:
        tiny(*settings)
    assert message in str(error.value)


def test_cora_has_the_consistency_computed_and_left_out_of_the_sum():
    assert tiny("method=cora").rewards["consistency"] == 0
    assert tiny("method=cora", "rewards.consistency=0.5").rewards["consistency"] == 0.5
    assert "consistency" not in tiny("method=grpo").rewards


def test_methods_of_stage_two_are_no_matter_of_stage_one(capsys):
    from p4ir.cli import main

    assert main(["train", "sft", "sft/tiny", "--method", "gspo"]) == 2
    assert "--method belongs to stage grpo" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("grpo", {"loss_type": "grpo", "beta": 0.04, "epsilon": 0.2, "scale_rewards": "group"}),
        ("dr_grpo", {"loss_type": "dr_grpo", "beta": 0.0, "scale_rewards": "none"}),
        ("dapo", {"loss_type": "dapo", "beta": 0.0, "epsilon": 0.2, "epsilon_high": 0.28}),
        ("bnpo", {"loss_type": "bnpo", "importance_sampling_level": "token"}),
        ("cispo", {"loss_type": "cispo", "epsilon_high": 5.0, "beta": 0.0}),
        ("sapo", {"sapo_temperature_pos": 1.0, "sapo_temperature_neg": 1.05}),
        ("luspo", {"importance_sampling_level": "sequence", "epsilon": 3e-4}),
        ("vespo", {"importance_sampling_level": "token", "vespo_k_pos": 2.0,
                   "vespo_lambda_pos": 3.0, "vespo_k_neg": 3.0, "vespo_lambda_neg": 2.0}),
        ("gspo", {"loss_type": "grpo", "importance_sampling_level": "sequence", "beta": 0.0,
                  "epsilon": 3e-4, "epsilon_high": 4e-4}),
        ("ppo", {"loss_type": "bnpo", "importance_sampling_level": "token", "beta": 0.02,
                 "num_iterations": 2, "epsilon": 0.2}),
    ],
)  # fmt: skip
def test_each_method_has_the_settings_of_its_paper(name, settings):
    trainer = tiny(f"method={name}").trainer
    assert {option: trainer.get(option) for option in settings} == settings
