"""`p4ir baseline CORPUS OUT --endpoint URL`: any model's rules, few-shot, to be compared."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from p4ir.cli.arguments import COLUMN, add_columns, columns_of, positive
from p4ir.cli.engines import SHOTS, add_endpoint, few_shot_engine, read_examples
from p4ir.cli.output import refuse_input
from p4ir.cli.stopping import stopping_on_sigterm
from p4ir.counting import counted

HELP = (
    "Ask any model behind an OpenAI-compatible endpoint for the rules of a corpus, showing it the "
    "clauses that are most like each and their rules. OUT is a file for p4ir score and p4ir "
    "compare. Interrupted, the same command goes on where it stopped."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("corpus", metavar="CORPUS", help="clauses with rules")
    parser.add_argument("output", metavar="OUT", help="JSON lines or Parquet file to write")
    parser.add_argument("--model", metavar="NAME", help="the model's name at the endpoint")
    parser.add_argument(
        "--shots",
        type=positive,
        metavar="K",
        default=SHOTS,
        help=f"examples for each clause (default: {SHOTS})",
    )
    add_columns(parser, "the rule, id, document or another field: rule=Norm")
    parser.add_argument(
        "--split", metavar="NAME", help="ask for this split; examples are from the others"
    )
    parser.add_argument(
        "--examples", metavar="CORPUS", help="take the examples from this corpus instead"
    )
    add_endpoint(parser)
    parser.add_argument(
        "--overwrite", action="store_true", help="replace OUT if it exists, and start anew"
    )


def run(args: argparse.Namespace) -> int:
    """Ask for every clause; answers that are no rule are recorded, not fatal."""
    from p4ir.batch.job import BatchJob
    from p4ir.batch.rows import BatchRow
    from p4ir.corpus.reading import choose_split, read_corpus
    from p4ir.errors import CorpusError
    from p4ir.evaluation.baselines import other_splits

    refuse_input(args.output, [args.corpus, args.examples])
    corpus = read_corpus(args.corpus, columns_of(args), how=COLUMN)
    records = choose_split(corpus, args.split, args.corpus) if args.split else corpus
    if args.examples:
        examples = read_examples(args.examples)
    elif args.split:
        examples = other_splits(corpus, records)
    else:
        raise CorpusError("give --split, to take examples from the others, or --examples")
    rows = [BatchRow(record.id, record.clause) for record in records]
    job = BatchJob(rows, Path(args.output), args.overwrite)
    with stopping_on_sigterm():
        failed, mended = job.run(few_shot_engine(args, examples))
    print(
        f"p4ir: {counted(len(rows), 'row')} to {args.output}, {failed} without a rule, "
        f"{mended} mended",
        file=sys.stderr,
    )
    return 0
