"""`p4ir batch IN OUT`: a file of clauses to a file of rules."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from p4ir.cli.arguments import add_batch_size, add_decoding, add_model, add_notation, check_notation

HELP = (
    "Turn the clauses of a CSV, JSON lines or Parquet file (columns id and clause or text) into "
    "rules, one JSON object a row. Interrupted, the same command goes on where it stopped."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("input", metavar="IN", help="CSV, JSON lines or Parquet file")
    parser.add_argument("output", metavar="OUT", help="JSON lines file to write")
    add_notation(parser)
    add_model(parser)
    add_decoding(parser)
    add_batch_size(parser)
    parser.add_argument(
        "--overwrite", action="store_true", help="replace OUT if it exists, and start anew"
    )


def run(args: argparse.Namespace) -> int:
    """Interpret every row; rows that fail are recorded, not fatal."""
    check_notation(args.to)
    from p4ir.errors import OutputExistsError
    from p4ir.evaluation.batch import BatchJob, read_rows

    source, output = Path(args.input), Path(args.output)
    if output.exists() and source.exists() and output.samefile(source):
        raise OutputExistsError(f"{output}: is the input; give another name for the output")
    job = BatchJob(read_rows(source), output, args.overwrite)
    from p4ir.cli.terminal import announce
    from p4ir.inference.interpreter import Interpreter

    interpreter = Interpreter(
        args.model,
        args.adapter,
        batch_size=args.batch_size,
        constrained=not args.unconstrained,
        consensus=args.consensus,
    )
    announce(interpreter)
    failed, mended = job.run(interpreter, args.to)
    print(
        f"p4ir: {len(job.rows)} rows to {output}, {failed} without a rule, {mended} mended",
        file=sys.stderr,
    )
    return 0
