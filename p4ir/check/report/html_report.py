"""Findings as one HTML page that needs nothing else: to read, to print, to hand in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files

from p4ir import __version__
from p4ir.check.facts import Building
from p4ir.check.findings import VERDICTS, Finding, Verdict
from p4ir.check.report.summary import RuleSummary, Summary, summarize
from p4ir.check.wording import TITLES, element_name, explain
from p4ir.counting import counted
from p4ir.rules import format_rule

MAX_ROWS = 200
"""Findings of one rule and verdict that are written out; the JSON report holds them all."""
MAX_WANTED = 12

_DISCLAIMER = (
    "Rules are drafts for expert review. This report supports a review and does not replace it; "
    "it is not legal advice."
)


def write_html(
    findings: Sequence[Finding], building: Building, left_out: Sequence[str] = ()
) -> str:
    """Return a report as an HTML document; everything in it is escaped.

    `left_out` says what was not checked against, in a few words each.
    """
    summary = summarize(findings)
    of_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        of_rule.setdefault(finding.rule_id, []).append(finding)
    rules = sorted(summary.rules, key=lambda rule: VERDICTS.index(rule.worst))
    sections = "\n".join(_rule(rule, of_rule[rule.rule_id]) for rule in rules)
    style = files("p4ir.check.report").joinpath("report.css").read_text(encoding="utf-8")
    name = building.name or building.source or "Building"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(name)}: findings</title>
<style>
{style}</style>
</head>
<body>
<main>
<h1>{escape(name)}</h1>
<p class="about">{_about(summary, building)}</p>
{_left_out(left_out)}
{_counts(summary)}
{_overview(rules)}
{_wanted(summary)}
{sections}
<footer>{_DISCLAIMER} p4ir {escape(__version__)}.</footer>
</main>
</body>
</html>
"""


def _about(summary: Summary, building: Building) -> str:
    source = f" from {building.source}" if building.source else ""
    elements = counted(len(building.elements), "element")
    rules = counted(len(summary.rules), "rule")
    findings = counted(sum(summary.verdicts.values()), "finding")
    return escape(f"{elements}{source}, checked against {rules}: {findings}.")


def _left_out(left_out: Sequence[str]) -> str:
    if not left_out:
        return ""
    return f'<p class="left-out"><b>Not checked against</b>: {escape("; ".join(left_out))}.</p>'


def _counts(summary: Summary) -> str:
    cards = "".join(
        f'<li class="{_slug(verdict)}"><b>{summary.verdicts[verdict]}</b> {TITLES[verdict]}</li>'
        for verdict in VERDICTS
    )
    return f'<ul class="counts">{cards}</ul>'


def _overview(rules: Iterable[RuleSummary]) -> str:
    head = "".join(f'<th scope="col">{TITLES[verdict]}</th>' for verdict in VERDICTS)
    rows = "\n".join(
        f'<tr><th scope="row"><a href="#{_anchor(rule.rule_id)}">{escape(rule.rule_id)}</a></th>'
        f'<td class="place">{escape(_place(rule))}</td>{_cells(rule.verdicts)}</tr>'
        for rule in rules
    )
    return (
        '<h2>Rules</h2><div class="scroll"><table class="overview"><thead><tr>'
        f'<th scope="col">Rule</th><th scope="col">Clause</th>{head}</tr></thead>\n'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _cells(verdicts: Counter[Verdict]) -> str:
    return "".join(
        f'<td class="{_slug(verdict) if verdicts[verdict] else "none"}">'
        f"{verdicts[verdict] or '·'}</td>"
        for verdict in VERDICTS
    )


def _wanted(summary: Summary) -> str:
    if not summary.wanted:
        return ""
    items = "".join(
        f"<li>{escape(name)} <span>{count}</span></li>"
        for name, count in summary.wanted[:MAX_WANTED]
    )
    return (
        "<h2>What would settle most</h2><p>Facts that findings wait for, with their number.</p>"
        f'<ul class="wanted">{items}</ul>'
    )


def _rule(rule: RuleSummary, findings: list[Finding]) -> str:
    entry = rule.entry
    clause = f"<blockquote>{escape(entry.clause)}</blockquote>" if entry.clause else ""
    status = f" · {escape(entry.status)}" if entry.status else ""
    model = " · ".join(one for one in (entry.model, entry.adapter) if one)
    written = f" · written by {escape(model)}" if model else ""
    tables = "\n".join(
        _table(verdict, [one for one in findings if one.verdict == verdict])
        for verdict in VERDICTS
        if rule.verdicts[verdict]
    )
    return (
        f'<section id="{_anchor(rule.rule_id)}"><h2>{escape(rule.rule_id)}'
        f" <small>{escape(_place(rule))}{status}{written}</small></h2>{clause}"
        f"<pre>{escape(format_rule(entry.rule))}</pre>{tables}</section>"
    )


def _table(verdict: Verdict, findings: list[Finding]) -> str:
    rows = "\n".join(map(_row, findings[:MAX_ROWS]))
    more = len(findings) - MAX_ROWS
    note = f'<p class="more">and {more} more; the JSON report has all</p>' if more > 0 else ""
    table = (
        '<div class="scroll"><table class="findings"><thead class="hidden"><tr>'
        '<th scope="col">Element</th><th scope="col">Reason</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{note}"
    )
    title = f'<span class="{_slug(verdict)}">{TITLES[verdict]}</span> {len(findings)}'
    if verdict in ("fail", "unknown", "review"):
        return f"<h3>{title}</h3>{table}"
    return f"<details><summary>{title}</summary>{table}</details>"


def _row(finding: Finding) -> str:
    element = finding.element
    ids = [element.id] if element and element.name and element.name != element.id else []
    ids += [element.global_id] if element and element.global_id not in ("", *ids) else []
    ids += [f"{name}: {id}" for name, id in finding.others]
    below = f"<small>{escape(' · '.join(ids))}</small>" if ids else ""
    return (
        f'<tr><th scope="row">{escape(element_name(finding))}{below}</th>'
        f"<td>{escape(explain(finding))}</td></tr>"
    )


def _place(rule: RuleSummary) -> str:
    return " ".join(one for one in (rule.entry.document, rule.entry.number) if one)


def _slug(verdict: Verdict) -> str:
    return verdict.replace(" ", "-")


def _anchor(rule_id: str) -> str:
    return escape("rule-" + "".join(c if c.isalnum() else f"-{ord(c)}-" for c in rule_id))
