"""One rule beside its clause: what supports it, what is doubtful, and the decision."""

from collections.abc import Callable

import components
import rule_editor
import shell
import streamlit as st

from p4ir.corpus.no_requirement import is_no_requirement
from p4ir.errors import P4irError, StaleRuleError
from p4ir.review import ReviewedRule, ReviewStore, Status, to_entry
from p4ir.review.doubts import doubts_of, next_to_review
from p4ir.review.linked_html import linked_html
from p4ir.rules import format_rule
from p4ir.rules.files import format_rules
from p4ir.rules.lint import lint

VIEWS = ("Tree", "Edit", "Outline", "LRML", "Skeleton", "XML", "JSON", "History")
_CODE = {
    "Outline": ("outline", None),
    "LRML": ("lrml", None),
    "Skeleton": ("skeleton", "python"),
    "XML": ("legalruleml", "xml"),
    "JSON": ("json", "json"),
}
_DECISIONS: tuple[tuple[Status, str, str, str | None], ...] = (
    ("approved", "Approve", ":material/check:", "Alt+A"),
    ("flagged", "Flag", ":material/flag:", "Alt+F"),
    ("rejected", "Reject", ":material/close:", "Alt+X"),
    ("draft", "Reopen", ":material/undo:", None),
)
_BADGES = {
    "draft": (":material/circle:", "gray"),
    "approved": (":material/check_circle:", "green"),
    "flagged": (":material/flag:", "orange"),
    "rejected": (":material/cancel:", "red"),
}


def show(store: ReviewStore, rule: ReviewedRule, rules: list[ReviewedRule]) -> None:
    """Show a rule; `rules` are those in the list."""
    _head(rule)
    _conflict(store, rule)
    view = st.segmented_control(
        "View",
        VIEWS,
        default="Tree",
        required=True,
        key="view",
        label_visibility="collapsed",
        persist_state="session",
    )
    if view == "Tree":
        _tree(rule)
    else:
        left, right = st.columns([5, 6], gap="medium")
        with left:
            components.linked(_linked(rule)[0], key=f"clause-{rule.key}")
        with right:
            _other(store, rule, view)
    _doubts(rule)
    if view != "Edit":
        _decision(store, rule, rules)


def _head(rule: ReviewedRule) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(shell.plain(rule.id), anchor=False, width="content")
        icon, color = _BADGES[rule.status]
        st.badge(rule.status, icon=icon, color=color)
        if rule.is_edited:
            st.badge("edited", icon=":material/edit:", color="blue")
        if rule.confidence is not None and not rule.is_edited:
            st.badge(
                f"confidence {rule.confidence:.2f}",
                color="gray",
                help="Geometric mean of the probabilities of what the model wrote.",
            )
    place = [f"page {rule.page}" if rule.page else "", rule.document]
    maker = f"{rule.model} · {rule.adapter}" if rule.adapter else rule.model
    said = [*place, maker, f"version {rule.version} by {rule.author}"]
    st.caption(shell.plain(" · ".join(part for part in said if part)))


def _linked(rule: ReviewedRule) -> tuple[str, str]:
    confidence = () if rule.is_edited else rule.node_confidence
    warnings = lint(rule.rule) if rule.rule is not None else ()
    return linked_html(rule.clause, rule.rule, confidence, warnings, rule.document or None)


def _tree(rule: ReviewedRule) -> None:
    with st.container(border=True, key="linked-box"):
        components.linked(*_linked(rule), key=f"linked-{rule.key}")


def _other(store: ReviewStore, rule: ReviewedRule, view: str) -> None:
    if view == "Edit":
        rule_editor.show(store, rule, lambda act: _act(rule, act))
    elif view == "History":
        _history(store, rule)
    elif rule.rule is None:
        st.info("There is no rule yet. Write one in the view Edit.")
    else:
        notation, language = _CODE[view]
        with shell.errors_shown():
            text = format_rules([to_entry(rule)], notation)
            st.code(text.rstrip("\n"), language=language, wrap_lines=True)


def _history(store: ReviewStore, rule: ReviewedRule) -> None:
    for edit in reversed(store.history(rule.id)):
        with st.container(border=True):
            st.markdown(
                f"**Version {edit.version}** · {edit.action} · {shell.plain(edit.author)} · "
                f"{edit.at:%d %b %Y, %H:%M} UTC"
            )
            if edit.note:
                st.text(edit.note)
            if edit.rule is not None:
                st.code(format_rule(edit.rule), language=None, wrap_lines=True)


