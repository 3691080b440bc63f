"""A file of rules as a verb is given one: what is none is refused with what to do about it."""

from __future__ import annotations

import sys
from pathlib import Path

from p4ir.counting import counted
from p4ir.errors import CorpusError, NotationError, P4irError

LINES = "JSON lines with id, clause and rule"


def read_bytes(name: str) -> bytes:
    """Return what a file of rules holds; of `-`, standard input.

    Raises:
        CorpusError: it cannot be read.
    """
    from p4ir.rules.entry import MAX_BYTES

    try:
        if name == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with open(name, "rb") as file:
            return file.read(MAX_BYTES + 1)  # one more, to be refused for its size
    except OSError as error:
        raise CorpusError(f"{name}: cannot be read: {error.strerror}") from None


def tell_notation(name: str, data: bytes, advice: str) -> str:
    """Return the notation of a file of rules by its name or its beginning.

    Args:
        name: of the file.
        data: what it holds.
        advice: what to do where neither says.

    Raises:
        CorpusError: it is empty, a table or no text, or neither says.
    """
    from p4ir.rules.files import notation_of

    ending = Path(name).suffix.lower()
    if not data.strip():
        raise CorpusError(f"{name}: is empty")
    if ending in (".csv", ".tsv"):
        raise CorpusError(f"{name}: is a table, and rules are not read from CSV; give {LINES}")
    try:
        return notation_of(data, ending)
    except NotationError as error:
        untold = f"the notation cannot be told from how the text begins; {advice}"
        raise CorpusError(f"{name}: {untold if _is_utf8(data) else error}") from None


def refuse_without_clauses(name: str) -> None:
    """Refuse a file of rules of which none has the clause that it would be reviewed beside.

    Raises:
        CorpusError: none has, or it is empty, or its notation cannot be told.
    """
    from p4ir.corpus.tables import SUFFIXES
    from p4ir.documents import ENDINGS
    from p4ir.rules.files import read_rules

    path = Path(name)
    is_other = path.suffix.lower() in SUFFIXES or ENDINGS.get(path.suffix.lower(), "txt") != "txt"
    if is_other or not path.is_file():  # A pipe can be read only once.
        return
    data = read_bytes(name)
    notation = tell_notation(name, data, f"give {LINES}")
    try:
        entries = read_rules(data, notation).entries
    except P4irError:
        return  # Why it cannot be read is said where it is imported.
    if entries and not any(entry.clause for entry in entries):
        raise CorpusError(
            f"{name}: {counted(len(entries), 'rule')} without a clause to be reviewed beside; "
            f"give {LINES}"
        )


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
