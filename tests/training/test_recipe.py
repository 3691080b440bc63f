from pathlib import Path

import pytest

from p4ir.errors import RecipeError
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
        (["validation.metric=loss"], "validation.metric is 'loss'"),
        (["corpus.paraphrases=1"], "corpus.paraphrases is 1, expected bool"),
        (["trainer.learning_rat=1"], "unknown key trainer.learning_rat (did you mean learning_rate?)"),
        (["trainer.output_dir=x"], "trainer.output_dir is set by p4ir"),
        (["nonsense"], "expected key=value"),
        (["model.deeper=1"], "model holds no keys"),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_meant(settings, message):
    with pytest.raises(RecipeError) as error:
        load("sft/tiny", settings)
    assert message in str(error.value)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(RecipeError) as error:
        load("sft/tiny", ["modle=x", "seed=zero"])
    assert "modle" in str(error.value)
    assert "seed" in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model: [", "is no YAML"),
        ("just text", "holds no keys and values"),
        ("modle: x", "did you mean model?"),
    ],
)
def test_a_recipe_of_ones_own_is_checked(tmp_path, text, message):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(RecipeError, match=message.replace("?", r"\?")):
        load(str(path))


def test_a_missing_recipe_names_the_nearest():
    with pytest.raises(RecipeError, match="did you mean sft/tiny"):
        load("sft/tyni")


def test_the_resolved_recipe_reads_back_as_itself(tmp_path):
    recipe = load("sft/tiny")
    path = tmp_path / "recipe.yaml"
    path.write_text(to_yaml(recipe))
    assert load_recipe(SftRecipe, str(path), "sft") == recipe