def _doubts(rule: ReviewedRule) -> None:
    doubts = doubts_of(rule)
    # Its words are those of no clause, so that nothing can be said of where they stand.
    if rule.rule is not None and is_no_requirement(rule.rule):
        st.info(
            "This text was taken to demand nothing, as a heading or a note does. Check that no "
            "requirement stands in it.",
            icon=":material/person_search:",
        )
    elif not doubts:
        st.success(
            "Every number and name of the rule stands in the clause, no number of the clause "
            "was found left out, and nothing looks odd. Whether it says the same is for you to "
            "judge.",
            icon=":material/verified:",
        )
    for severity, box, icon in (
        ("loud", st.error, ":material/priority_high:"),
        ("quiet", st.warning, ":material/help:"),
    ):
        texts = [shell.plain(doubt.text) for doubt in doubts if doubt.severity == severity]
        if texts:
            box("  \n".join(texts), icon=icon)


def _decision(store: ReviewStore, rule: ReviewedRule, rules: list[ReviewedRule]) -> None:
    note_key = f"note-{rule.key}-{rule.version}"
    st.text_input(
        "Note", key=note_key, placeholder="Why? Needed to flag or to reject", max_chars=1000
    )

    def decide(status: Status) -> None:
        # A note typed right before the click has not been through a run yet.
        note = st.session_state.get(note_key) or ""
        saved = _act(
            rule,
            lambda: store.set_status(
                rule.id, status, version=rule.version, author=shell.reviewer(), note=note
            ),
        )
        if saved and status != "draft":
            st.session_state.chosen_rule = next_to_review(rules, rule.id)

    is_known = bool(shell.reviewer())
    with st.container(horizontal=True, gap="small"):
        for status, label, icon, shortcut in _DECISIONS:
            if status != rule.status:
                st.button(
                    label,
                    type="primary" if status == "approved" else "secondary",
                    icon=icon,
                    on_click=decide,
                    args=(status,),
                    disabled=not is_known or (status == "approved" and rule.rule is None),
                    shortcut=shortcut,
                    key=label.lower(),
                )
    if not is_known:
        st.caption(":material/person: Enter your name at the top right to decide or edit.")


def _act(rule: ReviewedRule, act: Callable[[], ReviewedRule]) -> bool:
    """Save something; keep what went wrong to be shown in the next run."""
    st.session_state.pop("conflict", None)
    try:
        saved = act()
    except StaleRuleError as error:
        st.session_state.conflict = error
        return False
    except P4irError as error:
        st.toast(shell.plain(error), icon=":material/error:", duration="long")
        return False
    st.toast(f"{shell.plain(saved.id)}: {saved.status}", icon=":material/save:")
    return True


def _conflict(store: ReviewStore, rule: ReviewedRule) -> None:
    """Show both versions where somebody else was faster."""
    error = st.session_state.get("conflict")
    if error is None or error.theirs.id != rule.id:
        return
    with st.container(border=True, key="conflict"):
        st.warning(
            f"{shell.plain(error.theirs.author)} saved this rule while you had it open. Nothing "
            "was overwritten: look at both and choose.",
            icon=":material/group:",
        )
        sides = (("Saved by the other", error.theirs), ("Yours, not saved", error.yours))
        for column, (title, version) in zip(st.columns(2), sides, strict=True):
            with column:
                st.markdown(f"**{title}** · {version.status} · {shell.plain(version.author)}")
                if version.note:
                    st.text(version.note)
                st.code(version.rule_text, language=None, wrap_lines=True)
        with st.container(horizontal=True):
            st.button("Keep theirs", key="keep_theirs", on_click=_forget)
            st.button(
                "Save mine on top",
                key="save_mine",
                on_click=lambda: _act(rule, lambda: _again(store, error)),
            )


def _forget() -> None:
    st.session_state.pop("conflict", None)


def _again(store: ReviewStore, error: StaleRuleError) -> ReviewedRule:
    yours, version = error.yours, error.theirs.version
    if yours.rule is not None and yours.rule != error.theirs.rule:
        return store.edit(
            yours.id,
            yours.rule,
            version=version,
            author=yours.author,
            note=yours.note,
            approve=yours.status == "approved",
        )
    return store.set_status(
        yours.id, yours.status, version=version, author=yours.author, note=yours.note
    )
