"""`p4ir evaluate CORPUS`: interpret and score a corpus, with a report."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HELP = (
    "Interpret the clauses of a corpus and score the rules against the corpus' own; writes "
    "predictions.jsonl, scores.jsonl and report.md (ids and figures, no text)."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("corpus", help="CSV, JSON lines or Parquet file, or folder")
    parser.add_argument("--split", help="the clauses of this split only")
    parser.add_argument("--document", action="append", help="the clauses of this document only")
    parser.add_argument("--adapter", default="default", help="adapter, by name or path")
    parser.add_argument("--model", help="base model, by name or path; the adapter's if absent")
    parser.add_argument("--batch-size", type=int, default=16, help="clauses generated together")
    parser.add_argument("--output", default="runs/evaluation", help="folder to write")
    parser.add_argument("--overwrite", action="store_true", help="replace what is in the folder")
    parser.add_argument("--seed", type=int, default=0, help="seed of the resampling")


def run(args: argparse.Namespace) -> int:
    """Evaluate."""
    from p4ir.cli.terminal import announce
    from p4ir.corpus.reading import read_corpus
    from p4ir.errors import CorpusError
    from p4ir.evaluation.evaluate import evaluate
    from p4ir.evaluation.summary import as_table
    from p4ir.inference.interpreter import Interpreter

    records = read_corpus(args.corpus, split=args.split)
    if args.document:
        records = [record for record in records if record.document in args.document]
        if not records:
            raise CorpusError(f"{args.corpus}: no clause of {', '.join(args.document)}")
    interpreter = Interpreter(args.model, args.adapter, batch_size=args.batch_size)
    announce(interpreter)
    output = Path(args.output)
    figures = evaluate(records, interpreter, output, seed=args.seed, overwrite=args.overwrite)
    print(as_table(figures))
    print(f"p4ir: report in {output / 'report.md'}", file=sys.stderr)
    return 0
