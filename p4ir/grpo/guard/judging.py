"""What the guard finds in data and in a policy, put into its report: in a run, or afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from p4ir.corpus.records import Record
from p4ir.grpo.guard.audit import audit, row_digests
from p4ir.grpo.guard.changes import changes, damage
from p4ir.grpo.guard.findings import Finding
from p4ir.grpo.guard.measuring import Start, State, measure, written_nteds
from p4ir.grpo.guard.options import GuardOptions
from p4ir.grpo.guard.probes import Probe, probes_digest
from p4ir.grpo.guard.report import GuardReport

if TYPE_CHECKING:
    from p4ir.grpo.config import GrpoRecipe


def judge_data(
    report: GuardReport, records: Sequence[Record], probes: Sequence[Probe], options: GuardOptions
) -> str:
    """Audit the training clauses; return the manifest, a line with the digest of each row."""
    manifest = "".join(f"{digest}  {name}\n" for digest, name in row_digests(records))
    report.rows = len(records)
    report.rows_sha256 = hashlib.sha256(manifest.encode()).hexdigest()
    report.probes_sha256 = probes_digest()
    report.add(audit(records, [probe.prompt for probe in probes], options))
    return manifest


def judge_policy(
    report: GuardReport,
    model: Any,
    tokenizer: Any,
    probes: Sequence[Probe],
    recipe: GrpoRecipe,
    start: Start,
) -> None:
    """Put the probes to the policy that is kept and compare it with its start."""
    now = measure(model, tokenizer, probes, recipe, start)
    nteds = written_nteds(model, tokenizer, probes, recipe)
    report.changes = changes(probes, (start.margins, now.margins), (start.nteds, nteds))
    report.add([*moved(start, now, recipe.guard), *damage(report.changes, recipe.guard)])


def moved(start: Start, now: State, options: GuardOptions) -> list[Finding]:
    """Return what is found where a policy is too far from its start, or has lost its spread.

    Written so that a policy that went to pieces, and measures as no number, is found too.
    """
    found = []
    if not now.kl <= options.max_kl:
        message = f"{now.kl:.3f} nats a token on probes, limit {options.max_kl:g}"
        found.append(refusal("drift", message))
    if not now.entropy >= options.min_entropy * start.entropy:
        message = (
            f"{now.entropy:.3f} nats a token on probes, {start.entropy:.3f} at the start, "
            f"limit {options.min_entropy:.0%} of that"
        )
        found.append(refusal("entropy", message))
    return found


def refusal(check: str, message: str) -> Finding:
    """Return a finding that passes a limit."""
    return Finding(check=check, level="refuse", message=message)
