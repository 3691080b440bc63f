"""Run a trainer to its end, or stop it so that it can be resumed."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from transformers import TrainerCallback

from p4ir.models.adapters import WEIGHTS
from p4ir.models.arithmetic import mean_weights
from p4ir.training.recipe import ValidationOptions
from p4ir.training.run import Run
from p4ir.training.shortages import shortages_explained


class Interruption(TrainerCallback):  # type: ignore[misc]
    """Ends training after the step in hand, with a checkpoint, when Ctrl-C is pressed.

    Pressed again, it ends training at once. A context manager: it listens inside.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: Any = None

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _ask(self, *_: object) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        print("saving after this step; Ctrl-C again ends it at once", file=sys.stderr)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Ask the trainer for a checkpoint and an end."""
        if self.asked:
            control.should_save = control.should_training_stop = True


def run_to_the_end(trainer: Any, run: Run, resume: bool) -> None:
    """Train, from the run's newest checkpoint if it is to be resumed.

    Raises:
        TrainingError: the disk is full, or the accelerator's memory.
    """
    checkpoint = run.latest_checkpoint() if resume else None
    interruption = Interruption()
    trainer.add_callback(interruption)
    try:
        with interruption, shortages_explained(run, trainer):
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        if interruption.asked:
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"--resume goes on from {run.resumed_from()}") from None


def take_average(trainer: Any, run: Run) -> None:
    """Give the trained adapter the mean of its checkpoints' weights, and validate that.

    Factor by factor, as `p4ir model average` does it: stochastic weight averaging (Izmailov
    et al. 2018, arXiv 1803.05407). At a rate that does not fall each checkpoint has what the run
    has learned and an error of its own, of which the mean of many keeps little.
    """
    from peft import set_peft_model_state_dict
    from safetensors.torch import load_file

    mean = mean_weights(load_file(each / WEIGHTS) for each in run.whole_checkpoints())
    set_peft_model_state_dict(trainer.accelerator.unwrap_model(trainer.model), mean)
    trainer.evaluate()


@contextmanager
def quiet_libraries(run: Run) -> Iterator[None]:
    """Keep the libraries from drawing bars of their own; their log goes to the run's folder."""
    from datasets.utils import logging

    os.environ["TENSORBOARD_LOGGING_DIR"] = str(run.tensorboard)
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def kept_metrics(history: list[dict[str, float]], options: ValidationOptions) -> dict[str, float]:
    """Return the validation metrics of the checkpoint that is kept, without their prefix."""
    metric = f"eval_{options.metric}"
    scored = [entry for entry in history if metric in entry]
    if options.keep != "best":
        scored = scored[-1:]
    best = min(scored, key=lambda entry: entry[metric], default={})
    return {k[5:]: v for k, v in best.items() if k.startswith("eval_")}
