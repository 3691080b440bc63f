"""`p4ir corpus validate|stats|agreement|split|generate`: a corpus checked, told, grown."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from p4ir.cli.arguments import add_seed, positive
from p4ir.counting import counted

HELP = (
    "Check a corpus as strictly as the project's own, say what it holds, split it anew, or make "
    "more of it."
)
_SHARES = {
    "random": "test clauses drawn at random",
    "validation": "the validation split, by document",
}
_SPLIT_FOLDER = "folder with train.jsonl, validation.jsonl or test.jsonl, which are rewritten"


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
    agreement = actions.add_parser(
        "agreement", help="say how near the second rules of a corpus are to its own"
    )
    agreement.add_argument("path", metavar="DIR", help="folder with agreement.jsonl")
    agreement.add_argument("--json", action="store_true", help="write JSON")
    add_seed(agreement, "seed of the resampling")
    _add_split(actions)
    _add_generate(actions)


def _add_split(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    split = actions.add_parser(
        "split", help="split a folder anew: hold topics, jurisdictions and random clauses out"
    )
    split.add_argument("path", metavar="DIR", help=_SPLIT_FOLDER)
    for name in ("topics", "jurisdictions"):
        split.add_argument(
            f"--{name}", metavar="A,B", type=_names, default=(), help=f"{name} to hold out whole"
        )
    for name, share in (("random", 0.05), ("validation", 0.08)):
        split.add_argument(
            f"--{name}",
            metavar="SHARE",
            type=float,
            default=share,
            help=f"share of the clauses that becomes {_SHARES[name]} (default {share})",
        )
    add_seed(split, "seed of the draw")


def _add_generate(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    generate = actions.add_parser(
        "generate", help="compose clauses with their rules, by program and for training only"
    )
    generate.add_argument("output", metavar="FILE", help=".jsonl file to write")
    generate.add_argument("--n", type=positive, default=1000, help="how many (default 1000)")
    add_seed(generate, "the same gives the same")
    generate.add_argument("--overwrite", action="store_true", help="replace FILE if it exists")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def run(args: argparse.Namespace) -> int:
    """Run one of the actions."""
    actions = {
        "validate": _validate,
        "stats": _print_statistics,
        "agreement": _print_agreement,
        "split": _split,
        "generate": _generate,
    }
    return actions[args.action](args)


def _validate(args: argparse.Namespace) -> int:
    from p4ir.corpus.validation import validate_corpus

    findings = validate_corpus(args.path, args.against)
    for finding in findings:
        print(finding)
    records = len({(finding.file, finding.line) for finding in findings})
    if findings:
        print(
            f"{counted(len(findings), 'finding')} on {counted(records, 'record')}", file=sys.stderr
        )
    return 1 if findings else 0


def _print_statistics(args: argparse.Namespace) -> int:
    from p4ir.corpus.reading import corpus_files, read_corpus
    from p4ir.corpus.statistics import corpus_statistics, format_statistics, to_object

    records = [record for file in corpus_files(args.path) for record in read_corpus(file)]
    counted = corpus_statistics(records)
    print(json.dumps(to_object(counted), indent=2) if args.json else format_statistics(counted))
    return 0


def _print_agreement(args: argparse.Namespace) -> int:
    import numpy as np

    from p4ir.corpus.agreement import score_agreement
    from p4ir.evaluation.summary import as_json, as_table
    from p4ir.metrics.scoring import reduce

    figures = reduce(score_agreement(args.path), rng=np.random.default_rng(args.seed))
    print(json.dumps(as_json(figures), indent=2) if args.json else as_table(figures))
    return 0


def _split(args: argparse.Namespace) -> int:
    from p4ir.corpus.holdouts import HoldoutPlan, empty_shares, split_folder

    plan = HoldoutPlan(
        topics=args.topics,
        jurisdictions=args.jurisdictions,
        random=args.random,
        validation=args.validation,
        seed=args.seed,
    )
    counts = split_folder(args.path, plan)
    for name, count in counts.items():
        print(f"{name:<20}{count}")
    for share in empty_shares(plan, counts):
        print(
            f"p4ir: --{share} {getattr(plan, share)} gave no clause: what stays together, clauses "
            "nearly the same or of one document, is larger than the share",
            file=sys.stderr,
        )
    return 0


def _generate(args: argparse.Namespace) -> int:
    from p4ir.corpus.generation import generate
    from p4ir.corpus.records import to_object
    from p4ir.corpus.writing import check_corpus_name, check_new_file, write_text

    output = Path(args.output)
    check_corpus_name(output)
    check_new_file(output, overwrite=args.overwrite)
    lines = []
    for record, derived in generate(args.n, args.seed):
        row = to_object(record) | ({"derived": list(derived)} if derived else {})
        lines.append(json.dumps(row, ensure_ascii=False) + "\n")
    write_text(output, "".join(lines))
    print(
        f"p4ir: wrote {counted(len(lines), 'pair of clause and rule')} to {output}", file=sys.stderr
    )
    return 0
