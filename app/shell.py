"""What every page has around it, and what all users share."""

import atexit
import logging
import os
import re
import string
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import streamlit as st

from p4ir.endpoint.retry import Patience
from p4ir.errors import P4irError
from p4ir.inference import Interpreter
from p4ir.inference.rule_writer import RuleWriter
from p4ir.models import default_adapter, list_adapters
from p4ir.review import ReviewStore
from p4ir.serve.client import ServedInterpreter

MAX_UPLOAD_MB = 50

_PARTS = Path(__file__).parent / "parts"
MARK, LOGO = _PARTS / "mark.svg", _PARTS / "logo.svg"
_SUBTITLES = {
    "Interpret": "Turn clauses into rules, and review each rule beside its clause.",
    "Check": "Check a building against rules, and see why each element passes or fails.",
    "Batch": "Turn a whole file of clauses into rules, in the background.",
    "Compare": "Compare systems on the same clauses against reference rules.",
    "Runs": "Follow training runs while they go on.",
}
_SERVED = "the server's model"
_PATIENCE = Patience(tries=3)
"""How long a user waits for a server that cannot be reached: a second or two."""
RENAME = "call one so and upload the file again"
"""What to do about a column that is called otherwise."""
_UPLOADS = re.compile(re.escape(tempfile.gettempdir()) + r"/p4ir-[^/]+/")
_PLAIN = str.maketrans({sign: "\\" + sign for sign in string.punctuation})


_at_work: set[threading.Thread] = set()


@contextmanager
def at_work() -> Iterator[None]:
    """Say that a model works meanwhile, which the application's end does not wait for."""
    _at_work.add(threading.current_thread())
    try:
        yield
    finally:
        _at_work.discard(threading.current_thread())


@atexit.register
def _leave() -> None:
    """End at once while a model works: Python would hang or abort, taking its threads down."""
    if _at_work:
        os._exit(0)


def folder(variable: str, default: str) -> Path:
    """Return a folder that the environment names, or the default below the current one."""
    return Path(os.environ.get(variable) or default)


def store_name() -> str:
    return os.environ.get("P4IR_STORE") or "reviews.db"


@st.cache_resource(show_spinner=False)
def _open_store(name: str) -> ReviewStore:
    return ReviewStore(name)


def store() -> ReviewStore:
    """Return the review store, one for all users."""
    return _open_store(store_name())


def server() -> str:
    """Return the URL of the server that writes the rules; empty where they are written here."""
    return os.environ.get("P4IR_SERVER", "").strip()


def interpreter(adapter: str) -> RuleWriter:
    """Return what writes the rules: the server's model, or one loaded once for all users."""
    return _ask_server(server()) if server() else _load(adapter)


@st.cache_resource(show_spinner="Loading the model; the first time it is also fetched (93 MB) …")
def _load(adapter: str) -> Interpreter:
    return Interpreter(adapter=adapter)


@st.cache_resource(show_spinner="Asking the server …", ttl=60)
def _ask_server(url: str) -> ServedInterpreter:
    return ServedInterpreter(url, patience=_PATIENCE)


def turn() -> AbstractContextManager:
    """Return what users take turns under, a few clauses each; a server sees to that itself."""
    return nullcontext() if server() else _turn()


@st.cache_resource(show_spinner=False)
def _turn() -> threading.Lock:
    return threading.Lock()


def adapters() -> list[str]:
    """Return the names of what can write rules."""
    if server():
        return [_SERVED]
    return [adapter.name for adapter in list_adapters()]


def choose_adapter(key: str) -> str:
    """Let the user choose what writes the rules; return the adapter's name."""
    names = adapters() if server() else [*adapters(), "none"]
    best = default_adapter()
    return st.selectbox(
        "Model",
        names,
        index=names.index(best) if best in names else 0,
        format_func=lambda name: "base model alone" if name == "none" else name,
        key=key,
        disabled=bool(server()),
        help=f"Rules are written at {server()}" if server() else None,
        persist_state="session",
    )


def batch_arguments(adapter: str) -> list[str]:
    """Return the arguments of `p4ir batch` that say what writes the rules."""
    if server():
        return ["--engine", "server", "--endpoint", server()]
    return ["--adapter", adapter]


def reviewer() -> str:
    """Return the name of who sits before the screen; empty if it is not known."""
    return str(st.session_state.get("reviewer") or "").strip()


def plain(text: object) -> str:
    """Return text for places that read Markdown, so that it stands there as it is."""
    return " ".join(str(text).translate(_PLAIN).split("\n"))


def show_error(said: str) -> None:
    st.error(plain(said), icon=":material/error:")


@contextmanager
def errors_shown(show: Callable[[str], None] = show_error) -> Iterator[None]:
    """Show an error raised on purpose in one line, in place of what would have been."""
    try:
        yield
    except P4irError as error:
        show(_UPLOADS.sub("", str(error)))
    except MemoryError:
        show("There is not enough memory for this. Give a smaller file.")


def uploader(label: str, endings: tuple[str, ...], key: str, help: str | None = None):
    """Let the user upload a file of at most `MAX_UPLOAD_MB`."""
    return st.file_uploader(
        label,
        type=[ending.removeprefix(".") for ending in endings],
        max_upload_size=MAX_UPLOAD_MB,
        key=key,
        help=help,
    )


@contextmanager
def as_file(data: bytes, name: str) -> Iterator[Path]:
    """Keep an upload as a file of its own name, for what reads files only."""
    with tempfile.TemporaryDirectory(prefix="p4ir-") as folder:
        path = Path(folder) / (Path(name).name or "upload")
        path.write_bytes(data)
        yield path


def empty(icon: str, title: str, text: str) -> None:
    """Say what a place that is still empty is for, and what to do."""
    with st.container(key=f"empty-{title.replace(' ', '-')}", horizontal_alignment="center"):
        st.markdown(f":material/{icon}:", width="content")
        st.markdown(f"**{title}**", width="content", text_alignment="center")
        st.caption(text, width="content", text_alignment="center")


def style() -> None:
    st.html(_PARTS / "page.css")
    logging.getLogger("p4ir").setLevel(logging.INFO)


def header(title: str) -> None:
    """Write the page's title, and ask who is there."""
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    left.header(title, anchor=False)
    left.caption(_SUBTITLES[title])
    right.text_input(
        "Reviewer",
        value=os.environ.get("P4IR_AUTHOR", ""),
        key="reviewer",
        placeholder="Your name",
        max_chars=80,
        bind="query-params",
        help="Stands beside everything that you approve, flag, reject or edit.",
    )


def footer() -> None:
    st.html(
        '<footer class="p4ir">Rules and findings are drafts for expert review, not legal advice. '
        "What the facts do not say is reported as unknown, never as a pass.</footer>"
    )
