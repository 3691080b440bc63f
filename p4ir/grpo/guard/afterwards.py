"""The guard's look at an adapter that no run of ours signed: an average, or one from before."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from p4ir.corpus.records import Record
from p4ir.grpo.guard.audit import audit, row_digests
from p4ir.grpo.guard.changes import changes, damage
from p4ir.grpo.guard.likely import unlikely
from p4ir.grpo.guard.measuring import measure, remember, written_nteds
from p4ir.grpo.guard.probes import load_probes, probes_digest
from p4ir.grpo.guard.report import GuardReport, card_section
from p4ir.grpo.guard.watch import moved
from p4ir.models.adapters import AdapterInfo
from p4ir.models.loading import load_with_adapter

if TYPE_CHECKING:
    from p4ir.grpo.config import GrpoRecipe


def sign_afterwards(
    adapter: AdapterInfo, start: AdapterInfo, records: Sequence[Record], recipe: GrpoRecipe
) -> tuple[GuardReport, str]:
    """Audit what an adapter was trained on, put the probes to it and its start, and sign.

    What only a run can see, how much each prompt taught, is not in the report.

    Args:
        adapter: of stage two; `guard.json` is written beside its weights.
        start: what it was trained from.
        records: the clauses that it was trained on.
        recipe: the limits (`guard`), the notation and how clauses are put.

    Returns:
        The report and the card's section.
    """
    lines = "".join(f"{digest}  {name}\n" for digest, name in row_digests(records))
    probes, options = load_probes(), recipe.guard
    report = GuardReport(
        limits=dataclasses.asdict(options),
        rows=len(records),
        rows_sha256=hashlib.sha256(lines.encode()).hexdigest(),
        probes_sha256=probes_digest(),
    )
    report.add(audit(records, [probe.prompt for probe in probes], options))
    model, tokenizer = load_with_adapter(start)
    notation, number = recipe.notation, recipe.corpus.clause_number
    report.add(unlikely(model, tokenizer, records, notation, number, options))
    before = remember(model, tokenizer, probes, recipe)
    model, tokenizer = load_with_adapter(adapter)
    now = measure(model, tokenizer, probes, recipe, before)
    nteds = written_nteds(model, tokenizer, probes, recipe)
    report.changes = changes(probes, (before.margins, now.margins), (before.nteds, nteds))
    report.add([*moved(before, now, options), *damage(report.changes, options)])
    report.write(adapter.folder)
    return report, card_section(report)
