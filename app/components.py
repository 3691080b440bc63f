"""Parts of our own that the pages are made of: HTML, style and behaviour lie in `parts/`."""

from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import streamlit as st

_PARTS = Path(__file__).parent / "parts"


def _component(name: str, style: str = "") -> Any:
    def part(ending: str) -> str:
        return (_PARTS / f"{name}.{ending}").read_text(encoding="utf-8")

    return st.components.v2.component(
        f"p4ir_{name}", html=part("html"), css=style + part("css"), js=part("js")
    )


_linked = _component("linked")
_queue = _component("queue")
_editor = _component("editor")
_blocks = _component(
    "blocks", files("p4ir.evaluation").joinpath("report.css").read_text(encoding="utf-8")
)


def linked(clause: str, rule: str = "", key: str = "linked") -> None:
    """Show a clause, and beside it its rule, each marking its counterpart in the other.

    Both are HTML of `p4ir.review.linked_html`.
    """
    _linked(data={"clause": clause, "rule": rule}, key=key)


def queue(
    items: Sequence[dict[str, Any]], chosen: str, on_choice: Callable[[str], None], key: str
) -> None:
    """Show a list to choose from, by pointer or arrow keys.

    An item has `id`, `title`, `text`, `tone` (good, doubtful, bad, none, or plain
    for no sign) and `note`.
    """

    def take() -> None:
        choice = st.session_state[key].choice
        if choice in {item["id"] for item in items}:
            on_choice(choice)

    _queue(data={"items": list(items), "chosen": chosen}, key=key, on_choice_change=take)


def typed_in(key: str) -> dict[str, str] | None:
    """Return the `text` last typed in an editor and the `version` that it was typed upon.

    It is remembered apart, since Streamlit forgets a widget that a run does not show.
    """
    state = st.session_state.get(key) or {}
    remembered: dict[str, dict[str, str]] = st.session_state.setdefault("typed", {})
    if typed := state.get("typed"):
        remembered[key] = typed
    return remembered.get(key)


def editor(text: str, problem: dict[str, Any] | None, version: str, key: str) -> None:
    """Show an editor that reports what is typed.

    Args:
        text: what it begins with.
        problem: `line`, `column` and `message` of what is wrong with the text typed, or `None`.
        version: changes where the editor is to begin anew.
        key: of the widget.
    """
    _editor(
        data={"text": text, "problem": problem, "version": version},
        default={"typed": None},
        key=key,
        on_typed_change=lambda: None,
    )


def blocks(html: str, key: str) -> None:
    """Show HTML that p4ir made of a report's blocks."""
    _blocks(data={"html": html}, key=key)
