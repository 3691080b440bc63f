from types import SimpleNamespace

import pytest

from p4ir.corpus.records import Record
from p4ir.errors import ModelError, RecipeError
from p4ir.sft.config import load
from p4ir.training.first_step import withdrawn_if_untrained
from p4ir.training.run import Run

RECORDS = [Record(id="1", clause="A door.", rule=None)]
RECIPE = load("sft/tiny", ["lora.target_modules=foo"])


@pytest.fixture
def run(tmp_path):
    """A run that said what it is made of, beside a file that is not its own."""
    each = Run(tmp_path / "run")
    each.output.mkdir()
    (each.output / "notes.txt").write_text("mine")
    with each.begun(RECIPE, RECORDS, RECORDS, False):
        each.checkpoints.mkdir()
        yield each


def fail(run, error, steps=None):
    trainer = None if steps is None else SimpleNamespace(state=SimpleNamespace(global_step=steps))
    with withdrawn_if_untrained(RECIPE, run, trainer):
        run.tensorboard.mkdir(exist_ok=True)
        raise error


def names(run):
    return {path.name for path in run.output.iterdir()}


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("Invalid learning rate: -1", "look at trainer.learning_rate of the recipe"),
        ("Target modules foo not found", "look at lora.target_modules of the recipe"),
        ("division by zero", "look at lora or trainer of the recipe"),
    ],
)
def test_what_a_library_refuses_is_named_as_far_as_can_be_told(run, said, named):
    with pytest.raises(RecipeError) as error:
        fail(run, ValueError(f"{said}\nmore"))
    assert named in str(error.value)
    assert f"{said} (ValueError" in str(error.value)


@pytest.mark.parametrize("steps", [None, 0])
def test_a_run_that_trained_nothing_leaves_only_what_was_there(run, steps):
    with pytest.raises(ModelError, match="no such"):
        fail(run, ModelError("no such model"), steps)
    assert names(run) == {"notes.txt"}


def test_a_folder_that_a_run_made_goes_with_it(tmp_path):
    each = Run(tmp_path / "new")
    with each.begun(RECIPE, RECORDS, RECORDS, False), pytest.raises(RecipeError):
        fail(each, KeyError("x"))
    assert not each.output.exists()


def test_a_run_that_trained_a_step_stays_and_so_does_its_error(run):
    with pytest.raises(ValueError, match=r"^odd$"):
        fail(run, ValueError("odd"), 1)
    assert {"run.json", "recipe.yaml", "tensorboard"} <= names(run)


def test_a_run_that_is_resumed_stays(run):
    run.tensorboard.mkdir()
    with pytest.raises(RecipeError):
        fail(run, ValueError("odd"))
    assert {"run.json", "recipe.yaml", "tensorboard"} <= names(run)
