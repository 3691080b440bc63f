"""Findings as JSON: one object with the building, the counts and every finding."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from p4ir import __version__
from p4ir.check.facts import Building
from p4ir.check.findings import VERDICTS, Finding
from p4ir.check.report.summary import summarize
from p4ir.check.wording import explain
from p4ir.rules import format_rule

FORMAT = "p4ir-findings/1"


def write_json(
    findings: Sequence[Finding], building: Building, left_out: Sequence[str] = ()
) -> str:
    """Return a report as JSON; each rule stands once, and its findings name it.

    `left_out` says what was not checked against, in a few words each.
    """
    summary = summarize(findings)
    report: dict[str, Any] = {
        "format": FORMAT,
        "p4ir": __version__,
        "building": {
            "name": building.name,
            "source": building.source,
            "elements": len(building.elements),
        },
        "counts": {verdict: summary.verdicts[verdict] for verdict in VERDICTS},
        "rules": [
            {
                "id": rule.rule_id,
                "rule": format_rule(rule.entry.rule),
                **{
                    name: getattr(rule.entry, name)
                    for name in ("clause", "document", "number", "model", "adapter", "status")
                    if getattr(rule.entry, name)
                },
            }
            for rule in summary.rules
        ],
        **({"leftOut": list(left_out)} if left_out else {}),
        "findings": [finding_object(finding) for finding in findings],
    }
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def finding_object(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON has it."""
    element, reason = finding.element, finding.reason
    return {
        "rule": finding.rule_id,
        "element": None
        if element is None
        else {
            "id": element.id,
            "globalId": element.global_id,
            "name": element.name,
            "type": list(element.types),
        },
        "others": dict(finding.others),
        "verdict": finding.verdict,
        "reason": {
            "code": reason.code,
            "facts": [fact._asdict() for fact in reason.facts],
            "comparisons": [comparison._asdict() for comparison in reason.comparisons],
            "missing": [missing._asdict() for missing in reason.missing],
            "text": explain(finding),
        },
    }
