"""Findings by what a reader asks for: their verdict, their rule, words in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from p4ir.check.findings import VERDICTS, Finding, Verdict


def count_verdicts(findings: Iterable[Finding]) -> dict[Verdict, int]:
    """Return the number of findings of each verdict, the one that asks most first."""
    counts: dict[Verdict, int] = dict.fromkeys(VERDICTS, 0)
    for finding in findings:
        counts[finding.verdict] += 1
    return counts


def select_findings(
    findings: Sequence[Finding],
    *,
    verdicts: Collection[Verdict] = (),
    rule_id: str = "",
    text: str = "",
) -> list[Finding]:
    """Return some findings, those that ask most of a reader first, else in their order.

    Args:
        findings: all of them.
        verdicts: only these; all if there are none.
        rule_id: only of this rule.
        text: only those whose rule, clause or element holds this, capitals apart.
    """
    wanted = text.strip().casefold()
    chosen = [
        finding
        for finding in findings
        if (not verdicts or finding.verdict in verdicts)
        and (not rule_id or finding.rule_id == rule_id)
        and (not wanted or wanted in _words(finding))
    ]
    return sorted(chosen, key=lambda finding: VERDICTS.index(finding.verdict))


def _words(finding: Finding) -> str:
    element = finding.element
    about = (element.id, element.name, element.global_id, *element.types) if element else ()
    return " ".join((finding.rule_id, finding.entry.clause, *about)).casefold()
