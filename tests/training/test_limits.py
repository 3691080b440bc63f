import dataclasses

from peft import LoraConfig
from trl import GRPOConfig, SFTConfig

from p4ir.grpo.config import GrpoRecipe
from p4ir.training.limits import BOUNDS, check_numbers
from p4ir.training.recipe import CorpusOptions, ValidationOptions


def test_every_bound_is_of_a_key_that_there_is():
    parts = {
        "": (GrpoRecipe,), "corpus": (CorpusOptions,), "validation": (ValidationOptions,),
        "lora": (LoraConfig,), "trainer": (SFTConfig, GRPOConfig),
    }  # fmt: skip
    for key in (key for _, _, keys in BOUNDS for key in keys):
        part, _, name = key.rpartition(".")
        assert name in {field.name for kind in parts[part] for field in dataclasses.fields(kind)}


def test_what_is_no_number_is_left_to_the_types():
    assert check_numbers({"seed": "zero", "lora": None, "trainer": {"learning_rate": True}}) == []


def test_what_is_not_a_number_at_all_is_out_of_bounds():
    assert len(check_numbers({"trainer": {"learning_rate": float("nan")}})) == 1
