"""Write the clauses that stage one has not seen, for stage two to train on.

    python experiments/unseen_prompts.py OUT.jsonl --corpus data/corpus --seen OLD_CORPUS...
        [--recombined CLAUSES.csv] [--seed N]

A policy that has seen a clause eight times answers by heart: its samples agree, and a group
without spread teaches nothing. `--recombined` adds, for each training clause of a corpus, a
pair whose names and numbers are exchanged.
"""

import argparse
import random
from pathlib import Path

from p4ir.corpus.reading import read_corpus
from p4ir.corpus.recombination import gather_pool, recombine
from p4ir.corpus.writing import write_jsonl


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--seen", nargs="+", default=[])
    parser.add_argument("--recombined")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    seen = {record.clause for path in args.seen for record in read_corpus(path)}
    records = [
        record
        for record in read_corpus(args.corpus)
        if record.split == "train" and record.clause not in seen
    ]
    print(f"{len(records)} clauses of {args.corpus} that were not seen")
    if args.recombined:
        originals = [r for r in read_corpus(args.recombined) if r.split == "train"]
        pool, rng = gather_pool(originals), random.Random(args.seed)
        new = [pair for record in originals if (pair := recombine(record, pool, rng))]
        print(f"{len(new)} pairs recombined from {len(originals)} of {args.recombined}")
        records += new
    write_jsonl(records, args.out)


main()
