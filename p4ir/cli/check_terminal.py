"""How findings look on a terminal: a table of the rules, then what fails and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from p4ir.cli.printable import printable
from p4ir.counting import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from p4ir.check.facts import Building
    from p4ir.check.findings import Finding, Verdict
    from p4ir.check.report.summary import RuleSummary, Summary

MAX_RULES = 40
"""Rules in the table; the reports hold them all."""
MAX_FAILS = 25
MAX_WANTED = 5
_STYLES: dict[Verdict, str] = {
    "fail": "bold red",
    "unknown": "yellow",
    "review": "blue",
    "pass": "green",
    "not applicable": "dim",
}


def show(findings: Sequence[Finding], building: Building, left_out: Sequence[str] = ()) -> None:
    """Print a summary of findings, and what was not checked against."""
    from rich.console import Console

    from p4ir.check.report.summary import summarize

    console = Console(highlight=False, soft_wrap=False)
    summary = summarize(findings)
    console.print(_title(summary, building), markup=False)
    _print_table(console, summary)
    _print_fails(console, findings)
    if summary.wanted:
        wanted = ", ".join(f"{name} ({count})" for name, count in summary.wanted[:MAX_WANTED])
        console.print(f"\nWould settle most unknowns: {printable(wanted)}", markup=False)
    open_ = Counter(rule.entry.status for rule in summary.rules)
    waiting = [f"{open_[status]} {status}" for status in ("draft", "flagged") if open_[status]]
    if waiting:
        console.print(f"\nNot approved by a reviewer: {', '.join(waiting)}", markup=False)
    if left_out:
        console.print(f"\nNot checked against: {printable('; '.join(left_out))}", markup=False)


def _title(summary: Summary, building: Building) -> str:
    name = building.name or building.source or "the building"
    elements = counted(len(building.elements), "element")
    return f"{printable(name)}: {elements}, {counted(len(summary.rules), 'rule')}"


def _print_table(console: Console, summary: Summary) -> None:
    from rich.table import Table
    from rich.text import Text

    from p4ir.check.findings import VERDICTS

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("rule", overflow="fold", ratio=1)
    for verdict in VERDICTS:
        table.add_column(_short(verdict), justify="right", style=_STYLES[verdict], no_wrap=True)
    telling = [rule for rule in summary.rules if rule.worst in ("fail", "unknown", "review")]
    telling.sort(key=lambda rule: VERDICTS.index(rule.worst))
    for rule in telling[:MAX_RULES]:
        table.add_row(Text(_name(rule)), *(str(rule.verdicts[v] or "·") for v in VERDICTS))
    rest = len(summary.rules) - len(telling[:MAX_RULES])
    if rest:
        counts = [
            sum(rule.verdicts[v] for rule in summary.rules)
            - sum(rule.verdicts[v] for rule in telling[:MAX_RULES])
            for v in VERDICTS
        ]
        name = counted(rest, "rule").replace(" ", " other " if telling else " ")
        table.add_row(Text(name), *(str(count or "·") for count in counts))
    table.add_section()
    table.add_row("all", *(str(summary.verdicts[v]) for v in VERDICTS), style="bold")
    console.print(table)


def _print_fails(console: Console, findings: Sequence[Finding]) -> None:
    from rich.text import Text

    from p4ir.check.wording import element_name, explain

    fails = [finding for finding in findings if finding.verdict == "fail"]
    if fails:
        console.print()
    for finding in fails[:MAX_FAILS]:
        line = Text("fail ", style=_STYLES["fail"])
        line.append(printable(f"{finding.rule_id}: {element_name(finding)}"), style="bold")
        line.append(printable(f"  {explain(finding)}"), style="")
        console.print(line)
    if len(fails) > MAX_FAILS:
        console.print(f"and {len(fails) - MAX_FAILS} more; a report has all", markup=False)


def _short(verdict: Verdict) -> str:
    return "n/a" if verdict == "not applicable" else verdict


def _name(rule: RuleSummary) -> str:
    place = " ".join(one for one in (rule.entry.document, rule.entry.number) if one)
    return printable(f"{rule.rule_id}  {place}" if place else rule.rule_id)
