"""What the runs in a folder have logged so far, also while one still trains.

Reads the TensorBoard files that every run writes (`p4ir.training.run`), so that curves
can be drawn at any time, by any process, of any run.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

from p4ir.errors import TrainingError
from p4ir.training.run import Run

State = Literal["finished", "running", "stopped"]


class Group(NamedTuple):
    """Curves that belong together."""

    title: str
    curves: tuple[str, ...]
    """Names as in the log; one that ends in `/` stands for all that begin so."""


GROUPS = (
    Group("Validation", ("eval/nted", "eval/nlev", "eval/lrml_f1", "eval/exact", "eval/valid")),
    Group("Loss", ("train/loss", "eval/loss", "train/mean_token_accuracy")),
    Group("Reward", ("train/reward", "train/reward_std", "train/rewards/")),
    Group("Signal", ("train/frac_no_signal", "train/frac_reward_zero_std", "train/kl")),
    Group(
        "Completions",
        ("train/completions/mean_length", "train/completions/clipped_ratio", "train/entropy"),
    ),
    Group("Optimizer", ("train/learning_rate", "train/grad_norm")),
)


class Point(NamedTuple):
    """A value at a step."""

    step: int
    value: float


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """A run, as its directory tells."""

    folder: Path
    stage: str
    """`sft` or `grpo`; empty where the recipe does not tell."""
    model: str
    """What was trained."""
    started: datetime | None
    clauses: int
    """Number of clauses it is trained on."""
    state: State

    @property
    def name(self) -> str:
        """What the run is called."""
        return self.folder.name


def list_runs(folder: Path) -> list[RunSummary]:
    """Return the runs in a folder or right below it, the newest first.

    Raises:
        TrainingError: there is no such folder.
    """
    if not folder.is_dir():
        raise TrainingError(f"{folder}: no such folder of runs")
    found = [path.parent for path in (*folder.glob("run.json"), *folder.glob("*/run.json"))]
    runs = [summarize(path) for path in found]
    return sorted(runs, key=lambda run: run.started.timestamp() if run.started else 0, reverse=True)


def summarize(folder: Path) -> RunSummary:
    """Say what a run is; what its files do not tell is left empty."""
    manifest = _read(folder / "run.json")
    recipe = _read(folder / "recipe.yaml")
    clauses = manifest.get("clauses")
    train = clauses.get("train") if isinstance(clauses, dict) else None
    started = manifest.get("started")
    return RunSummary(
        folder=folder,
        stage="grpo" if "rewards" in recipe else "sft" if recipe else "",
        model=str(recipe.get("model") or recipe.get("adapter") or ""),
        started=datetime.fromisoformat(started) if isinstance(started, str) else None,
        clauses=train if isinstance(train, int) else 0,
        state=_state(folder),
    )


def read_curves(folder: Path) -> dict[str, list[Point]]:
    """Return what a run has logged, by name, in the order of the steps.

    A step that was done again after the run was resumed counts as it was done last. A run
    that has logged nothing yet gives nothing.
    """
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    curves: dict[str, dict[int, float]] = {}
    for log in sorted({path.parent for path in _logs(folder)}):
        events = EventAccumulator(str(log), size_guidance={"scalars": 0})
        events.Reload()
        for name in events.Tags()["scalars"]:
            points = curves.setdefault(name, {})
            points.update({event.step: event.value for event in events.Scalars(name)})
    return {
        name: [Point(*each) for each in sorted(points.items())] for name, points in curves.items()
    }


def choose(curves: Sequence[str], group: Group) -> list[str]:
    """Return the curves of a group that there are, in the group's order."""
    return [
        name
        for wanted in group.curves
        for name in curves
        if name == wanted or (wanted.endswith("/") and name.startswith(wanted))
    ]


def _state(folder: Path) -> State:
    run = Run(folder)
    if run.is_training():
        return "running"
    return "finished" if run.adapter.exists() else "stopped"


def _logs(folder: Path) -> list[Path]:
    return list(Run(folder).tensorboard.rglob("events.out.tfevents.*"))


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        value = yaml.safe_load(text) if path.suffix == ".yaml" else json.loads(text)
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return value if isinstance(value, dict) else {}
