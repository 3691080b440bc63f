from pathlib import Path

import pytest

from p4ir.errors import RecipeError
from p4ir.grpo.config import load as load_grpo
from p4ir.sft.config import SftRecipe, load
from p4ir.training.recipe import load_recipe, recipe_names, to_yaml


@pytest.mark.parametrize("name", recipe_names("sft"))
def test_every_shipped_recipe_is_valid_and_opens_with_what_it_is_for(name):
    load(name)
    text = (Path("p4ir/recipes") / f"{name}.yaml").read_text()
    head = text.split("\nmodel:")[0]
    for word in ("# Purpose:", "# Hardware:", "Duration:", "# Command:", "# Figure reached:"):
        assert word in head


def test_settings_change_nested_keys_and_read_numbers():
    recipe = load(
        "sft/tiny",
        ["trainer.learning_rate=1e-4", "corpus.paraphrases=true", "output=here", "lora.r=2"],
    )
    assert recipe.trainer["learning_rate"] == 1e-4
    assert recipe.corpus.paraphrases is True
    assert (recipe.output, recipe.lora["r"]) == ("here", 2)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["modle=x"], "unknown key modle (did you mean model?)"),
        (["corpus.pth=x"], "unknown key corpus.pth (did you mean path?)"),
        (["seed=zero"], "seed is 'zero', expected int"),
        (["validation.metric=loss"], "validation.metric is 'loss', expected nted or nlev"),
        (["notation=lrlm"], "notation is 'lrlm' (did you mean lrml?); there are lrml, json"),
        (["=5"], "--set =5: expected key=value"),
        (["trainer..seed=5"], "--set trainer..seed=5: expected key=value"),
        (["corpus.paraphrases=1"], "corpus.paraphrases is 1, expected bool"),
        (
            ["trainer.learning_rat=1"],
            "unknown key trainer.learning_rat (did you mean learning_rate?)",
        ),
        (["trainer.output_dir=x"], "trainer.output_dir is set by p4ir"),
        (["nonsense"], "expected key=value"),
        (["model.deeper=1"], "model holds no keys"),
        (["lora.rr=1"], "unknown key lora.rr"),
        (["lora.r=many"], "lora.r is 'many', expected int"),
        (["lora.task_type=x"], "lora.task_type is set by p4ir"),
        (["trainer.learning_rate=fast"], "trainer.learning_rate is 'fast', expected float"),
        (["trainer.max_length=1.5"], "trainer.max_length is 1.5, expected int or null"),
        (["corpus.limit=0"], "corpus.limit is 0, expected at least 1"),
        (["validation.batch_size=-1"], "validation.batch_size is -1, expected at least 1"),
        (["validation.every=0"], "validation.every is 0.0, expected more than 0"),
        (["trainer.learning_rate=-1"], "trainer.learning_rate is -1, expected more than 0"),
        (["trainer.learning_rate=.inf"], "trainer.learning_rate is inf, expected more than 0"),
        (["trainer.per_device_train_batch_size=0"], "train_batch_size is 0, expected at least 1"),
        (["lora.r=0"], "lora.r is 0, expected at least 1"),
        (["lora.lora_dropout=1"], "lora.lora_dropout is 1, expected at least 0 and less than 1"),
        (["seed=-1"], "seed is -1, expected 0 to 4294967295"),
        (["trainer.lr_scheduler_type=foo"], "lr_scheduler_type is 'foo'; there are linear, cosine"),
        (["trainer.optim=adamw_torhc"], "is 'adamw_torhc' (did you mean adamw_torch?)"),
        (["trainer.num_train_epochs=0"], "trainer.num_train_epochs is 0, expected more than 0"),
        (["trainer.num_train_epochs=-1", "trainer.max_steps=0"], "or set trainer.max_steps"),
        (["validation.keep=average", "lora=null"], "average is of adapters"),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_meant(settings, message):
    with pytest.raises(RecipeError) as error:
        load("sft/tiny", settings)
    assert message in str(error.value)


def test_epochs_mean_nothing_where_steps_are_counted():
    recipe = load("sft/tiny", ["trainer.num_train_epochs=0", "trainer.max_steps=2"])
    assert recipe.trainer["max_steps"] == 2


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(RecipeError) as error:
        load("sft/tiny", ["modle=x", "seed=zero"])
    assert "modle" in str(error.value)
    assert "seed" in str(error.value)


def test_a_size_of_a_group_that_is_no_number_is_named():
    with pytest.raises(RecipeError, match="num_generations is 'many', expected a whole number"):
        load_grpo("grpo/tiny", ["trainer.num_generations=many"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model: [", "is no YAML"),
        ("just text", "holds no keys and values"),
        ("modle: x", "did you mean model?"),
        ("1: x", "unknown key 1"),
        ("trainer: {2: x}", "unknown key trainer.2"),
        ("corpus: clauses.csv", "corpus is 'clauses.csv', expected CorpusOptions"),
        ("\0", "is no YAML"),
    ],
)
def test_a_recipe_of_ones_own_is_checked(tmp_path, text, message):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(RecipeError, match=message.replace("?", r"\?")):
        load(str(path))


def test_numbers_with_an_exponent_are_numbers_as_everywhere_else(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("model: tiny-random\ntrainer:\n  learning_rate: 1e-4\n  adam_epsilon: 5E-8\n")
    assert load(str(path)).trainer == {"learning_rate": 1e-4, "adam_epsilon": 5e-8}
    names = ["trainer.learning_rate=.5e-3", "output=nan", "trainer.run_name=1e"]
    recipe = load(str(path), names)
    assert (recipe.trainer["learning_rate"], recipe.output) == (5e-4, "nan")
    assert recipe.trainer["run_name"] == "1e"


def test_a_missing_recipe_names_the_nearest():
    with pytest.raises(RecipeError, match="did you mean sft/tiny"):
        load("sft/tyni")


def test_the_resolved_recipe_reads_back_as_itself(tmp_path):
    recipe = load("sft/tiny")
    path = tmp_path / "recipe.yaml"
    path.write_text(to_yaml(recipe))
    assert load_recipe(SftRecipe, str(path), "sft") == recipe
