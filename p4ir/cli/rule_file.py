"""A file of rules as a verb is given one, by name or on standard input."""

from __future__ import annotations

import sys

from p4ir.errors import CorpusError


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
