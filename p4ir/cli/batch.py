"""`p4ir batch IN OUT`: a file of clauses to a file of rules."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HELP = (
    "Turn the clauses of a CSV, JSON lines or Parquet file (columns id and clause or text) into "
    "rules, one JSON object a row. Interrupted, the same command goes on where it stopped."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("input", metavar="IN", help="CSV, JSON lines or Parquet file")
    parser.add_argument("output", metavar="OUT", help="JSON lines file to write")
    parser.add_argument("--to", default="lrml", help="notation of the rules (default: lrml)")
    parser.add_argument("--adapter", default="default", help="adapter, by name or path")
    parser.add_argument("--model", help="base model, by name or path; the adapter's if absent")
    parser.add_argument("--batch-size", type=int, default=16, help="clauses generated together")
    parser.add_argument(
        "--overwrite", action="store_true", help="replace OUT if it exists, and start anew"
    )


def run(args: argparse.Namespace) -> int:
    """Interpret every row; rows that fail are recorded, not fatal."""
    from p4ir.errors import NotationError
    from p4ir.evaluation.batch import BatchJob
    from p4ir.rules import NOTATIONS

    if args.to not in NOTATIONS:
        raise NotationError(f"--to: no notation {args.to!r}; there are {', '.join(NOTATIONS)}")
    job = BatchJob(Path(args.input), Path(args.output), overwrite=args.overwrite)
    from p4ir.cli.terminal import announce
    from p4ir.inference.interpreter import Interpreter

    interpreter = Interpreter(args.model, args.adapter, batch_size=args.batch_size)
    announce(interpreter)
    failed, invalid = job.run(interpreter, args.to)
    print(
        f"p4ir: {len(job.rows)} rows to {args.output}, {failed} without a rule, {invalid} mended",
        file=sys.stderr,
    )
    return 0
