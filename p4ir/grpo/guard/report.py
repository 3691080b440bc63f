"""What the guard found, as a JSON file beside the weights that it belongs to, and on their card."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from p4ir import __version__
from p4ir.corpus.writing import write_text
from p4ir.grpo.guard.changes import Change
from p4ir.grpo.guard.findings import Finding
from p4ir.grpo.guard.options import CHECKS, GuardOptions
from p4ir.models.signoff import REPORT, VERDICTS, weights_digests


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What a look at the policy during the run saw."""

    step: int
    kl: float
    """From the start, on probes, in nats a token: a lower bound."""
    entropy: float
    """On probes, in nats a token."""
    effective_prompts: float | None
    """By share of the learning, over the window; none before anything was learned."""
    top_share: float | None
    """Share of the learning of the prompt with the most."""


@dataclass(kw_only=True)
class GuardReport:
    """All that the guard found over a run."""

    limits: dict[str, Any]
    """The settings it worked with."""
    findings: list[Finding] = field(default_factory=list)
    rows: int = 0
    """Training rows."""
    rows_sha256: str = ""
    """SHA-256 of the run's `guard/rows.sha256`, which has a line a training row."""
    probes_sha256: str = ""
    """SHA-256 of the probe set."""
    watched: list[Watched] = field(default_factory=list)
    stopped: str = ""
    """At which step and why the run was stopped; empty if it was not."""
    restored: str = ""
    """What was put back then: a checkpoint, or the start."""
    changes: list[Change] = field(default_factory=list)
    """By bucket and measure, from before the run to the weights that were kept."""
    weights_sha256: dict[str, str] = field(default_factory=dict)
    """File of weights that this report is about: its SHA-256."""
    version: str = __version__

    @property
    def refusals(self) -> list[Finding]:
        """The findings that pass a limit and that the recipe does not allow."""
        return [f for f in self.findings if f.level == "refuse" and f.check not in self._allowed]

    @property
    def overridden(self) -> list[Finding]:
        """The findings that pass a limit and that the recipe allows by name."""
        return [f for f in self.findings if f.level == "refuse" and f.check in self._allowed]

    @property
    def verdict(self) -> str:
        """Say `passed`, `overridden` or `failed`."""
        passed, overridden, failed = VERDICTS
        if self.refusals:
            return failed
        return overridden if self.overridden else passed

    @property
    def why_refused(self) -> str:
        """Say in a line what is refused; empty if nothing is."""
        return "; ".join(_line(each) for each in self.refusals)

    @property
    def changed_limits(self) -> str:
        """Name the limits that the recipe has set otherwise, each with its value."""
        usual = dataclasses.asdict(GuardOptions())
        return ", ".join(
            f"`{name}` {value} (usually {usual[name]})"
            for name, value in self.limits.items()
            if name not in ("enabled", "allow") and value != usual.get(name, value)
        )

    @property
    def _allowed(self) -> list[str]:
        return list(self.limits["allow"])

    def add(self, findings: Sequence[Finding]) -> None:
        """Take findings in, each once."""
        self.findings += [each for each in findings if each not in self.findings]

    def write(self, folder: Path) -> None:
        """Write the report into a folder, for the weights that lie there, if any do."""
        self.weights_sha256 = weights_digests(folder)
        said = {"verdict": self.verdict, "why": self.why_refused, **dataclasses.asdict(self)}
        write_text(folder / REPORT, json.dumps(said, indent=2, ensure_ascii=False) + "\n")


def card_section(report: GuardReport) -> str:
    """Return what the adapter's card says of the guard, in Markdown."""
    lines = ["", "## Guard", "", f"Verdict: **{report.verdict}** (`{REPORT}` has all of it)."]
    if report.changed_limits:
        lines += ["", f"Limits that are not the usual ones: {report.changed_limits}."]
    if report.overridden:
        lines += ["", "Allowed by name in the recipe, against the guard:", ""]
        lines += [f"- `{each.check}`: {_line(each)}" for each in report.overridden]
    if report.refusals:
        lines += ["", "Refused:", ""]
        lines += [f"- `{each.check}`: {_line(each)}" for each in report.refusals]
    if report.stopped:
        lines += ["", f"Stopped {report.stopped}; {report.restored}."]
    if report.changes:
        lines += ["", "| probes, never trained on | n | before | after | change (interval) |",
                  "|---|---:|---:|---:|---:|"]  # fmt: skip
        lines += [_row(change) for change in report.changes]
    return "\n".join(lines) + "\n"


def _line(finding: Finding) -> str:
    return f"{CHECKS[finding.check]} ({finding.message})"


def _row(change: Change) -> str:
    ends = "" if change.low is None else f" ({change.low:+.3f} to {change.high:+.3f})"
    return (
        f"| {change.bucket}: {change.measure} | {change.n} | {change.before:.3f} "
        f"| {change.after:.3f} | {change.difference:+.3f}{ends} |"
    )
