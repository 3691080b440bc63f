"""A run directory: what a run was made of, written before its first step.

recipe.yaml      the resolved recipe          run.json     versions, data hash, seed
checkpoints/     to resume from               tensorboard/ all that was logged
adapter/         the result, PEFT's format    curves.png   loss, metrics
samples.jsonl    stage two: what the policy wrote, with its rewards
guard/           stage two: the training rows and the policy before it was trained
lock             held by the process that trains
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import yaml

from p4ir import __version__
from p4ir.corpus.records import Record
from p4ir.corpus.writing import write_text
from p4ir.errors import P4irError, TrainingError
from p4ir.locks import lock
from p4ir.models.terms import LICENSE, terms_of
from p4ir.rules import format_rule
from p4ir.training.recipe import Recipe, to_yaml

_PACKAGES = ("torch", "transformers", "trl", "peft", "accelerate", "datasets", "numpy")

_PARTS = ("recipe.yaml", "run.json", "checkpoints", "tensorboard", "samples.jsonl", "guard", "lock",
          LICENSE)  # fmt: skip
"""What a run writes until its first step is done."""


@dataclass(frozen=True, kw_only=True)
class TrainResult:
    """What a training run gave."""

    output: Path
    """The run directory."""
    adapter: Path
    """The trained adapter, or the model where all weights were trained."""
    metrics: dict[str, float]
    """Validation metrics of the checkpoint that was kept."""
    steps: int
    """Optimizer steps done."""
    refused: str = ""
    """Why the guard of stage two refuses the adapter; empty if it does not."""


class Run:
    """The directory of a run and the names of its parts."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.checkpoints = output / "checkpoints"
        self.tensorboard = output / "tensorboard"
        self.adapter = output / "adapter"
        self.curves = output / "curves.png"
        self._lock = output / "lock"
        self._before: set[Path] = set()

    @contextmanager
    def begun(
        self, recipe: Recipe, train: list[Record], validation: list[Record], resume: bool
    ) -> Iterator[None]:
        """Make the directory and write what the run is made of, unless one that began is resumed.

        Until the end the directory is this process's alone, or that of those which train together.

        Raises:
            TrainingError: a run is there already and is not to be resumed, is to be resumed
                with other data or another recipe, or is trained by another process; or the
                directory cannot be written.
        """
        with self._held() if _is_first() else nullcontext():
            try:
                self._start(recipe, train, validation, resume)
            except P4irError:
                self.withdraw()
                raise
            yield

    @contextmanager
    def _held(self) -> Iterator[None]:
        try:
            self.output.mkdir(parents=True, exist_ok=True)
            self._before = set(self.output.iterdir())
            file = self._lock.open("ab")
        except OSError as error:
            raise self._cannot_write(error) from None
        with file:
            # A run that trained nothing takes back its lock, which is worth nothing then.
            if not lock(file, wait_s=1.0) or not _is_there(file, self._lock):
                raise TrainingError(f"{self.output}: another process is training it")
            yield

    def is_training(self) -> bool:
        """Return whether a process trains it now, as far as locks tell (`p4ir.locks`)."""
        try:
            with self._lock.open("rb") as file:
                return not lock(file, shared=True)
        except OSError:
            return False

    def _start(
        self, recipe: Recipe, train: list[Record], validation: list[Record], resume: bool
    ) -> None:
        manifest_path = self.output / "run.json"
        data = {"train": data_hash(train), "validation": data_hash(validation)}
        has_begun = self.has_begun()
        if has_begun:
            if not manifest_path.exists():
                raise TrainingError(
                    f"{self.output} holds what no run of p4ir made: give another folder by "
                    "--set output=DIR"
                )
            if not resume:
                raise TrainingError(
                    f"{self.output} holds a run already: give --resume to go on with it, "
                    "or another folder by --set output=DIR"
                )
        if resume and manifest_path.exists():
            self._check_same(recipe, data)
        if has_begun or not _is_first():
            return
        try:
            # The policy before a run that trained nothing need not be that of this one.
            (self.output / "guard" / "start.npz").unlink(missing_ok=True)
            write_text(self.output / "recipe.yaml", to_yaml(recipe))
            clauses = {"train": len(train), "validation": len(validation)}
            manifest = {"seed": recipe.seed, "data": data, "clauses": clauses, **_circumstances()}
            if (terms := terms_of(recipe.model, recipe.adapter)) is not None:
                manifest["start"] = {"name": terms.of, "licence": terms.licence}
                if terms.text:
                    write_text(self.output / LICENSE, terms.text)
            write_text(manifest_path, json.dumps(manifest, indent=2) + "\n")
        except OSError as error:
            raise self._cannot_write(error) from None

    def _cannot_write(self, error: OSError) -> TrainingError:
        return TrainingError(f"cannot write to {self.output}: {error.strerror or error}")

    def has_begun(self) -> bool:
        """Return whether training got further than to say what it is made of."""
        parts = (self.tensorboard, self.adapter, *self.checkpoints.glob("checkpoint-*"))
        return any(path.exists() for path in parts)

    def withdraw(self) -> None:
        """Remove what a run wrote that trained nothing; what lay there before stays."""
        if not _is_first():
            return
        for path in {self.output / part for part in _PARTS} - self._before:
            with suppress(OSError):  # what cannot be removed is no hindrance to a new start
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        with suppress(OSError):
            self.output.rmdir()

    def _check_same(self, recipe: Recipe, data: dict[str, str]) -> None:
        """Refuse to resume with other data, or another recipe but for the guard and the output.

        Of validation, only how often and in what batches may be another: figures that do not mean
        the same would be compared.
        """
        now = yaml.safe_load(to_yaml(recipe))
        instead = "start a new run" if self.has_begun() else "start it anew without --resume"
        try:
            manifest = json.loads((self.output / "run.json").read_text(encoding="utf-8"))
            before = yaml.safe_load((self.output / "recipe.yaml").read_text(encoding="utf-8"))
            is_same_data = manifest["data"] == data
            started_with = {key: before[key] for key in now if key in before}
        except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
            raise TrainingError(f"{self.output} is damaged: {error}; {instead}") from None
        if not is_same_data:
            raise TrainingError(f"{self.output} was started with other data; {instead}")
        other = [
            key
            for key, value in started_with.items()
            if _that_counts(key, value) != _that_counts(key, now[key])
        ]
        if other:
            raise TrainingError(
                f"{self.output} was started with another {', '.join(other)}: resume it with the "
                f"same recipe, or {instead}"
            )

    def latest_checkpoint(self) -> Path | None:
        """Return the newest checkpoint that was written to its end."""
        return max(self.whole_checkpoints(), key=checkpoint_step, default=None)

    def whole_checkpoints(self) -> list[Path]:
        """Return the checkpoints that were written to their end."""
        return list(filter(_is_whole, self.checkpoints.glob("checkpoint-*")))

    def resumed_from(self) -> str:
        """Return what `--resume` goes on from, in words."""
        checkpoint = self.latest_checkpoint()
        return checkpoint.name if checkpoint else "the start, for there is no checkpoint yet"

    def latest_step(self) -> int:
        """Return the step of the newest checkpoint, 0 where there is none."""
        checkpoint = self.latest_checkpoint()
        return checkpoint_step(checkpoint) if checkpoint else 0


