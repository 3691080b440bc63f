"""What is said where a run finds the accelerator's memory or the disk full."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from p4ir.errors import P4irError, TrainingError, first_line
from p4ir.training.run import Run

_FULL = (errno.ENOSPC, errno.EDQUOT)
_SAID_IF_FULL = ("no space left", "quota exceeded")
"""What a full disk is called in errors that have no number, such as safetensors'."""
_SAID_BY_WRITERS = ("pytorchstreamwriter failed", "inline_container")
"""How PyTorch says that it could not write, but not why."""
_OF_LENGTH = ("max_length", "max_completion_length", "vllm_gpu_memory_utilization")
"""What else takes memory, as the stages' arguments call it, where they have it."""
_FULL_BYTES = 32 << 20
"""Free space with which what a writer could not write did not fit."""


@contextmanager
def shortages_explained(run: Run, trainer: Any = None) -> Iterator[None]:
    """Say plainly that memory or disk is full, if that is why what is done inside fails.

    Args:
        run: the run that is made inside.
        trainer: what trains inside; without it, the run is only made ready there.

    Raises:
        TrainingError: the disk is full, or the accelerator's memory.
    """
    from safetensors import SafetensorError

    try:
        yield
    except P4irError:
        raise
    except (OSError, RuntimeError, SafetensorError) as error:
        if "out of memory" in str(error).lower():
            raise TrainingError(_of_memory(trainer)) from error
        if _is_disk_full(error, run):
            raise TrainingError(_of_disk(error, run, trainer)) from error
        raise


def _of_memory(trainer: Any) -> str:
    if trainer is None:
        return (
            "the accelerator's memory is full before the first step: free some of it, or take a "
            "smaller model or another machine"
        )
    lowered = (f"trainer.{name}" for name in _OF_LENGTH if hasattr(trainer.args, name))
    return (
        "the accelerator's memory is full: lower trainer.per_device_train_batch_size "
        f"(and raise trainer.gradient_accumulation_steps as much), {', '.join(lowered)} or "
        "validation.batch_size, or set trainer.gradient_checkpointing=true"
    )


def _of_disk(error: Exception, run: Run, trainer: Any) -> str:
    # A run that has trained no step is taken back, so that there is nothing to resume.
    is_trained = trainer is not None and trainer.state.global_step
    then = (
        f"; --resume goes on from {run.resumed_from()}"
        if is_trained
        else " and give the same command again"
    )
    return f"the disk is full: free some space{then} ({first_line(error)})"


def _is_disk_full(error: Exception, run: Run) -> bool:
    said = str(error).lower()
    if getattr(error, "errno", None) in _FULL or any(each in said for each in _SAID_IF_FULL):
        return True
    is_of_writer = any(each in said for each in _SAID_BY_WRITERS)
    return is_of_writer and shutil.disk_usage(run.output).free < _FULL_BYTES
