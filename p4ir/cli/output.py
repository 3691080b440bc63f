"""Where a verb's result goes: a file, whole or not at all, or standard output."""

from __future__ import annotations

import sys


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