def _that_counts(key: str, value: Any) -> Any:
    """Return what of a recipe's value a run that is resumed must share; `None` for nothing."""
    if key in ("output", "guard"):
        return None
    if key == "validation" and isinstance(value, dict):
        return {name: one for name, one in value.items() if name not in ("every", "batch_size")}
    return value


def _is_first() -> bool:
    """Whether this is the only process that trains, or the first of those launched together."""
    return (os.environ.get("RANK") or "0") == "0"


def _is_there(file: IO[bytes], path: Path) -> bool:
    """Whether an open file is still what lies at a path."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


def checkpoint_step(checkpoint: Path) -> int:
    """Return the step after which a checkpoint was written."""
    return int(checkpoint.name.split("-")[1])


def _is_whole(checkpoint: Path) -> bool:
    """Whether a checkpoint was written to its end, of which the trainer's state is the last."""
    try:
        json.loads((checkpoint / "trainer_state.json").read_bytes())
    except (OSError, ValueError):
        return False
    return True


def data_hash(records: Iterable[Record]) -> str:
    """Return the SHA-256 of clauses and rules, in order."""
    digest = hashlib.sha256()
    for record in records:
        rule = format_rule(record.rule) if record.rule else ""
        digest.update(f"{record.id}\n{record.clause}\n{rule}\n".encode())
    return digest.hexdigest()


def _circumstances() -> dict[str, Any]:
    return {
        "p4ir": __version__,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {name: version(name) for name in _PACKAGES},
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {_accelerator()}",
    }


def _accelerator() -> Any:
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else "no accelerator"
