"""A file of clauses in, a file of rules out, in a process of its own."""

import re
import time
from contextlib import AbstractContextManager

import shell
import streamlit as st

from p4ir.batch.background import BackgroundBatch, Progress, list_batches, start_batch
from p4ir.corpus.tables import SUFFIXES
from p4ir.counting import counted
from p4ir.documents import ENDINGS
from p4ir.review import read_drafts

_EVERY_S = 2
_SIGNS = {
    "running": ":blue-badge[working]",
    "finished": ":green-badge[finished]",
    "stopped": ":orange-badge[stopped]",
}


def page() -> None:
    home = shell.folder("P4IR_BATCHES", "batches")
    with st.container(border=True):
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        with left:
            file = shell.uploader(
                "File of clauses",
                tuple(dict.fromkeys([*SUFFIXES, *ENDINGS])),
                key=f"batch_file_{st.session_state.get('batch_count', 0)}",
                help="A table with a column clause or text, and id where there is one; or a "
                "document, whose clauses are told by their numbering.",
            )
        with right:
            adapter = shell.choose_adapter("batch_adapter")
            begin = st.button(
                "Start",
                type="primary",
                disabled=file is None,
                width="stretch",
                icon=":material/play_arrow:",
            )
    if begin and file is not None:
        with shell.errors_shown(lambda said: shell.show_error(_as_given(said, file.name))):
            arguments = shell.batch_arguments(adapter)
            start_batch(home, file.name, file.getvalue(), arguments, how=shell.RENAME)
            st.session_state.batch_count = st.session_state.get("batch_count", 0) + 1
            st.rerun()
    batches = list_batches(home)
    if not batches:
        shell.empty(
            "stacks",
            "No batches yet",
            "Give a file of clauses. It is worked through in the background: this page can be "
            "closed, and a batch that was interrupted goes on where it stopped.",
        )
        return
    is_busy = any(batch.progress().state == "running" for batch in batches)
    st.fragment(_list, run_every=_EVERY_S if is_busy else None)([b.id for b in batches], is_busy)


def _list(shown: list[str], was_busy: bool) -> None:
    """List the batches; where others are there now, or all have ended, the page runs anew."""
    batches = list_batches(shell.folder("P4IR_BATCHES", "batches"))
    progress = [batch.progress() for batch in batches]
    is_busy = any(each.state == "running" for each in progress)
    if [batch.id for batch in batches] != shown or was_busy != is_busy:
        st.rerun()
    if "batch_said" in st.session_state:
        st.toast(**st.session_state.pop("batch_said"))
    for batch, each in zip(batches, progress, strict=True):
        with st.container(border=True, key=f"batch-{batch.id}"):
            _batch(batch, each)


def _batch(batch: BackgroundBatch, progress: Progress) -> None:
    left, right = st.columns([3, 2], vertical_alignment="center")
    began = time.strftime("%d %b %Y, %H:%M", time.localtime(batch.started))
    left.markdown(f"**{shell.plain(batch.name)}** {_SIGNS[progress.state]}")
    left.caption(f"{progress.done} of {progress.total} clauses · begun {began}{_left(progress)}")
    if progress.problem:
        left.error(shell.plain(_as_given(progress.problem, batch.name)))
    with right.container(horizontal=True, horizontal_alignment="right"):
        _buttons(batch, progress)
    if progress.state != "finished":
        st.progress(progress.done / max(1, progress.total))


def _buttons(batch: BackgroundBatch, progress: Progress) -> None:
    if progress.state == "running":
        if st.button("Stop", key=f"stop-{batch.id}", icon=":material/stop:"):
            batch.stop()
            st.rerun(scope="fragment")
        return
    if progress.state == "stopped":
        st.button(
            "Go on",
            key=f"resume-{batch.id}",
            icon=":material/resume:",
            type="primary",
            on_click=_resume,
            args=(batch,),
        )
    else:
        st.button(
            "Review",
            key=f"review-{batch.id}",
            icon=":material/rate_review:",
            type="primary",
            on_click=_review,
            args=(batch,),
            help="Take the rules into the review on Interpret",
        )
        st.download_button(
            "Rules",
            batch.rules.read_bytes,
            f"{batch.name}.rules.jsonl",
            "application/jsonl",
            key=f"download-{batch.id}",
            icon=":material/download:",
            on_click="ignore",
        )
    with st.popover("", icon=":material/delete:", help="Remove this batch"):
        st.write("Remove the batch and its rules?")
        st.button("Remove", key=f"delete-{batch.id}", on_click=batch.delete)


def _say(text: str, icon: str = ":material/task_alt:", duration: str = "short") -> None:
    """Keep what a callback has to say until the list is drawn.

    What a fragment's callback shows itself takes the place of the page's first elements.
    """
    st.session_state.batch_said = {
        "body": shell.plain(text),
        "icon": icon,
        "duration": duration,
    }


def _errors_said(batch: BackgroundBatch) -> AbstractContextManager[None]:
    return shell.errors_shown(
        lambda said: _say(_as_given(said, batch.name), ":material/error:", "long")
    )


def _as_given(said: str, name: str) -> str:
    """Call a batch's file as the user does, in what is said of it."""
    home = re.escape(str(shell.folder("P4IR_BATCHES", "batches")))
    return re.sub(rf"{home}/[^/]+/(clauses|rules)\.\w+|^clauses\.\w+", lambda _: name, said)


def _resume(batch: BackgroundBatch) -> None:
    with _errors_said(batch):
        batch.resume()


def _review(batch: BackgroundBatch) -> None:
    """Take a batch's rules into the review, once."""
    left_out: list[str] = []
    with _errors_said(batch):
        drafts = read_drafts(batch.rules, document=batch.name, on_refused=left_out.append)
        added = shell.store().add(drafts, shell.reviewer() or "p4ir", note=f"batch {batch.id}")
        known = f", {len(added.skipped)} were there already" if added.skipped else ""
        rows = f"; {counted(len(left_out), 'row')} without a rule left out" if left_out else ""
        _say(f"{len(added.added)} rules are now on the page Interpret{known}{rows}.")


def _left(progress: Progress) -> str:
    if progress.state != "running":
        return ""
    if progress.left_s is None:
        return " · loading the model …" if not progress.done else " · going on …"
    minutes, seconds = divmod(int(progress.left_s), 60)
    return f" · about {minutes} min {seconds} s left" if minutes else f" · about {seconds} s left"


page()
