"""Where a verb's result goes: a file, whole or not at all, or standard output.

A result never takes the place of what it is made from, and that of another file only if told to.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from p4ir.errors import OutputExistsError


def refuse_input(output: str, inputs: Iterable[str | None]) -> None:
    """Refuse an output that is an input, or lies in a folder that is one.

    Raises:
        OutputExistsError: it does.
    """
    path = Path(output)
    for read in [Path(name) for name in inputs if name is not None]:
        # A terminal may be both: nothing of it is lost.
        if (path.is_file() or path.is_dir()) and read.exists() and path.samefile(read):
            raise OutputExistsError(f"{output}: is the input; give another name for the output")
        if read.is_dir() and read.resolve() in path.resolve().parents:
            raise OutputExistsError(f"{output}: lies in the input; give a place outside {read}")


def refuse_existing(output: str, *, overwrite: bool) -> None:
    """Refuse an output that is a folder, a database, or a file that is not to be replaced.

    Raises:
        OutputExistsError: it is.
    """
    path = Path(output)
    if path.is_dir():
        raise OutputExistsError(f"{output} is a folder: give another name")
    if not path.is_file():
        return  # A device or a pipe is written into.
    from p4ir.review import is_store

    if is_store(path):
        raise OutputExistsError(
            f"{output}: is a database, which is not overwritten; give another name"
        )
    if not overwrite:
        raise OutputExistsError(f"{output} exists: give --overwrite to replace it")


def write_output(text: str, output: str | None) -> None:
    """Write a text to a file, or to standard output if none is named.

    Raises:
        OutputError: the file cannot be written; an older one is left as it was.
    """
    if output is not None:
        from p4ir.corpus.writing import write_text

        write_text(output, text)
        return
    # In UTF-8 whatever the terminal's encoding: XML says that it is.
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()
