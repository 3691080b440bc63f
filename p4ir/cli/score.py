"""`p4ir score PREDICTIONS --reference CORPUS`: any system's rules against expert rules."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

HELP = (
    "Score predicted rules (columns id and rule; compact or in words, parsing or not) against "
    "the rules of a corpus. Means with 95%% intervals, resampled by document."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("predictions", help="CSV, JSON lines or Parquet file with id and rule")
    parser.add_argument("--reference", required=True, help="corpus with the expert rules")
    parser.add_argument("--split", help="score the clauses of this split only")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--seed", type=int, default=0, help="seed of the resampling")


def run(args: argparse.Namespace) -> int:
    """Score and print."""
    import numpy as np

    from p4ir.corpus.reading import read_corpus
    from p4ir.evaluation.predictions import read_predictions, score_predictions
    from p4ir.evaluation.summary import as_json, as_table
    from p4ir.metrics.scoring import reduce

    references = read_corpus(args.reference, split=args.split)
    predictions = read_predictions(Path(args.predictions))
    scored = score_predictions(predictions.rules, references)
    for problem in predictions.problems:
        print(f"p4ir: {args.predictions}: {problem}", file=sys.stderr)
    for names, what in ((scored.missing, "not predicted, scored as empty"),
                        (scored.unknown, "not in the corpus, left out")):  # fmt: skip
        if names:
            shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
            print(f"p4ir: {len(names)} clauses {what}: {shown}", file=sys.stderr)
    figures = reduce(scored.scores, scored.documents, rng=np.random.default_rng(args.seed))
    print(json.dumps(as_json(figures), indent=2) if args.json else as_table(figures))
    return 0
