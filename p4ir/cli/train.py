"""`p4ir train STAGE RECIPE`: tune a model."""

from __future__ import annotations

import argparse
import sys

HELP = "Tune a model by a recipe that ships with p4ir (sft/cpu) or a YAML file of your own."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("stage", choices=["sft"], help="stage of the training")
    parser.add_argument("recipe", help="name (sft/tiny, sft/cpu, sft/gpu, sft/gpu-7b) or path")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="change a key of the recipe, such as corpus.path=FILE or output=DIR",
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on from the run's newest checkpoint"
    )


def run(args: argparse.Namespace) -> int:
    """Train."""
    from p4ir.sft.config import load

    recipe = load(args.recipe, args.settings)
    from p4ir.sft.train import train

    result = train(recipe, resume=args.resume)
    figures = ", ".join(f"{name} {value:.3f}" for name, value in result.metrics.items())
    print(f"{result.steps} steps, validation {figures}", file=sys.stderr)
    print(result.adapter)
    return 0
