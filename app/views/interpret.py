"""Clauses become rules; each rule is reviewed beside its clause."""

import intake
import review_list
import rule_panel
import shell
import streamlit as st


def page() -> None:
    store = shell.store()
    intake.show(is_first=not store.count())
    if not store.count():
        shell.empty(
            "edit_note",
            "No rules yet",
            "Paste a few clauses above, upload a document, or begin with the example. Every rule "
            "then appears beside its clause, with what supports it and what is doubtful.",
        )
        return
    left, right = st.columns([3, 10], gap="medium")
    with left:
        rules, chosen = review_list.show(store)
    with right:
        if chosen is None:
            shell.empty("filter_alt_off", "No rule matches", "Change the filters on the left.")
        else:
            rule_panel.show(store, chosen, rules)


with shell.errors_shown():
    page()
