"""What a person sees of a run: a progress bar, a line a validation, curves."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from transformers import TrainerCallback


class Progress(TrainerCallback):  # type: ignore[misc]
    """A progress bar with the last figures and the time left; plain lines off a terminal."""

    def __init__(self, shown: tuple[str, ...], every_s: float = 20.0) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._shown, self._every_s, self._last = shown, every_s, 0.0
        self._console = Console(stderr=True, highlight=False)
        self._bar = (
            Progress(
                TextColumn("training"),
                BarColumn(20),
                MofNCompleteColumn(),
                TextColumn("{task.fields[figures]}"),
                TimeRemainingColumn(),
                console=self._console,
            )
            if sys.stderr.isatty()
            else None
        )
        self._task: Any = None
        self._started = 0.0
        self._first_step = 0
        self._figures = ""

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Show the bar."""
        self._started, self._first_step = time.monotonic(), state.global_step
        if self._bar and state.is_world_process_zero:
            self._bar.start()
            self._task = self._bar.add_task("", total=state.max_steps, figures="")

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Move on."""
        if self._task is not None and self._bar:
            self._bar.update(self._task, completed=state.global_step)

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any
    ) -> None:
        """Show the last figures."""
        if not state.is_world_process_zero or not logs:
            return
        validation = {
            k[5:]: v for k, v in logs.items() if k.startswith("eval_") and k[5:] in _SHOWN
        }
        if validation:
            self._line(state, " ".join(f"{k} {v:.3f}" for k, v in validation.items()), "validation")
        figures = " ".join(f"{k} {float(logs[k]):.3g}" for k in self._shown if k in logs)
        if not figures:
            return
        if self._task is not None and self._bar:
            self._bar.update(self._task, figures=figures)
        elif time.monotonic() - self._last > self._every_s:
            self._last = time.monotonic()
            self._line(state, f"{figures}, {self._time_left(state)} left", "step")

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Take the bar away."""
        if self._bar:
            self._bar.stop()

    def _line(self, state: Any, text: str, what: str) -> None:
        self._console.print(f"{what} {state.global_step}/{state.max_steps}: {text}", soft_wrap=True)

    def _time_left(self, state: Any) -> str:
        done = max(1, state.global_step - self._first_step)
        seconds = (time.monotonic() - self._started) / done * (state.max_steps - state.global_step)
        return f"{int(seconds // 60)} min {int(seconds % 60)} s"


_SHOWN = ("loss", "nted", "nlev", "lrml_f1", "exact", "valid")


def draw_curves(history: list[dict[str, float]], names: tuple[str, ...], path: Path) -> None:
    """Draw what a trainer logged as PNG, one panel a name; names never logged are left out."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    series = {
        name: [(entry["step"], entry[name]) for entry in history if name in entry] for name in names
    }
    series = {name: points for name, points in series.items() if points}
    if not series:
        return
    columns = min(3, len(series))
    rows = -(-len(series) // columns)
    figure, axes = pyplot.subplots(
        rows, columns, figsize=(4 * columns, 2.6 * rows), squeeze=False, layout="constrained"
    )
    for axis in axes.flat[len(series) :]:
        axis.remove()
    for axis, (name, points) in zip(axes.flat, series.items(), strict=False):
        marker = "o" if name.startswith("eval_") else None
        axis.plot(*zip(*points, strict=True), marker=marker, markersize=3, linewidth=1.2)
        axis.set_title(name.replace("eval_", "validation "), fontsize=10)
        axis.set_xlabel("step", fontsize=8)
        axis.tick_params(labelsize=8)
        axis.grid(alpha=0.25)
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
