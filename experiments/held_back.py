"""Part a corpus in two: what stage one learns from, and what only stage two sees.

    python experiments/held_back.py CLAUSES.csv OUT [--share 0.4] [--fold 0]
        [--without DOCUMENT...]

OUT/seen.jsonl and OUT/unseen.jsonl have the training clauses, drawn by chance, and both the
validation clauses. Two folds of one seed and share have no unseen clause in common. Nothing of
the documents left out is in either: they go to OUT/documents.jsonl, to be scored in the end.
"""

import argparse
import dataclasses
import random
from pathlib import Path

from p4ir.corpus.reading import read_corpus
from p4ir.corpus.writing import write_jsonl
from p4ir.rules import format_rule


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clauses", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=0.4, help="of the clauses, for stage two")
    parser.add_argument("--fold", type=int, default=0, help="which share of them, from 0")
    parser.add_argument("--without", nargs="*", default=[], help="documents to leave out")
    parser.add_argument(
        "--rule", type=int, default=900, help="most characters of an unseen rule's outline"
    )
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    if not 0 <= args.fold < round(1 / args.share, 6) // 1:
        parser.error(f"there is no whole fold {args.fold} of a share of {args.share}")
    records = read_corpus(args.clauses)
    apart = [
        dataclasses.replace(record, split="validation")
        for record in records
        if record.document in args.without
    ]
    known = [record for record in records if record.document not in args.without]
    train = [record for record in known if record.split == "train"]
    validation = [record for record in known if record.split == "validation"]
    random.Random(args.seed).shuffle(train)
    cut = round(len(train) * args.share)
    kept = slice(args.fold * cut, (args.fold + 1) * cut)
    # A rule too long to be written within the limit of a rollout could only be punished.
    unseen = [
        record
        for record in train[kept]
        if record.rule is not None and len(format_rule(record.rule, "outline")) <= args.rule
    ]
    args.out.mkdir(parents=True, exist_ok=True)
    del train[kept]
    for name, part in {"seen": train, "unseen": unseen}.items():
        write_jsonl(part + validation, args.out / f"{name}.jsonl")
        print(f"{name}: {len(part)} clauses to train on, {len(validation)} to validate on")
    if apart:
        write_jsonl(apart, args.out / "documents.jsonl")
        print(f"documents: {len(apart)} clauses of documents left out")


main()
