"""One method at one seed: trained, its cost taken, its rules written for the same clauses.

A trial runs in a process of its own, so that its peak of memory is its own, and ends with
the process that started it, which alone hears Ctrl-C and has it save where it is. Called again
after an interruption it goes on there.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from p4ir.corpus.writing import write_text
from p4ir.errors import P4irError, TrainingError
from p4ir.grpo.config import GrpoRecipe


@dataclass(frozen=True)
class Cost:
    """What a trial took."""

    steps: int
    """Optimizer steps."""
    tokens: int
    """Tokens of prompts and completions that were rolled out."""
    seconds: float
    """Set-up and training, without validation, however often it was interrupted."""
    peak_mb: float
    """Most memory of the process, in MB; of the accelerator where there is one."""


@dataclass(frozen=True)
class Trial:
    """A run of stage two and what it comes to; a recipe of no steps is where all start from."""

    name: str
    """Methods, joined by `+`, or `start`."""
    seed: int
    recipe: GrpoRecipe
    folder: Path
    clauses: int | None
    """At most this many validation clauses are written rules for; all if absent."""

    @property
    def predictions(self) -> Path:
        """The rules that were written, as `p4ir evaluate` writes them."""
        return self.folder / "evaluation" / "predictions.jsonl"

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to do."""
        return (self.folder / "evaluation" / "report.md").exists()

    def cost(self) -> Cost | None:
        """Return what it took; `None` before the training's end, or where there was none."""
        path = self.folder / "cost.json"
        return Cost(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None

    def run(self) -> None:
        """Do what is left to do, in another process.

        Raises:
            TrainingError: it failed.
            KeyboardInterrupt: it was interrupted, and has saved where it was.
        """
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_run, args=(self, theirs))
        try:
            _start(process)
            theirs.close()
            process.join()
        except KeyboardInterrupt:
            _stop(process)
            raise
        if process.exitcode == 0:
            return
        try:
            said = ours.recv()
        except EOFError:  # it had no time to say anything
            said = f"it ended with status {process.exitcode}"
        raise TrainingError(f"{self.name}, seed {self.seed}: {said}")


def _start(process: BaseProcess) -> None:
    """Start a process that ignores Ctrl-C until it can save something."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # which is inherited
    try:
        process.start()
    finally:
        signal.signal(signal.SIGINT, before)


def _stop(process: BaseProcess) -> None:
    """Have a trial save where it is and wait for it; interrupted again, end it at once."""
    if process.pid is None:
        return
    process.terminate()
    try:
        process.join()
    except KeyboardInterrupt:
        process.kill()
        process.join()


def _hear_the_parent_alone() -> None:
    """Take the parent's SIGTERM for Ctrl-C, and no longer hear that of the terminal.

    The terminal would tell the parent as well, which passes it on: twice is at once.
    """
    os.setpgrp()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))


def _run(trial: Trial, reports: Connection) -> None:
    warnings.simplefilter("ignore")  # as the command line does for its own process
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _hear_the_parent_alone()
        from p4ir.grpo.training import train

        is_start = not trial.recipe.trainer["max_steps"]
        if not is_start and trial.cost() is None:
            result = train(trial.recipe, resume=True)
            cost = _cost(result.output, result.steps)
            write_text(trial.folder / "cost.json", json.dumps(asdict(cost)) + "\n")
        trained = str(trial.folder / "run" / "adapter")
        _evaluate(trial, trial.recipe.adapter if is_start else trained)
    except KeyboardInterrupt:
        sys.exit(130)
    except P4irError as error:
        reports.send(str(error))
        sys.exit(1)


def _end_with_parent() -> None:
    """End this process as soon as the one that started it has ended."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _evaluate(trial: Trial, adapter: str | None) -> None:
    from p4ir.evaluation.evaluate import Evaluation
    from p4ir.inference.interpreter import Interpreter
    from p4ir.training.data import load_clauses

    recipe = trial.recipe
    records = load_clauses(recipe.corpus)[1][: trial.clauses]
    interpreter = Interpreter(
        recipe.model,
        adapter,
        batch_size=recipe.validation.batch_size,
        max_new_tokens=recipe.validation.max_new_tokens,
        beams=1,
    )
    Evaluation(records, trial.folder / "evaluation").run(interpreter)


def _cost(run: Path, steps: int) -> Cost:
    state = run / "checkpoints" / f"checkpoint-{steps}" / "trainer_state.json"
    history = json.loads(state.read_text(encoding="utf-8"))["log_history"]
    training = sum(entry.get("step_time", 0.0) for entry in history)
    set_up = max(entry.get("set_up_seconds", 0.0) for entry in history)
    tokens = max(int(entry.get("num_tokens", 0)) for entry in history)
    return Cost(steps, tokens, training + set_up, _peak_mb())


def _peak_mb() -> float:
    import resource

    import torch

    if torch.cuda.is_available():
        return float(torch.cuda.max_memory_allocated()) / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
