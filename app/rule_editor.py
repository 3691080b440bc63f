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


Act = Callable[[Callable[[], ReviewedRule]], bool]
"""Saves something, and says whether it could."""


@st.fragment
def show(store: ReviewStore, rule: ReviewedRule, act: Act) -> None:
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
    begin = rule.rule if rule.rule is not None else parse_rule(_TEMPLATE, "outline")
    text, version = format_rule(begin, notation), str(rule.version)
    key = f"editor-{rule.key}-{notation}"
    typed = components.typed_in(key)
    if typed and typed["version"] == version:
        text = typed["text"]
    elif typed:
        _left_behind(store, rule, typed, notation)
    parsed, problem = _parse(text, notation)
    components.editor(text, problem, version, key)
    _save(store, rule, parsed, act)


def _left_behind(
    store: ReviewStore, rule: ReviewedRule, typed: dict[str, str], notation: str
) -> None:
    """Show what was typed upon an earlier version and never saved; nothing typed is lost."""
    parsed, _ = _parse(typed["text"], notation)
    if parsed is not None and any(edit.rule == parsed for edit in store.history(rule.id)):
        return
    st.warning(
        f"{shell.plain(rule.author)} saved version {rule.version} while you were typing. What you "
        f"typed upon version {typed['version']} is not saved: copy from here what is still wanted.",
        icon=":material/content_copy:",
    )
    st.code(typed["text"], language=None)


def _save(store: ReviewStore, rule: ReviewedRule, parsed: Rule | None, act: Act) -> None:
    note = st.text_input(
        "Note to the edit",
        key=f"edit-note-{rule.key}-{rule.version}",
        placeholder="What was wrong?",
        label_visibility="collapsed",
    )
    is_ready = parsed is not None and parsed != rule.rule and bool(shell.reviewer())
    with st.container(horizontal=True):
        saves = st.button("Save", key="save_edit", disabled=not is_ready, icon=":material/save:")
        approves = st.button(
            "Save and approve",
            key="save_approve",
            disabled=not is_ready,
            type="primary",
            icon=":material/check:",
        )
    if not shell.reviewer():
        st.caption(":material/person: Enter your name at the top right to save.")
    if (saves or approves) and parsed is not None:
        author, version = shell.reviewer(), rule.version
        act(
            lambda: store.edit(
                rule.id, parsed, version=version, author=author, note=note, approve=approves
            )
        )
        st.rerun()


def _parse(text: str, notation: str) -> tuple[Rule | None, dict[str, Any] | None]:
    try:
        return parse_rule(text, notation), None
    except RuleSyntaxError as error:
        return None, {"line": error.line, "column": error.column, "message": str(error)}
    except P4irError as error:
        return None, {"line": 0, "column": 0, "message": str(error)}
