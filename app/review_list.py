"""The list of rules in review, with its filters and its export."""

from typing import Any

import components
import shell
import streamlit as st

from p4ir.check.ids import export_ids
from p4ir.review import STATUSES, ReviewedRule, ReviewStore, to_entry
from p4ir.review.carrying import ending_of, format_carrying
from p4ir.review.doubts import count_doubts, doubts_of
from p4ir.rules.entry import Entry

SHOWN = 200
FEW = 6
"""Rules for which the list needs no bar to scroll."""
NOTATIONS = {
    "LegalRuleML (XML)": "legalruleml",
    "JSON": "json",
    "Compact LRML": "lrml",
    "Code skeleton": "skeleton",
    "Outline": "outline",
    "IDS, for BIM models": "ids",
}
_TONES = {"draft": "none", "approved": "good", "flagged": "doubtful", "rejected": "bad"}
_ALL = "All documents"


def show(store: ReviewStore) -> tuple[list[ReviewedRule], ReviewedRule | None]:
    """Show the list; return the rules in it and the one that is chosen."""
    query = _filters(store)
    rules = store.find(**query, limit=SHOWN)
    total = store.count(**query)
    chosen = _chosen(rules)
    if rules:
        height = 560 if len(rules) > FEW else "content"
        with st.container(height=height, border=True, key="queue-box"):
            items = [_item(rule) for rule in rules]
            components.queue(items, chosen.id if chosen else "", _choose, key="queue")
    if total > SHOWN:
        st.caption(f"The first {SHOWN} of {total}; search or filter to see others.")
    _export(store, query, total)
    return rules, chosen


def _filters(store: ReviewStore) -> dict[str, Any]:
    """Let the user choose what is in the list; return it as arguments of `store.find`."""
    names = list(dict.fromkeys(document.name for document in store.documents()))
    document = None
    if len(names) > 1:
        document = st.selectbox(
            "Document",
            [None, *names],
            format_func=lambda name: _ALL if name is None else name or "pasted text",
            key="list_document",
            persist_state="session",
        )
    counts = store.counts(document)
    statuses = st.pills(
        "Status",
        [status for status in STATUSES if counts[status]],
        selection_mode="multi",
        format_func=lambda status: f"{status} {counts[status]}",
        key="list_status",
        wrap=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    text = st.text_input(
        "Search",
        key="list_text",
        placeholder="Search clauses and rules",
        label_visibility="collapsed",
        persist_state="session",
    )
    return {"status": statuses or None, "document": document, "text": text or ""}


def _choose(identifier: str) -> None:
    st.session_state.chosen_rule = identifier


def _chosen(rules: list[ReviewedRule]) -> ReviewedRule | None:
    wanted = st.session_state.get("chosen_rule")
    return next((rule for rule in rules if rule.id == wanted), rules[0] if rules else None)


def _item(rule: ReviewedRule) -> dict[str, str]:
    is_open = rule.status in ("draft", "flagged")
    return {
        "id": rule.id,
        "title": rule.number or rule.id,
        "text": rule.clause,
        "tone": _TONES[rule.status],
        "note": count_doubts(doubts_of(rule)) if is_open else "edited" * rule.is_edited,
    }


def _export(store: ReviewStore, query: dict[str, Any], total: int) -> None:
    with st.popover("Export", icon=":material/download:", width="stretch", key="export"):
        approved = store.count(status="approved")
        scopes = {f"Approved rules ({approved})": "approved", f"Rules in the list ({total})": ""}
        scope = st.radio("Which", list(scopes), key="export_scope")
        notation = st.selectbox("Notation", list(NOTATIONS), key="export_notation")
        rules = store.approved() if scopes[scope] else store.find(**query)
        entries = [to_entry(rule) for rule in rules if rule.rule is not None]
        if not entries:
            st.caption("Nothing to export yet: approve a rule first.")
            return
        with shell.errors_shown():
            if NOTATIONS[notation] == "ids":
                _download_ids(entries)
            else:
                _download(entries, NOTATIONS[notation])


def _download(entries: list[Entry], notation: str) -> None:
    ending = ending_of(notation)
    st.download_button(
        f"Download {len(entries)} rule{'s' * (len(entries) > 1)}",
        format_carrying(entries, notation).encode(),
        f"rules.{ending}",
        "application/xml" if ending == "xml" else "application/jsonl",
        type="primary",
        on_click="ignore",
        key="export_download",
    )
    st.caption("Every rule carries its id, source clause, model and review status.")


def _download_ids(entries: list[Entry]) -> None:
    export = export_ids(entries)
    if export.written:
        st.download_button(
            f"Download {len(export.written)} of {len(entries)} rules",
            export.text.encode(),
            "rules.ids",
            "application/xml",
            type="primary",
            on_click="ignore",
            key="export_download",
        )
    st.caption("IDS can express few rules exactly. Left out, each with the reason:")
    for refused in export.refused:
        st.caption(shell.plain(f"{refused.entry.id}: {refused.refusal}"))
