"""The guard of a run: it looks before, during and after, and signs what it saw.

A run that was killed goes on with what the guard knew. The run's `guard/` holds
`rows.sha256`, the training rows, `start.npz`, the policy before it was trained, and `start/`,
its weights, to be restored where no checkpoint is good. What was learned from lately and
what was found is in each checkpoint's `trainer_state.json`; what is measured is logged
there, with everything else that is logged.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers import TrainerCallback

from p4ir.corpus.records import Record
from p4ir.corpus.writing import write_text
from p4ir.errors import TrainingError
from p4ir.grpo.guard.changes import changes, damage
from p4ir.grpo.guard.concentration import Concentration, Share
from p4ir.grpo.guard.findings import Finding
from p4ir.grpo.guard.judging import judge_data, judge_policy, moved, refusal
from p4ir.grpo.guard.likely import unlikely
from p4ir.grpo.guard.measuring import Start, State, measure, remember
from p4ir.grpo.guard.probes import load_probes
from p4ir.grpo.guard.report import GuardReport, Watched, card_section
from p4ir.models.adapters import find_adapter
from p4ir.models.signoff import REPORT, check_signed_off
from p4ir.training.run import Run, checkpoint_step

if TYPE_CHECKING:
    from p4ir.grpo.config import GrpoRecipe

EFFECTIVE_PROMPTS, TOP_SHARE = "guard_effective_prompts", "guard_top_share"
KL, ENTROPY = "guard_kl", "guard_entropy"
"""Names of what is logged."""
_STORED = "p4ir.grpo.guard"
"""Where in a checkpoint's state it keeps what it knows."""


