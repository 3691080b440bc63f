"""The option `--seed`, as every verb that draws has it."""

from __future__ import annotations

import argparse


def add_seed(parser: argparse.ArgumentParser, explanation: str) -> None:
    """Declare the seed of a verb's draws."""
    parser.add_argument("--seed", type=_seed, default=0, help=f"{explanation} (default: 0)")


def _seed(text: str) -> int:
    """Read a whole number of at least 0: numpy takes no other."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 0, not {text!r}")
    return int(text)
