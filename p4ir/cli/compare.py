"""`p4ir compare`: systems on the same clauses."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from p4ir.cli.arguments import COLUMN, add_columns, add_decoding, add_seed, columns_of, decoding
from p4ir.cli.terminal import print_markdown

HELP = "Compare systems on the same clauses: means, paired differences, errors, examples."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "systems",
        nargs="+",
        metavar="SYSTEM",
        help="a file of predictions (CSV, JSON lines or Parquet with the columns id and rule) or "
        "an adapter (ADAPTER*N: the consensus of N rules), or nearest or few-shot, baselines that "
        "take examples from the other splits of the corpus; NAME=SYSTEM gives it a name; the first "
        "is what the others are compared with",
    )
    parser.add_argument(
        "--reference", required=True, metavar="CORPUS", help="clauses with their reference rules"
    )
    add_columns(parser, "another field, of the reference alone: rule=Norm, id=Nr")
    add_decoding(parser)
    parser.add_argument("--split", metavar="NAME", help="compare on this split of the corpus only")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="write report.html, report.md and scores.csv there",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace what is in the folder")
    parser.add_argument(
        "--quote",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="put clauses and rules into the report, or ids and figures only",
    )
    add_seed(parser, "of the draws for the intervals")


def run(args: argparse.Namespace) -> int:
    """Compare the systems, print the tables, write the report."""
    import numpy as np

    from p4ir.corpus.reading import choose_split, read_corpus
    from p4ir.evaluation.baselines import other_splits
    from p4ir.evaluation.compare import check_names, compare
    from p4ir.evaluation.report import check_output, print_tables, write_report
    from p4ir.evaluation.systems import align, load_system, read_choice

    if args.output:
        check_output(args.output, overwrite=args.overwrite)
    how = decoding(args)
    check_names([read_choice(spec).name for spec in args.systems])
    corpus = read_corpus(args.reference, columns_of(args), how=COLUMN)
    records = choose_split(corpus, args.split, args.reference) if args.split else corpus
    examples = other_splits(corpus, records) if args.split else []
    answers = [align(load_system(spec, records, examples, **how), records) for spec in args.systems]
    rng = np.random.default_rng(args.seed)
    comparison = compare(records, answers, rng=rng)
    print_markdown(print_tables(comparison, brief=sys.stdout.isatty()))
    if args.output:
        name = Path(args.reference).name + (f", split {args.split}" if args.split else "")
        for path in write_report(comparison, args.output, corpus=name, rng=rng, quote=args.quote):
            print(f"p4ir: wrote {path}", file=sys.stderr)
    return 0
