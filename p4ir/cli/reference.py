"""Prints docs/cli.md: what every verb's --help says. `python -m p4ir.cli.reference`."""

from __future__ import annotations

import argparse
from importlib import import_module

from p4ir.cli import VERBS


def reference() -> str:
    """Return the reference of the command line as Markdown."""
    parts = ["# The command line", "", "Made by `make docs` from the verbs' own help.", ""]
    for verb in VERBS:
        module = import_module(f"p4ir.cli.{verb}")
        parser = argparse.ArgumentParser(
            prog=f"p4ir {verb}",
            description=module.HELP,
            formatter_class=lambda prog: argparse.HelpFormatter(prog, width=80),
        )
        module.add_arguments(parser)
        parts += [f"## p4ir {verb}", "", "```", parser.format_help().rstrip(), "```", ""]
    return "\n".join(parts)


if __name__ == "__main__":
    print(reference())
