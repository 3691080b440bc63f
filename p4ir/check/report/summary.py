"""Findings counted: by verdict, by rule, and what it would help most to know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from p4ir.check.findings import VERDICTS, Finding, Verdict
from p4ir.rules.entry import Entry


class RuleSummary(NamedTuple):
    """The findings of one rule, counted by verdict."""

    rule_id: str
    entry: Entry
    verdicts: Counter[Verdict]

    @property
    def worst(self) -> Verdict:
        """The verdict that asks most of a reader."""
        return next(verdict for verdict in VERDICTS if self.verdicts[verdict])


class Summary(NamedTuple):
    """All findings of a check, counted."""

    verdicts: Counter[Verdict]
    rules: tuple[RuleSummary, ...]
    """In the order of the rules."""
    wanted: tuple[tuple[str, int], ...]
    """What was not stated, and how many findings wait for it; the most wanted first."""


def summarize(findings: Iterable[Finding]) -> Summary:
    """Count findings."""
    verdicts: Counter[Verdict] = Counter()
    rules: dict[str, RuleSummary] = {}
    wanted: Counter[str] = Counter()
    for finding in findings:
        verdicts[finding.verdict] += 1
        rule = rules.setdefault(
            finding.rule_id, RuleSummary(finding.rule_id, finding.entry, Counter())
        )
        rule.verdicts[finding.verdict] += 1
        if finding.verdict == "unknown":
            wanted.update({missing.name for missing in finding.reason.missing})
    return Summary(verdicts, tuple(rules.values()), tuple(wanted.most_common()))
