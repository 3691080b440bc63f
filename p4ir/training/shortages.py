"""What is said where a run finds the accelerator's memory or the disk full."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from p4ir.errors import P4irError, TrainingError
from p4ir.training.run import Run

_FULL_BYTES = 32 << 20


@contextmanager
def shortages_explained(run: Run) -> Iterator[None]:
    """Say plainly that memory or disk is full, if that is why what is done inside fails.

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
            raise TrainingError(
                "the accelerator's memory is full: lower trainer.per_device_train_batch_size "
                "(and raise trainer.gradient_accumulation_steps as much), or trainer.max_length"
            ) from error
        if shutil.disk_usage(run.output).free < _FULL_BYTES:
            raise TrainingError(
                f"the disk is full: free some space; --resume goes on from {run.resumed_from()}"
            ) from error
        raise
