from importlib import import_module

import pytest

from p4ir.grpo.config import load


class StoppedError(BaseException):
    """The trainer is there; nothing is to be trained. No failure, which would take back the run."""


@pytest.fixture
def make_trainer(tmp_path, monkeypatch):
    """Make the trainer of the tiny recipe with settings, ready for its first step."""

    def make(*settings):
        module = import_module("p4ir.grpo.training")
        caught = {}

        def catch(trainer, run, resume):
            caught["trainer"] = trainer
            raise StoppedError

        monkeypatch.setattr(module, "run_to_the_end", catch)
        recipe = load("grpo/tiny", [f"output={tmp_path / 'run'}", *settings])
        with pytest.raises(StoppedError):
            module.train(recipe)
        trainer = caught["trainer"]
        trainer.current_gradient_accumulation_steps = 1
        trainer.model.train()
        return trainer

    return make


@pytest.fixture
def exact(monkeypatch):
    """Calculate in float32, whatever the hardware prefers."""
    monkeypatch.setattr("p4ir.models.hardware.has_fast_bf16", lambda device="cpu": False)
