"""`p4ir train STAGE RECIPE`: tune a model."""

from __future__ import annotations

import argparse
import sys

from p4ir.cli.arguments import add_settings
from p4ir.errors import RecipeError

HELP = "Tune a model by a recipe that ships with p4ir (sft/cpu) or a YAML file of your own."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("stage", choices=["sft", "grpo"], help="stage of the training")
    parser.add_argument("recipe", help="name, such as sft/cpu or grpo/tiny, or path of a YAML file")
    add_settings(parser, "change a key of the recipe, such as corpus.path=FILE or output=DIR")
    parser.add_argument(
        "--method",
        action="append",
        metavar="NAME",
        help="method of stage two, such as gspo or rredcot; several combine (docs/methods.md)",
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on from the run's newest checkpoint"
    )


def run(args: argparse.Namespace) -> int:
    """Train."""
    from importlib import import_module

    if args.method and args.stage != "grpo":
        raise RecipeError(f"--method belongs to stage grpo; {args.stage} has one method only")
    if args.method:
        from p4ir.grpo.methods import check_known

        check_known(args.method)
    chosen = [f"method=[{', '.join(args.method)}]"] if args.method else []
    recipe = import_module(f"p4ir.{args.stage}.config").load(args.recipe, [*chosen, *args.settings])
    train = import_module(f"p4ir.{args.stage}").train
    result = train(recipe, resume=args.resume)
    figures = ", ".join(f"{name} {value:.3f}" for name, value in result.metrics.items())
    print(f"{result.steps} steps, validation {figures}", file=sys.stderr)
    print(result.adapter)
    if result.refused:
        print(f"p4ir: the guard refuses the adapter: {result.refused}", file=sys.stderr)
        return 1
    return 0
