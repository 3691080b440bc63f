"""The editor: what is typed is parsed as it is typed."""

from collections.abc import Callable
from typing import Any

import components
import shell
import streamlit as st

from p4ir.errors import P4irError, RuleSyntaxError
from p4ir.review import ReviewedRule, ReviewStore
from p4ir.rules import Rule, format_rule, parse_rule

_NOTATIONS = {"Outline": "outline", "LRML": "lrml", "Skeleton": "skeleton"}
_TEMPLATE = "if\n exist: thing\nthen\n obligation\n  has: thing, part"


@st.fragment
def show(
    store: ReviewStore,
    rule: ReviewedRule,
    act: Callable[[Callable[[], ReviewedRule]], bool],
) -> None:
    """Show the editor of a rule; `act` saves."""
    name = st.segmented_control(
        "Notation",
        list(_NOTATIONS),
        default="Outline",
        required=True,
        key="edit_notation",
        label_visibility="collapsed",
    )
    notation = _NOTATIONS[name]
    start = format_rule(rule.rule, notation) if rule.rule is not None else _TEMPLATE
    if rule.rule is None:
        start = format_rule(parse_rule(_TEMPLATE, "outline"), notation)
    key = f"editor-{rule.key}-{notation}"
    version = f"{rule.version}"
    typed = components.editor_text(key, version, start)
    parsed, problem = _parse(typed, notation)
    components.editor(start, problem, version, key)
    note = st.text_input(
        "Note to the edit",
        key=f"edit-note-{rule.key}-{rule.version}",
        placeholder="What was wrong?",
        label_visibility="collapsed",
    )
    is_ready = parsed is not None and parsed != rule.rule and bool(shell.reviewer())

    def save(approve: bool) -> None:
        assert parsed is not None
        act(
            lambda: store.edit(
                rule.id,
                parsed,
                version=rule.version,
                author=shell.reviewer(),
                note=note,
                approve=approve,
            )
        )

    with st.container(horizontal=True):
        if st.button("Save", key="save_edit", disabled=not is_ready, icon=":material/save:"):
            save(False)
            st.rerun()
        if st.button(
            "Save and approve",
            key="save_approve",
            disabled=not is_ready,
            type="primary",
            icon=":material/check:",
        ):
            save(True)
            st.rerun()
    if not shell.reviewer():
        st.caption(":material/person: Enter your name at the top right to save.")


def _parse(text: str, notation: str) -> tuple[Rule | None, dict[str, Any] | None]:
    try:
        return parse_rule(text, notation), None
    except RuleSyntaxError as error:
        return None, {"line": error.line, "column": error.column, "message": str(error)}
    except P4irError as error:
        return None, {"line": 0, "column": 0, "message": str(error)}
