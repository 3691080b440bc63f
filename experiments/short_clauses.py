"""Write the clauses of a corpus that are short, and whose rules are.

    python experiments/short_clauses.py OUT.jsonl --corpus FILE [--clause N] [--without DOC...]

For comparisons on a machine where long completions would take the time of all others.
"""

import argparse
from pathlib import Path

from p4ir.corpus.reading import read_corpus
from p4ir.corpus.writing import write_jsonl
from p4ir.rules import format_rule


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--clause", type=int, default=160, help="most characters of a clause")
    parser.add_argument("--rule", type=int, default=200, help="most characters, as an outline")
    parser.add_argument("--without", nargs="*", default=[], help="documents to leave out")
    args = parser.parse_args()
    records = read_corpus(args.corpus)
    short = [
        record
        for record in records
        if record.document not in args.without
        and len(record.clause) <= args.clause
        and record.rule is not None
        and len(format_rule(record.rule, "outline")) <= args.rule
    ]
    print(f"{len(short)} of {len(records)} clauses are short")
    write_jsonl(short, args.out)


main()
