"""Where a verb's result goes: a file, whole or not at all, or standard output.

A result never takes the place of what it is made from.
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
