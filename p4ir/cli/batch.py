"""`p4ir batch IN OUT`: a file or folder of clauses to a file of rules."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from p4ir.cli.arguments import (
    add_batch_size,
    add_columns,
    add_decoding,
    add_model,
    add_notation,
    check_notation,
    columns_of,
)
from p4ir.cli.engines import add_engine, make_engine
from p4ir.cli.output import refuse_input
from p4ir.cli.stopping import stopping_on_sigterm
from p4ir.counting import counted

HELP = (
    "Turn the clauses of a table (CSV, JSON lines or Parquet, columns id and clause or text), a "
    "document (TXT, DOCX, PDF, XLSX) or a folder of these into rules, exactly one result a row. "
    "Interrupted, the same command goes on where it stopped."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("input", metavar="IN", help="file or folder of clauses")
    parser.add_argument("output", metavar="OUT", help="JSON lines or Parquet file to write")
    add_columns(parser, "the id, document or number: id=Nr")
    add_notation(parser)
    add_model(parser)
    add_decoding(parser)
    add_batch_size(parser)
    parser.add_argument(
        "--overwrite", action="store_true", help="replace OUT if it exists, and start anew"
    )
    add_engine(parser)


def run(args: argparse.Namespace) -> int:
    """Interpret every row; rows that fail are recorded, not fatal."""
    check_notation(args.to)
    from p4ir.batch.job import BatchJob
    from p4ir.batch.source import Source

    refuse_input(args.output, [args.input, args.examples])
    source = Source(Path(args.input), columns_of(args))
    if source.left_out:
        names = ", ".join(source.left_out[:5]) + (", …" if len(source.left_out) > 5 else "")
        print(f"p4ir: {len(source.left_out)} left out, of no known kind: {names}", file=sys.stderr)
    for note in source.notes:
        print(f"p4ir: {note}", file=sys.stderr)
    job = BatchJob(source, Path(args.output), args.overwrite)
    with stopping_on_sigterm():
        failed, mended = job.run(make_engine(args), args.to)
    print(
        f"p4ir: {counted(len(source), 'row')} to {args.output}, {failed} without a rule, "
        f"{mended} mended",
        file=sys.stderr,
    )
    return 0
