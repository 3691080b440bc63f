"""Write a corpus as JSON lines, and any small file, whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from p4ir.corpus.records import Record, to_object
from p4ir.errors import CorpusError, OutputError, OutputExistsError

JSON_LINES = (".jsonl", ".ndjson")
"""Endings of a corpus that is written."""

_SQLITE = b"SQLite format 3\0"
"""How a database begins: reviews in it are lost if it is overwritten."""


def write_jsonl(records: Iterable[Record], path: str | Path) -> None:
    """Write records one per line; `read_corpus` reads them back as they were.

    Raises:
        OutputError: the file cannot be written; an older one is left as it was.
    """
    write_text(path, format_jsonl(records))


def format_jsonl(records: Iterable[Record]) -> str:
    """Return records as JSON lines."""
    return "".join(json.dumps(to_object(each), ensure_ascii=False) + "\n" for each in records)


def write_text(path: str | Path, text: str) -> None:
    """Write a text file in UTF-8, atomically; missing folders are made.

    Raises:
        OutputError: the file cannot be written; an older one is left as it was.
    """
    write_bytes(path, text.encode())


def write_texts(texts: Mapping[Path, str]) -> None:
    """Write text files in UTF-8, all of them or none: each is written before any is replaced.

    Raises:
        OutputError: one cannot be written; older ones are left as they were.
    """
    _replace({path: text.encode() for path, text in texts.items()})


def write_bytes(path: str | Path, data: bytes) -> None:
    """Write a file atomically; missing folders are made.

    What a link names is written, not the link; a device or a pipe (`/dev/stdout`) is
    written into, since a file put in its place would take it away from everybody.

    Raises:
        OutputError: the file cannot be written, or is a database, such as a review store;
            an older one is left as it was.
    """
    path = Path(path)
    try:
        if is_database(path):
            raise OutputError(f"{path}: is a database, which is not overwritten; give another name")
        if path.is_char_device() or path.is_fifo():
            path.write_bytes(data)
        else:
            _replace({path: data})
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from None


def check_new_file(path: str | Path, *, overwrite: bool) -> None:
    """Refuse a file that could not be written later, or should not be.

    Raises:
        OutputExistsError: it is there and is not to be overwritten, or is a folder or a database.
        OutputError: its folder cannot be written to.
    """
    path = Path(path)
    if path.is_dir():
        raise OutputExistsError(f"{path} is a folder: give another name")
    if is_database(path):
        raise OutputExistsError(
            f"{path}: is a database, which is not overwritten; give another name"
        )
    if path.exists() and not path.is_file():
        return  # A device or a pipe is written into, and nothing is replaced.
    if path.exists() and not overwrite:
        raise OutputExistsError(f"{path} exists: give --overwrite to replace it")
    check_folder(path.parent)


def check_corpus_name(path: str | Path) -> None:
    """Refuse a name with another ending than that of what a corpus is written as.

    Raises:
        CorpusError: it has.
    """
    if (ending := Path(path).suffix).lower() not in JSON_LINES:
        kinds = " or ".join(JSON_LINES)
        raise CorpusError(f"{path}: a corpus is JSON lines and ends in {kinds}, not {ending!r}")


def check_folder(folder: Path) -> None:
    """Refuse a folder that could not be written to later; nothing is made.

    Raises:
        OutputError: it, or what it would be made in, is no folder or not to be written to.
    """
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not there.is_dir():
        raise OutputError(f"{folder}: cannot be written: {there} is no folder")
    if not os.access(there, os.W_OK | os.X_OK):
        raise OutputError(f"{folder}: cannot be written: {there} may not be written to")


def is_database(path: str | Path) -> bool:
    """Say whether a file is a database of SQLite, as a review store is."""
    path = Path(path)
    if not path.is_file():  # reading from a pipe would take from it
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def _replace(files: Mapping[Path, bytes]) -> None:
    written: dict[Path, str] = {}
    path = Path()
    try:
        for path, data in files.items():
            target = path.resolve()
            target.parent.mkdir(parents=True, exist_ok=True)
            descriptor, written[path] = tempfile.mkstemp(
                dir=target.parent, prefix=f".{target.name}."
            )
            with open(descriptor, "wb") as file:
                file.write(data)
            # mkstemp makes files that only the owner may read.
            umask = os.umask(0)
            os.umask(umask)
            os.chmod(written[path], 0o666 & ~umask)
        for path in files:
            os.replace(written[path], path.resolve())
            del written[path]
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from None
    finally:
        for temporary in written.values():
            with suppress(OSError):
                os.unlink(temporary)
