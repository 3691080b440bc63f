"""Rules that the policy itself would turn round: the signature of a flipped label.

A reference rule is compared with its own opposites, so that an unusual sentence or a long
rule is not held against it. A policy that does not know the notation yet says nothing.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from typing import Any

from p4ir.corpus.prompts import ClauseNumber, make_prompt
from p4ir.corpus.records import Record
from p4ir.grpo.guard.findings import SHOWN_IDS, Finding, share_finding
from p4ir.grpo.guard.flips import flips
from p4ir.grpo.guard.likelihood import read_answers
from p4ir.grpo.guard.options import GuardOptions
from p4ir.rules import format_rule

_FLIPS = 2
"""Opposites looked at of each rule, those of its first comparators before the others."""
_KNOWS = 1.0
"""Median nats a token of the references from which a policy does not know the notation."""
_TWENTYFOLD = 3.0
"""Nats by which an opposite must be likelier than the reference: twenty times."""
_FAR = 3.0
"""Deviations from the median (MAD, scaled to a standard deviation) that are far out."""


def unlikely(
    model: Any,
    tokenizer: Any,
    records: Sequence[Record],
    notation: str,
    clause_number: ClauseNumber,
    options: GuardOptions,
) -> list[Finding]:
    """Return which reference rules are far from what the policy would write.

    Args:
        model: the policy before it is trained.
        tokenizer: its tokenizer.
        records: the training clauses; `options.likelihood_rows` of them are drawn.
        notation: in which the policy writes rules.
        clause_number: how clauses are put to it.
        options: the limits.
    """
    known = [record for record in records if record.rule is not None]
    drawn = random.Random(0).sample(known, min(len(known), options.likelihood_rows))
    pairs, owners = [], []
    for row, record in enumerate(drawn):
        assert record.rule is not None
        prompt = make_prompt(record.clause, clause_number)
        for rule in (record.rule, *flips(record.rule)[:_FLIPS]):
            pairs.append((prompt, format_rule(rule, notation)))
            owners.append(row)
    totals, means = [0.0] * len(pairs), [0.0] * len(pairs)
    for reading in read_answers(model, tokenizer, pairs):
        totals[reading.row], means[reading.row] = reading.total_logp, reading.mean_logp
    firsts = [owners.index(row) for row in range(len(drawn))]
    if not drawn or -statistics.median(means[first] for first in firsts) > _KNOWS:
        return []
    turned = {
        owner
        for place, owner in enumerate(owners)
        if totals[place] - totals[firsts[owner]] > _TWENTYFOLD
    }
    names = [drawn[row].id for row in sorted(turned)]
    far = [drawn[row].id for row in _far_out([-means[first] for first in firsts])]
    return [
        *share_finding("unlikely_rules", names, len(drawn), options.max_unlikely),
        *_odd(far, len(drawn)),
    ]


def _far_out(nats: Sequence[float]) -> list[int]:
    middle = statistics.median(nats)
    deviation = 1.4826 * statistics.median(abs(each - middle) for each in nats)
    return [row for row, each in enumerate(nats) if each - middle > _FAR * deviation > 0]


def _odd(ids: Sequence[str], n: int) -> list[Finding]:
    """A corpus always has rules that are odder than the others: worth a look, no more."""
    if not ids:
        return []
    message = f"{len(ids)} of {n} are less likely than the others by {_FAR:.0f} deviations"
    return [
        Finding(check="unlikely_rules", level="warn", message=message, ids=list(ids[:SHOWN_IDS]))
    ]
