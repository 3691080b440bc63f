"""Run a trainer to its end, or stop it so that it can be resumed."""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from p4ir.errors import TrainingError
from p4ir.models.adapters import WEIGHTS
from p4ir.models.arithmetic import mean_weights
from p4ir.training.adapter import describe
from p4ir.training.recipe import Recipe, ValidationOptions
from p4ir.training.run import Run, checkpoint_step
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


class Labels(TrainerCallback):  # type: ignore[misc]
    """Writes into each checkpoint what an adapter says of itself, so that it serves as one."""

    def __init__(self, recipe: Recipe, run: Run, stage: str) -> None:
        self._recipe, self._run, self._stage = recipe, run, stage

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Describe the weights that were saved."""
        if state.is_world_process_zero:
            folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
            describe(folder, self._recipe, self._run, self._stage)


class _AtItsEndError(Exception):
    """A run that is resumed has no step left to do."""


class End(TrainerCallback):  # type: ignore[misc]
    """Ends training when nothing gets better any more, or when it can no longer get better.

    What it goes by is in the trainer's log, and so in every checkpoint: a run that is resumed
    ends where it would have ended.
    """

    def __init__(self, metric: str, patience: int | None = None) -> None:
        """Watch a metric of which less is better.

        Args:
            metric: its name in the log.
            patience: validations without a new best after which to end; `None` for never.
        """
        self._metric, self._patience = metric, patience

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """End after the last validation that patience allows."""
        if self._is_lost(state.log_history):
            control.should_training_stop = True

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Do no step more than the run has: transformers asks only after a step."""
        if state.global_step >= state.max_steps or self._is_lost(state.log_history):
            raise _AtItsEndError

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        """Stop where gradients are no numbers: whatever is learned from them is none either."""
        norm = (logs or {}).get("grad_norm", 0.0)
        if not math.isfinite(norm) and not args.fp16:  # whose scaler leaves such steps out
            raise TrainingError(
                f"step {state.global_step}: the gradients are not finite, the policy fell apart: "
                f"lower trainer.learning_rate (now {args.learning_rate:g}) and start anew"
            )

    def _is_lost(self, history: Sequence[dict[str, float]]) -> bool:
        if self._patience is None:
            return False
        scored = [entry.get(self._metric, math.nan) for entry in history]
        scored = [value for value in scored if math.isfinite(value)]
        return bool(scored) and len(scored) - 1 - scored.index(min(scored)) >= self._patience


def run_to_the_end(trainer: Any, run: Run, resume: bool) -> None:
    """Train, from the run's newest checkpoint if it is to be resumed.

    Raises:
        TrainingError: the disk is full, or the accelerator's memory; or gradients are no numbers.
    """
    checkpoint = run.latest_checkpoint() if resume else None
    interruption = Interruption()
    trainer.add_callback(interruption)
    started = time.time()
    try:
        with interruption, shortages_explained(run, trainer):
            try:
                trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
            except _AtItsEndError:
                trainer._finalize_training(None, 0, started)
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

    # What Ctrl-C left between two validations is one more than the run would have.
    validated = {entry["step"] for entry in trainer.state.log_history if "eval_nted" in entry}
    kept = [one for one in run.whole_checkpoints() if checkpoint_step(one) in validated]
    if not kept:
        raise TrainingError(
            "there is no checkpoint to average: validate before the end (validation.every, "
            "trainer.eval_delay)"
        )
    mean = mean_weights(load_file(each / WEIGHTS) for each in kept)
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
