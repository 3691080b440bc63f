"""Prints docs/cli.md: what every verb's --help says. `python -m p4ir.cli.reference`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from importlib import import_module

from p4ir.cli import VERBS
from p4ir.cli.arguments import Parser

_DEBUG = """Every verb takes `--debug` too: an error then comes with its traceback rather than as
one line, and what libraries say and warn of is shown."""


def reference() -> str:
    """Return the reference of the command line as Markdown, for a width of 80 columns."""
    os.environ["COLUMNS"] = "80"
    parts = ["# The command line", "", "Made by `make docs` from the verbs' own help.", ""]
    parts += [_DEBUG, ""]
    for verb in VERBS:
        module = import_module(f"p4ir.cli.{verb.replace('-', '_')}")
        parser = Parser(prog=f"p4ir {verb}", description=module.HELP)
        module.add_arguments(parser)
        for level, each in _with_actions(parser, 2):
            parts += [f"{'#' * level} {each.prog}", "", "```", each.format_help().rstrip()]
            parts += ["```", ""]
    return "\n".join(parts)


def _with_actions(
    parser: argparse.ArgumentParser, level: int
) -> Iterator[tuple[int, argparse.ArgumentParser]]:
    yield level, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield from _with_actions(each, level + 1)


if __name__ == "__main__":
    print(reference(), end="")
