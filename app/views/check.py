"""A building is checked against rules; each finding opens to clause, facts and computation."""

from datetime import datetime

import check_sources
import components
import finding_panel
import shell
import streamlit as st

from p4ir.check import VERDICTS, Finding
from p4ir.check.bcf import write_bcf
from p4ir.check.checking import check
from p4ir.check.report import write_csv, write_html, write_json
from p4ir.check.selecting import count_verdicts, select_findings
from p4ir.check.sources import Rules
from p4ir.counting import counted

SHOWN = 300
SHOWN_LEFT_OUT = 5
_TONES = {"fail": "bad", "unknown": "doubtful", "review": "doubtful", "pass": "good"}
_LOUD = ("fail", "unknown", "review")


def page() -> None:
    rules, building = Rules([], []), None
    with st.container(border=True):
        left, right = st.columns(2, gap="medium")
        with left, shell.errors_shown():
            rules = check_sources.choose_rules()
        with right, shell.errors_shown():
            building = check_sources.choose_building()
        go = st.button(
            "Check",
            type="primary",
            icon=":material/fact_check:",
            disabled=not rules.entries or building is None,
            shortcut="Ctrl+Enter",
            key="check_go",
        )
    if go and building is not None:
        with shell.errors_shown(), st.spinner("Checking …"):
            findings = check(rules.entries, building)
            st.session_state.checked = (rules, building, findings, datetime.now().astimezone())
            st.session_state.pop("finding_verdicts", None)
    if "checked" not in st.session_state:
        shell.empty(
            "fact_check",
            "Nothing checked yet",
            "Choose rules and a building, then check. Every finding says which facts it rests on; "
            "what the facts do not say is unknown, never a pass.",
        )
        return
    _results(rules, building)


def _results(rules, building) -> None:
    checked_rules, checked_building, findings, at = st.session_state.checked
    if (rules, building) != (checked_rules, checked_building):
        st.warning(
            "Out of date: the rules or the building have changed since this check. Check again.",
            icon=":material/history:",
        )
    counts = count_verdicts(findings)
    name = checked_building.name or checked_building.source or "building"
    elements, entries = checked_building.elements, checked_rules.entries
    st.caption(
        shell.plain(
            f"{name}: {counted(len(elements), 'element')}, {counted(len(entries), 'rule')}, "
            f"checked {at:%d %b %Y, %H:%M}"
        )
    )
    _left_out(checked_rules.left_out)
    _counts(counts)
    left, right = st.columns([3, 8], gap="medium")
    with left:
        chosen = _list(findings, counts)
        _downloads(findings, checked_building, checked_rules.left_out)
    with right:
        if chosen is None:
            shell.empty("filter_alt_off", "No finding matches", "Change the filters on the left.")
        else:
            finding_panel.show(chosen)


def _left_out(left_out: tuple[str, ...]) -> None:
    if left_out:
        more = len(left_out) - SHOWN_LEFT_OUT
        said = [
            *left_out[:SHOWN_LEFT_OUT],
            *([f"and {more} more, which reports name"] * (more > 0)),
        ]
        st.caption(f"**Not checked against**: {shell.plain('; '.join(said))}")


def _counts(counts: dict[str, int]) -> None:
    for column, verdict in zip(st.columns(len(VERDICTS)), VERDICTS, strict=True):
        column.metric(verdict.capitalize(), counts[verdict], border=True)


def _list(findings: list[Finding], counts: dict[str, int]) -> Finding | None:
    there = [verdict for verdict in VERDICTS if counts[verdict]]
    verdicts = st.pills(
        "Verdicts",
        there,
        selection_mode="multi",
        default=[verdict for verdict in there if verdict in _LOUD],
        key="finding_verdicts",
        wrap=True,
        label_visibility="collapsed",
    )
    rules = list(dict.fromkeys(finding.rule_id for finding in findings))
    rule = st.selectbox(
        "Rule",
        ["", *rules],
        format_func=lambda name: name or "All rules",
        key="finding_rule",
        label_visibility="collapsed",
    )
    text = st.text_input(
        "Search",
        key="finding_text",
        placeholder="Search elements and clauses",
        label_visibility="collapsed",
    )
    found = select_findings(findings, verdicts=verdicts, rule_id=rule or "", text=text or "")
    if not found:
        return None
    keys = {str(finding.key): finding for finding in found}
    wanted = st.session_state.get("chosen_finding")
    chosen = wanted if wanted in keys else next(iter(keys))
    items = [_item(key, finding) for key, finding in list(keys.items())[:SHOWN]]
    with st.container(height=520, border=True, key="findings-box"):
        components.queue(items, chosen, _choose, key="findings")
    if len(found) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(found)}; filter to see others.")
    return keys[chosen]


def _choose(key: str) -> None:
    st.session_state.chosen_finding = key


def _item(key: str, finding: Finding) -> dict[str, str]:
    element = finding.element
    return {
        "id": key,
        "title": (element.name or element.id) if element else "Building",
        "text": f"{finding.rule_id}: {finding.entry.clause}",
        "tone": _TONES.get(finding.verdict, "none"),
        "note": finding.verdict,
    }


def _downloads(findings: list[Finding], building, left_out: tuple[str, ...]) -> None:
    with st.popover("Report", icon=":material/download:", width="stretch", key="report"):
        files = {
            "HTML, to print": (write_html, "findings.html", "text/html"),
            "JSON": (write_json, "findings.json", "application/json"),
            "CSV": (write_csv, "findings.csv", "text/csv"),
            "BCF, for BIM programs": (write_bcf, "findings.bcf", "application/octet-stream"),
        }
        for label, (write, name, kind) in files.items():
            st.download_button(
                label,
                lambda write=write: write(findings, building, left_out),
                name,
                kind,
                on_click="ignore",
                key=f"report_{name}",
                width="stretch",
            )


with shell.errors_shown():
    page()
