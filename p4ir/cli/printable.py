"""What others wrote, so that a terminal prints it and does nothing else."""

from __future__ import annotations


def printable(text: str) -> str:
    """Return a text without what would make a terminal do anything but print it."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"
                   for character in text)  # fmt: skip
