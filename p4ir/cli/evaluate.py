"""`p4ir evaluate CORPUS`: interpret and score a corpus, with a report."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from p4ir.cli.arguments import (
    COLUMN,
    add_batch_size,
    add_columns,
    add_decoding,
    add_model,
    add_seed,
    columns_of,
    decoding,
)

HELP = (
    "Interpret the clauses of a corpus and score the rules against the corpus' own; writes "
    "predictions.jsonl, scores.jsonl and report.md (ids and figures, no text)."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "corpus", metavar="CORPUS", help="CSV, JSON lines or Parquet file, or folder"
    )
    add_columns(parser, "the rule, id, document or another field: rule=Norm")
    parser.add_argument("--split", metavar="NAME", help="the clauses of this split only")
    parser.add_argument(
        "--document",
        metavar="NAME",
        action="append",
        help="the clauses of this document only; may be given again",
    )
    add_model(parser)
    add_decoding(parser)
    add_batch_size(parser)
    parser.add_argument(
        "--output",
        metavar="DIR",
        default="runs/evaluation",
        help="folder to write (default: runs/evaluation)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace what is in the folder")
    add_seed(parser, "of resampling and consensus")


def run(args: argparse.Namespace) -> int:
    """Evaluate."""
    from p4ir.corpus.reading import choose_documents, read_corpus
    from p4ir.evaluation.evaluate import Evaluation

    records = read_corpus(args.corpus, columns_of(args), split=args.split, how=COLUMN)
    if args.document:
        where = f"{args.corpus}, split {args.split}" if args.split else args.corpus
        records = choose_documents(records, args.document, where)
    evaluation = Evaluation(records, Path(args.output), overwrite=args.overwrite)
    from p4ir.cli.terminal import announce
    from p4ir.evaluation.compare import documents_of
    from p4ir.evaluation.summary import as_table, basis
    from p4ir.inference.interpreter import Interpreter

    interpreter = Interpreter(
        args.model,
        args.adapter,
        batch_size=args.batch_size,
        **decoding(args),
        seed=args.seed,
    )
    announce(interpreter)
    figures = evaluation.run(interpreter, args.seed)
    print(as_table(figures, basis(len(records), documents_of(records))))
    print(f"p4ir: report in {evaluation.report}", file=sys.stderr)
    return 0
