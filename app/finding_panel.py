"""One finding: the verdict in words, the facts and comparisons it rests on, clause and rule."""

import components
import shell
import streamlit as st

from p4ir.check.findings import Finding
from p4ir.check.wording import explain
from p4ir.evaluation.blocks import Block, Cell, Table
from p4ir.evaluation.html import write_blocks
from p4ir.review.linked_html import linked_html

BADGES = {
    "fail": (":material/cancel:", "red"),
    "unknown": (":material/help:", "orange"),
    "review": (":material/person_search:", "blue"),
    "pass": (":material/check_circle:", "green"),
    "not applicable": (":material/remove:", "gray"),
}


def show(finding: Finding) -> None:
    element, entry = finding.element, finding.entry
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        name = (element.name or element.id) if element else "The building"
        st.subheader(shell.plain(name), anchor=False, width="content")
        icon, color = BADGES[finding.verdict]
        st.badge(finding.verdict, icon=icon, color=color)
    about = [", ".join(element.types), element.global_id] if element else []
    where = f"{entry.document} {entry.number}".strip()
    status = f"rule {entry.status}" if entry.status else ""
    parts = [*about, where, f"rule {finding.rule_id}", status]
    st.caption(shell.plain(" · ".join(part for part in parts if part)))
    st.markdown(shell.plain(explain(finding)))
    with st.container(border=True):
        components.linked(
            *linked_html(entry.clause or "(no clause is given)", entry.rule), key="finding-linked"
        )
    blocks = _blocks(finding)
    if blocks:
        components.blocks(write_blocks(blocks), key="finding-blocks")


def _blocks(finding: Finding) -> list[Block]:
    reason = finding.reason
    tables = [
        (
            "What is missing",
            ("about", "element", "detail"),
            [(each.name, each.element, each.detail) for each in reason.missing],
        ),
        (
            "Compared",
            ("value", "", "with", "holds"),
            [
                (each.left, each.operator, each.right, "yes" if each.holds else "no")
                for each in reason.comparisons
            ],
        ),
        (
            "Facts read",
            ("element", "fact", "value"),
            [(each.element or "building", each.name, each.value) for each in reason.facts],
        ),
    ]
    blocks: list[Block] = []
    for title, columns, rows in tables:
        if rows:
            cells = tuple(
                tuple(
                    Cell(text, tone=_tone(columns, place, text)) for place, text in enumerate(row)
                )
                for row in dict.fromkeys(rows)
            )
            text_columns = tuple(range(len(columns)))
            blocks.append(Table(columns, cells, title, text_columns))
    return blocks


def _tone(columns: tuple[str, ...], place: int, text: str) -> str:
    if columns[place] != "holds":
        return ""
    return "better" if text == "yes" else "worse"
