"""`p4ir score PREDICTIONS --reference CORPUS`: any system's rules against expert rules."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from p4ir.cli.arguments import COLUMN, add_columns, add_seed, columns_of
from p4ir.counting import counted

HELP = (
    "Score predicted rules (columns id and rule; compact or in words, parsing or not) against "
    "the rules of a corpus. Means with 95% intervals, resampled by document where the corpus "
    "names documents."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "predictions", metavar="PREDICTIONS", help="CSV, JSON lines or Parquet file"
    )
    parser.add_argument(
        "--reference", metavar="CORPUS", required=True, help="corpus with the expert rules"
    )
    add_columns(parser, "another field, of the reference alone: rule=Norm, id=Nr")
    parser.add_argument("--split", metavar="NAME", help="score the clauses of this split only")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    add_seed(parser, "seed of the resampling")


def run(args: argparse.Namespace) -> int:
    """Score and print."""
    from p4ir.corpus.reading import read_corpus
    from p4ir.evaluation.compare import documents_of
    from p4ir.evaluation.evaluate import score_answers
    from p4ir.evaluation.summary import as_json, as_table, basis
    from p4ir.evaluation.systems import align, read_predictions

    records = read_corpus(args.reference, columns_of(args), split=args.split, how=COLUMN)
    path = Path(args.predictions)
    answers = align(read_predictions(path, str(path), need_confidences=False), records)
    for problem in answers.problems:
        print(f"p4ir: {path}: {problem}", file=sys.stderr)
    _list(answers.missing, "clause without a prediction, scored as empty")
    _list(answers.unknown, "prediction for no clause here, left out")
    _, figures = score_answers(answers, records, args.seed)
    rests_on = basis(len(records), documents_of(records))
    print(json.dumps(as_json(figures), indent=2) if args.json else as_table(figures, rests_on))
    return 0


def _list(names: Sequence[str], what: str) -> None:
    if names:
        shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
        print(f"p4ir: {counted(len(names), what)}: {shown}", file=sys.stderr)
