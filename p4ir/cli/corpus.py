"""`p4ir corpus validate|stats`: the quality and the contents of a corpus."""

from __future__ import annotations

import argparse
import json
import sys

HELP = "Check a corpus as strictly as the project's own, or say what it holds."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    validate = actions.add_parser(
        "validate", help="list what is wrong with a corpus; exit status 1 if anything is"
    )
    validate.add_argument("path", metavar="DIR", help="folder of .jsonl files, or one such file")
    validate.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="FILE",
        help="table of clauses whose words must not be repeated, eight in a row; repeatable",
    )
    stats = actions.add_parser("stats", help="count records, lengths, topics and vocabulary")
    stats.add_argument("path", metavar="DIR", help="folder of .jsonl files, or one such file")
    stats.add_argument("--json", action="store_true", help="write JSON")


def run(args: argparse.Namespace) -> int:
    """Run one of the actions."""
    actions = {"validate": _validate, "stats": _print_statistics}
    return actions[args.action](args)


def _validate(args: argparse.Namespace) -> int:
    from p4ir.corpus.validation import validate_corpus

    findings = validate_corpus(args.path, args.against)
    for finding in findings:
        print(finding)
    records = len({(finding.file, finding.line) for finding in findings})
    if findings:
        print(f"{len(findings)} findings on {records} records", file=sys.stderr)
    return 1 if findings else 0


def _print_statistics(args: argparse.Namespace) -> int:
    from p4ir.corpus.reading import read_corpus
    from p4ir.corpus.statistics import corpus_statistics, format_statistics, to_object
    from p4ir.corpus.validation import corpus_files

    records = [record for file in corpus_files(args.path) for record in read_corpus(file)]
    counted = corpus_statistics(records)
    print(json.dumps(to_object(counted), indent=2) if args.json else format_statistics(counted))
    return 0
