"""The one way in which texts are kept: on one line, and nothing but text."""

from __future__ import annotations

from p4ir.rules.tree import NOT_TEXT

_HYPHENS = {0x02: "-", 0xFFFE: "-"}
"""What PDFium gives for a hyphen at the end of a line, and what is meant by it."""


def one_line(text: str) -> str:
    r"""Return a text with single spaces for line breaks and for what is no text.

    What is no text are control characters, which could command a terminal, and what neither
    UTF-8 nor XML can hold. A space keeps apart what they stood between.

    >>> one_line("a hand\uffferail,\n 900\x961100 mm\x1b[2J")
    'a hand-rail, 900 1100 mm [2J'
    """
    return " ".join(NOT_TEXT.sub(" ", text.translate(_HYPHENS)).split())
