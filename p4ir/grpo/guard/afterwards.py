"""The guard's look at an adapter that no run of ours signed: an average, or one from before."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from p4ir.corpus.records import Record
from p4ir.grpo.guard.findings import Finding
from p4ir.grpo.guard.judging import judge_data, judge_policy
from p4ir.grpo.guard.likely import unlikely
from p4ir.grpo.guard.measuring import remember
from p4ir.grpo.guard.probes import load_probes
from p4ir.grpo.guard.report import GuardReport, card_section
from p4ir.models.adapters import AdapterInfo
from p4ir.models.loading import load_with_adapter
from p4ir.models.signoff import check_signed_off, read_report, weights_digests

if TYPE_CHECKING:
    from p4ir.grpo.config import GrpoRecipe


def sign_afterwards(
    adapter: AdapterInfo, start: AdapterInfo, records: Sequence[Record], recipe: GrpoRecipe
) -> tuple[GuardReport, str]:
    """Audit what an adapter was trained on, put the probes to it and its start, and sign.

    What only a run can see, how much each prompt taught, is not in the report, unless the
    run has reported on the same weights. The start must be one that may leave itself.

    Args:
        adapter: of stage two; `guard.json` is written beside its weights.
        start: what it was trained from.
        records: the clauses that it was trained on.
        recipe: the limits (`guard`), the notation and how clauses are put.

    Returns:
        The report and the card's section.

    Raises:
        ModelError: the start was not signed off, or a report is damaged.
    """
    check_signed_off(start.folder)
    probes, options = load_probes(), recipe.guard
    report = GuardReport(limits=dataclasses.asdict(options))
    report.add(_seen_by_the_run(adapter.folder))
    judge_data(report, records, probes, options)
    model, tokenizer = load_with_adapter(start)
    notation, number = recipe.notation, recipe.corpus.clause_number
    report.add(unlikely(model, tokenizer, records, notation, number, options))
    before = remember(model, tokenizer, probes, recipe)
    judge_policy(report, *load_with_adapter(adapter), probes, recipe, before)
    report.write(adapter.folder)
    return report, card_section(report)


def _seen_by_the_run(folder: Path) -> list[Finding]:
    """Return what a run found of these weights that cannot be seen afterwards."""
    said: dict[str, Any] = read_report(folder)
    if said.get("weights_sha256") != weights_digests(folder):
        return []
    return [Finding(**each) for each in said["findings"] if each["check"] == "concentration"]
