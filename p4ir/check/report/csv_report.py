"""Findings as CSV, one a line, safe to open in a spreadsheet.

What was not checked against stands behind them, a row each, with a word of its own in the
column of the verdict: who counts or filters verdicts does not take it for a finding.

A spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return as a
formula; such cells get an apostrophe in front, which makes them text (OWASP, CSV injection).
The byte order mark at the start lets spreadsheets see that it is UTF-8.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from p4ir.check.facts import Building
from p4ir.check.findings import Finding
from p4ir.check.wording import explain
from p4ir.rules import format_rule

COLUMNS = (
    "verdict rule document number clause element globalId name type others code reason lrml "
    "status building"
).split()

NOT_CHECKED = "not checked"
"""Stands in the column of the verdict where there is none."""

_FORMULA = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")


def write_csv(findings: Sequence[Finding], building: Building, left_out: Sequence[str] = ()) -> str:
    """Return a report as CSV with a head line.

    `left_out` says what was not checked against, in a few words each.
    """
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for finding in findings:
        writer.writerow(map(safe_cell, _row(finding, building)))
    for said in left_out:
        row = {"verdict": NOT_CHECKED, "reason": said, "building": _name(building)}
        writer.writerow(safe_cell(row.get(column, "")) for column in COLUMNS)
    return out.getvalue()


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    >>> safe_cell("=1+1"), safe_cell("860 mm")
    ("'=1+1", '860 mm')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def _row(finding: Finding, building: Building) -> list[str]:
    entry, element = finding.entry, finding.element
    about = ["", "", "", ""]
    if element is not None:
        about = [element.id, element.global_id, element.name, " ".join(element.types)]
    return [
        finding.verdict,
        finding.rule_id,
        entry.document,
        entry.number,
        entry.clause,
        *about,
        "; ".join(f"{name}: {id}" for name, id in finding.others),
        finding.reason.code,
        explain(finding),
        format_rule(entry.rule),
        entry.status,
        _name(building),
    ]


def _name(building: Building) -> str:
    return building.name or building.source