class Guard(TrainerCallback):  # type: ignore[misc]
    """Watches a trainer as its callback, and is told what each step learns from."""

    def __init__(self, recipe: GrpoRecipe, run: Run, records: Sequence[Record]) -> None:
        self.options = recipe.guard
        self.report = GuardReport(limits=dataclasses.asdict(self.options))
        self.kept_step: int | None = None
        self._recipe, self._run, self._records = recipe, run, records
        self._probes = load_probes()
        self._folder = run.output / "guard"
        self._groups = Concentration(self.options.window)
        self._good_step = 0
        self._kept: Path | None = None
        self._trainer: Any = None
        self._tokenizer: Any = None

    def look_at_the_data(self) -> None:
        """Audit the training clauses, before a model is loaded.

        Raises:
            TrainingError: they are refused; `guard.json` in the run's folder says all of it.
            ModelError: the guard did not pass what is to be trained on; its damage would be
                the start that later damage is measured from.
        """
        if not self.options.enabled:
            self.report.add([refusal("unguarded", "nothing was looked at")])
            return
        if self._recipe.adapter is not None:
            check_signed_off(find_adapter(self._recipe.adapter).folder)
        self._folder.mkdir(exist_ok=True)
        manifest = judge_data(self.report, self._records, self._probes, self.options)
        write_text(self._folder / "rows.sha256", manifest)
        self._refuse_if_struck()

    def watch(self, trainer: Any, tokenizer: Any) -> None:
        """Look at the policy before it is trained, and from now on at every step.

        Raises:
            TrainingError: the reference rules are refused.
        """
        if not self.options.enabled:
            return
        self._trainer, self._tokenizer = trainer, tokenizer
        notation, number = self._recipe.notation, self._recipe.corpus.clause_number
        self.report.add(
            unlikely(trainer.model, tokenizer, self._records, notation, number, self.options)
        )
        self._refuse_if_struck()
        if not self._start_file.exists():  # else a run that was interrupted left it
            trainer.accelerator.wait_for_everyone()
            self._remember_the_start(trainer)
            trainer.accelerator.wait_for_everyone()
        trainer.guard = self
        trainer.add_callback(self)

    def take_in(self, step: int, prompts: Sequence[str], masses: Sequence[float]) -> Share | None:
        """Take in the prompt of each completion of a step and how much it taught."""
        self._groups.add(step, prompts, masses)
        return self._groups.share

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Take back what a checkpoint holds of an interrupted run."""
        stored = state.stateful_callbacks.get(_STORED)
        if stored:
            self._groups.groups = stored["groups"]
            self._good_step = stored["good_step"]
            self.report.add([Finding(**each) for each in stored["findings"]])

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Stop where almost all of the learning comes from a few prompts."""
        share = self._groups.share
        if share is not None and self._groups.filled == 1:
            self._strike(self._concentrated(share), state, control, share.since)
        self._store(state)

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Stop where the policy became worse, or another, off its training prompts."""
        start = Start.read(self._start_file)
        now = measure(self._trainer.model, self._tokenizer, self._probes, self._recipe, start)
        self._trainer.log({KL: now.kl, ENTROPY: now.entropy})
        self._strike(self._judge(start, now), state, control, self._good_step)
        if self.kept_step is None:
            self._good_step = state.global_step
        self._store(state)

    def restore(self) -> None:
        """Put back the last good weights, if the run was stopped."""
        if self._kept is not None:
            self._trainer.state.best_model_checkpoint = str(self._kept)
            self._trainer._load_best_model()

    def kept(self, history: Sequence[dict[str, float]]) -> list[dict[str, float]]:
        """Return what was logged of the weights kept: all of it, unless the run was stopped."""
        if self.kept_step is None:
            return list(history)
        of_step = [each for each in history if each["step"] == self.kept_step]
        # Where that step was validated twice, the second was of an average, which was refused.
        ends = (count for count, each in enumerate(of_step, 1) if "eval_nted" in each)
        return of_step[: next(ends, None)]

    def sign(self, folder: Path) -> str:
        """Write the report beside the weights that were kept; return the card's section.

        The probes are put to the policy a last time, and it writes rules for their clauses.
        """
        if self._trainer is not None:
            model, start = self._trainer.model, Start.read(self._start_file)
            judge_policy(self.report, model, self._tokenizer, self._probes, self._recipe, start)
            if self._groups.share is not None and self._groups.filled < 1:
                self.report.add(self._concentrated(self._groups.share))
            self.report.watched = watched(self._trainer.state.log_history)
        self.report.write(folder)
        return card_section(self.report)

    @property
    def _start_file(self) -> Path:
        return self._folder / "start.npz"

    def _remember_the_start(self, trainer: Any) -> None:
        trainer.save_model(str(self._folder / "start"))
        start = remember(trainer.model, self._tokenizer, self._probes, self._recipe)
        if trainer.is_world_process_zero():
            start.write(self._start_file)

    def _store(self, state: Any) -> None:
        """Put what must not be lost where the next checkpoint holds it."""
        state.stateful_callbacks[_STORED] = {
            "groups": self._groups.groups,
            "good_step": self._good_step,
            "findings": [dataclasses.asdict(each) for each in self.report.findings],
        }

    def _refuse_if_struck(self) -> None:
        if self.report.refusals:
            self.report.write(self._run.output)
            raise TrainingError(
                f"the guard refuses to train on this data: {self.report.why_refused}; see "
                f"{self._run.output / REPORT}, mend the data, or allow a check by its name in the "
                "recipe (guard.allow), which the adapter's card will show"
            )

    def _concentrated(self, share: Share) -> list[Finding]:
        """Return what is found where few prompts teach; half a window has half the limit."""
        least = self.options.min_effective_prompts * self._groups.filled
        if share.effective_prompts >= least:
            return []
        message = (
            f"{share.effective_prompts:.2f} effective prompts in the last "
            f"{len(self._groups.groups)} groups with signal, limit {least:.3g}; one prompt has "
            f"{share.top_share:.0%}"
        )
        return [refusal("concentration", message)]

    def _judge(self, start: Start, now: State) -> list[Finding]:
        found = changes(self._probes, (start.margins, now.margins))
        return [*moved(start, now, self.options), *damage(found, self.options)]

    def _strike(self, found: Sequence[Finding], state: Any, control: Any, good: int) -> None:
        """Stop the run at what was found, unless the recipe allows it, and have it restored."""
        known = {each.check for each in self.report.findings}
        allowed = self.options.allow
        self.report.add([f for f in found if f.check in allowed and f.check not in known])
        refused = [each for each in found if each.check not in allowed]
        if not refused:
            return
        checkpoint = self._last_good(state.best_model_checkpoint, good)
        self.kept_step = checkpoint_step(checkpoint) if checkpoint else 0
        why = "; ".join(f"{each.check}: {each.message}" for each in refused)
        self.report.stopped = f"at step {state.global_step}: {why}"
        self.report.restored = f"{checkpoint.name if checkpoint else 'the start'} was restored"
        # What is restored was good by every check; only a run that gives nothing is refused.
        self.report.add([_softened(each) for each in refused] if checkpoint else refused)
        self._kept = checkpoint or self._folder / "start"
        control.should_training_stop = True
        control.should_evaluate = control.should_save = False

    def _last_good(self, best: str | None, good: int) -> Path | None:
        """Return the best checkpoint if it is good, else the newest that is, if any is."""
        there = [each for each in self._run.whole_checkpoints() if checkpoint_step(each) <= good]
        if best and Path(best) in there:
            return Path(best)
        return max(there, key=checkpoint_step, default=None)


def watched(history: Sequence[dict[str, float]]) -> list[Watched]:
    """Return what was seen at each validation, from what the trainer logged."""
    seen: list[Watched] = []
    effective = top = None
    for entry in history:
        effective, top = entry.get(EFFECTIVE_PROMPTS, effective), entry.get(TOP_SHARE, top)
        if KL in entry:
            seen.append(
                Watched(
                    step=int(entry["step"]),
                    kl=entry[KL],
                    entropy=entry[ENTROPY],
                    effective_prompts=effective,
                    top_share=top,
                )
            )
    return seen


def _softened(finding: Finding) -> Finding:
    return dataclasses.replace(finding, level="warn")
