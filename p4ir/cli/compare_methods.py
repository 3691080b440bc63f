"""`p4ir compare-methods RECIPE`: methods of stage two on the same budget."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from p4ir.cli.arguments import add_settings
from p4ir.cli.stopping import stopping_on_sigterm
from p4ir.cli.terminal import print_markdown

HELP = (
    "Train a recipe of stage two by several methods, from the same start, with the same seeds, "
    "the same number of completions and the same evaluation, and compare what comes out. "
    "Stopped and called again, it goes on where it was; more methods or seeds can be added."
)
_METHODS = ["recipe", "grpo", "gspo", "ppo", "ads", "n_grpo", "rredcot", "cora"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("recipe", help="name, such as grpo/tiny, or path of a YAML file")
    parser.add_argument(
        "--methods",
        nargs="+",
        default=_METHODS,
        metavar="NAME",
        help="methods, several that work together joined by + (ads+gspo), or recipe, the recipe "
        "as it stands; the first is what the others are compared with "
        f"(default: {' '.join(_METHODS)})",
    )
    parser.add_argument(
        "--seeds", nargs="+", type=int, default=[0], metavar="N", help="seeds (default: 0)"
    )
    add_settings(parser, "change a key of the recipe, for all methods alike")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        default=Path("runs/methods"),
        help="folder of runs, evaluations and comparison.md (default: runs/methods)",
    )


def run(args: argparse.Namespace) -> int:
    """Run what is not done yet and print the table."""
    from p4ir.corpus.writing import check_folder
    from p4ir.grpo import comparison

    check_folder(args.output)
    trials = comparison.plan(args.recipe, args.methods, args.seeds, args.settings, args.output)
    try:
        with stopping_on_sigterm():
            comparison.run(
                trials, args.output, lambda line: print(f"p4ir: {line}", file=sys.stderr)
            )
    except KeyboardInterrupt as stop:
        raise type(stop)("called again, it goes on where it was") from None
    found = comparison.compare_trials(trials)
    print_markdown(comparison.write_table(trials, found, args.output).rstrip())
    return 0
