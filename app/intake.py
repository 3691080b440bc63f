"""Text comes in: pasted or uploaded, cut into clauses, given to the model."""

import time
from collections.abc import Sequence
from pathlib import Path

import shell
import streamlit as st

from p4ir.documents import ENDINGS, Clause, Document, read_document, segment_text
from p4ir.errors import DocumentError
from p4ir.inference.turns import interpret_in_turns
from p4ir.review import draft_of

EXAMPLE = Path(__file__).parent / "example.txt"
MANY = 20
"""Clauses from which a batch is the better way."""


def show(is_first: bool) -> None:
    """Show the form; open where it is the first thing to do."""
    with st.expander(
        "Add clauses", expanded=is_first, icon=":material/add:", key=f"intake-{is_first}"
    ):
        source = st.segmented_control(
            "Source",
            ["Paste text", "Upload a document"],
            default="Paste text",
            required=True,
            key="intake_source",
            label_visibility="collapsed",
            persist_state="session",
        )
        clauses, document = _pasted() if source == "Paste text" else _uploaded()
        left, right = st.columns([2, 3], vertical_alignment="bottom")
        with left:
            adapter = shell.choose_adapter("intake_adapter")
        with right.container(horizontal=True):
            begins = st.button(
                "Write rules",
                type="primary",
                icon=":material/auto_awesome:",
                shortcut="Ctrl+Enter",
                key="write_rules",
            )
            if source == "Paste text":
                st.button("Use the example", key="example", on_click=_use_example)
        if begins and clauses:
            with shell.errors_shown(), shell.at_work():
                _interpret(clauses, document, adapter)
        elif begins:
            st.info("There is no clause yet: paste text or choose a document first.")


def _use_example() -> None:
    st.session_state.clause_text = EXAMPLE.read_text(encoding="utf-8")
    st.session_state.document_name = "Example"


def _pasted() -> tuple[Sequence[Clause], Document | None]:
    text = st.text_area(
        "Clauses",
        key="clause_text",
        height=170,
        placeholder="Paste regulation text. Clauses are told apart by their numbers or by empty "
        "lines, for example:\n\n3.1 Every stair shall have a handrail on each side.",
        persist_state="session",
    )
    clauses = segment_text(text or "")
    if clauses:
        numbers = ", ".join(clause.number for clause in clauses if clause.number)
        st.caption(shell.plain(_found(clauses) + (f": {numbers}" if numbers else "")))
    return clauses, None


def _found(clauses: Sequence[Clause]) -> str:
    return f"{len(clauses)} clause{'s' * (len(clauses) > 1)} found"


def _uploaded() -> tuple[Sequence[Clause], Document | None]:
    file = shell.uploader(
        "Document",
        ENDINGS,
        key="document_file",
        help="Text, a table with a column of clauses, Word or PDF. Clauses are told by their "
        "numbering; the page of each is kept.",
    )
    if file is None:
        return (), None
    document = _read(file.getvalue(), file.name, file.file_id)
    if document is None:
        return (), None
    for note in document.notes:
        st.warning(shell.plain(note))
    count = len(document.clauses)
    if any(each.sha256 == document.sha256 for each in shell.store().documents()):
        st.info("This document is in review already; its clauses would be added once more.")
    if count <= MANY:
        st.caption(_found(document.clauses))
        return document.clauses, document
    first, last = st.slider(
        f"{count} clauses found. Take those from … to …",
        1,
        count,
        (1, MANY),
        help="For a whole document, the page Batch works in the background.",
    )
    return document.clauses[first - 1 : last], document


def _read(data: bytes, name: str, file_id: str) -> Document | None:
    """Read a document once; ask for what is missing to do so, and remember it for this file.

    The file stays in its place while rules are reviewed, and every click runs the page anew.
    """
    password_key, column_key = f"password-{file_id}", f"column-{file_id}"
    password = st.session_state.get(password_key) or None
    column = st.session_state.get(column_key)
    asked = (file_id, password, column)
    known, document = st.session_state.get("document_read") or (None, None)
    if known == asked:
        return document
    try:
        columns = {"clause": column} if column else None
        document = read_document(
            data, name, columns=columns, password=password, how="choose it below"
        )
        st.session_state.document_read = asked, document
        return document
    except DocumentError as error:
        st.error(shell.plain(error))
        if error.needs_password:
            st.text_input(
                "Password of the PDF", type="password", key=password_key, persist_state="session"
            )
        if error.columns:
            st.selectbox(
                "Column that holds the clauses",
                error.columns,
                index=None,
                key=column_key,
                persist_state="session",
            )
        return None


def _interpret(clauses: Sequence[Clause], document: Document | None, adapter: str) -> None:
    """Have rules written, a few clauses at a time; what is ready is in the store at once."""
    model = shell.interpreter(adapter)
    store, author = shell.store(), shell.reviewer() or "p4ir"
    bar = st.progress(0.0, f"0 of {len(clauses)} clauses")
    st.caption("What is ready is kept at once. Anything that you click stops the rest.")
    started, done = time.monotonic(), 0
    first = ""
    for found in interpret_in_turns(model, [clause.text for clause in clauses], shell.turn()):
        drafts = [
            draft_of(
                each,
                model=str(model.model),
                adapter=model.info.name if model.info else "",
                clause=clause,
                document=document,
            )
            for each, clause in zip(found, clauses[done : done + len(found)], strict=True)
        ]
        added = store.add(drafts, author)
        first = first or added.added[0].id
        done += len(found)
        left_s = (time.monotonic() - started) / done * (len(clauses) - done)
        bar.progress(
            done / len(clauses), f"{done} of {len(clauses)} clauses, about {left_s:.0f} s left"
        )
    st.session_state.chosen_rule = first
    st.session_state.pop("clause_text", None)
    st.toast(f"{done} rules are ready to be reviewed.", icon=":material/task_alt:")
    st.rerun()
