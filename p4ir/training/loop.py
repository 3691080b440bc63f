"""Run a trainer to its end, or stop it so that it can be resumed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from p4ir.errors import TrainingError
from p4ir.training.run import Run

_FULL_BYTES = 32 << 20


def run_to_the_end(trainer: Any, run: Run, resume: bool) -> None:
    """Train, from the run's newest checkpoint if it is to be resumed.

    Raises:
        TrainingError: the disk is full, or the accelerator's memory.
    """
    checkpoint = run.latest_checkpoint() if resume else None
    try:
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"--resume goes on from {_newest(run)}") from None
    except (OSError, RuntimeError) as error:
        if "out of memory" in str(error).lower():
            raise TrainingError(
                "the accelerator's memory is full: lower trainer.per_device_train_batch_size "
                "(and raise trainer.gradient_accumulation_steps as much), or trainer.max_length"
            ) from error
        if shutil.disk_usage(run.output).free < _FULL_BYTES:
            raise TrainingError(
                f"the disk is full: free some space; --resume goes on from {_newest(run)}"
            ) from error
        raise


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


def best_metrics(history: list[dict[str, float]], metric: str) -> dict[str, float]:
    """Return the validation metrics of the best checkpoint, without their prefix.

    `metric` is the name in the history by which it is chosen, lower being better.
    """
    scored = [entry for entry in history if metric in entry]
    best = min(scored, key=lambda entry: entry[metric], default={})
    return {k[5:]: v for k, v in best.items() if k.startswith("eval_")}


def _newest(run: Run) -> str:
    checkpoint = run.latest_checkpoint()
    return checkpoint.name if checkpoint else "the start, for there is no checkpoint yet"
