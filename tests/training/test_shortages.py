import errno
import os
from types import SimpleNamespace

import pytest
from safetensors import SafetensorError

from p4ir.errors import TrainingError
from p4ir.training import shortages
from p4ir.training.run import Run
from p4ir.training.shortages import shortages_explained

WRITER = RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 704 vs 598\nat 0")
FULL = [
    OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)),
    SafetensorError("I/O error: No space left on device (os error 28)"),
]


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path)


@pytest.fixture
def little_is_free(monkeypatch):
    monkeypatch.setattr(shortages.shutil, "disk_usage", lambda path: SimpleNamespace(free=100))


def said_of(error, run, steps=None):
    """Return what is said of an error, where a trainer has done some steps or there is none."""
    trainer = None
    if steps is not None:
        state = SimpleNamespace(global_step=steps)
        trainer = SimpleNamespace(state=state, args=SimpleNamespace(max_completion_length=8))
    with pytest.raises(TrainingError) as raised, shortages_explained(run, trainer):
        raise error
    return str(raised.value)


@pytest.mark.parametrize("error", FULL)
def test_a_full_disk_is_told_by_what_the_error_says(run, error):
    said = said_of(error, run)
    assert said.startswith("the disk is full: free some space")
    assert said.endswith(f"({error})")


@pytest.mark.parametrize("error", [WRITER, RuntimeError("PytorchStreamWriter failed writing file")])
def test_what_pytorch_could_not_write_did_not_fit_if_little_is_free(run, little_is_free, error):
    first = str(error).split("\n")[0]
    assert said_of(error, run).endswith(f"({first})")


def test_what_pytorch_could_not_write_to_a_disk_with_room_is_another_error(run):
    with pytest.raises(RuntimeError, match="unexpected pos"), shortages_explained(run):
        raise WRITER


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)),
        RuntimeError("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)"),
        SafetensorError("Error while deserializing header: InvalidHeader"),
    ],
)
def test_no_other_error_is_taken_for_a_full_disk(run, little_is_free, error):
    with pytest.raises(type(error)) as raised, shortages_explained(run):
        raise error
    assert raised.value is error


@pytest.mark.parametrize("steps", [None, 0])
def test_a_run_that_has_trained_no_step_is_not_to_be_resumed(run, steps):
    said = said_of(FULL[0], run, steps)
    assert "free some space and give the same command again" in said
    assert "--resume" not in said


def test_a_run_that_has_trained_is_resumed_from_where_it_can(run):
    assert "--resume goes on from the start, for there is no checkpoint" in said_of(FULL[0], run, 1)


def test_a_smaller_batch_is_no_advice_where_nothing_is_trained(run):
    error = RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
    said = said_of(error, run)
    assert "before the first step: free some of it, or take a smaller model" in said
    assert "batch_size" not in said
    said = said_of(error, run, 0)
    assert "lower trainer.per_device_train_batch_size" in said
    assert "trainer.max_completion_length or validation.batch_size" in said
    assert "trainer.max_length" not in said  # which the arguments of stage two have not
