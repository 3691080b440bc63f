"""`p4ir interpret`: clauses in, rules out."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

from p4ir.cli.arguments import add_decoding, add_model, add_notation, check_notation

HELP = (
    "Turn clauses into rules. On a terminal, clause and rule stand side by side; otherwise each "
    "rule is one line. Drafts for expert review, not legal advice."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "text", metavar="TEXT", nargs="?", help="a clause; standard input if absent"
    )
    parser.add_argument(
        "--file", metavar="FILE", help="text file, one clause a paragraph (empty lines between)"
    )
    add_notation(parser)
    add_model(parser)
    add_decoding(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a clause")


def run(args: argparse.Namespace) -> int:
    """Interpret and print; exit status 1 if a clause gave no rule."""
    check_notation(args.to)
    clauses = _clauses(args)
    from p4ir.cli.terminal import announce, show
    from p4ir.inference.interpreter import Interpreter, to_json_object, write_as

    interpreter = Interpreter(
        args.model,
        args.adapter,
        constrained=not args.unconstrained,
        consensus=args.consensus,
    )
    announce(interpreter)
    failed = 0
    for number, found in enumerate(interpreter.stream(clauses), 1):
        result, text = write_as(found, args.to)
        failed += result.rule is None
        if args.json:
            print(json.dumps(to_json_object(result, str(number), interpreter, args.to)))
        elif sys.stdout.isatty():
            show(result, text, args.to)
        elif result.rule is not None:
            print(text)
        else:
            print(f"p4ir: clause {number}: no rule: {result.problem}", file=sys.stderr)
        sys.stdout.flush()
    return 1 if failed else 0


def _clauses(args: argparse.Namespace) -> list[str]:
    """Return the clauses that were given.

    Raises:
        CorpusError: there are none, or not one of them can be a clause.
    """
    from p4ir.errors import CorpusError
    from p4ir.inference.refusal import why_refused

    if args.text is not None and args.file:
        raise CorpusError("give a clause or --file, not both")
    where = args.file or "standard input"
    if args.text is not None:
        clauses = [args.text]
    else:
        paragraphs = re.split(r"\n\s*\n", _read(args.file, where))
        clauses = [" ".join(part.split()) for part in paragraphs if part.strip()]
    if not clauses:
        raise CorpusError(f"{where}: holds no text")
    problems = [why_refused(clause) for clause in clauses]
    if all(problems):
        raise CorpusError(problems[0])
    return clauses


def _read(file: str | None, where: str) -> str:
    from p4ir.errors import CorpusError

    if not file and sys.stdin.isatty():
        print("p4ir: type a clause, then Ctrl-D", file=sys.stderr)
    try:
        data = Path(file).read_bytes() if file else sys.stdin.buffer.read()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise CorpusError(f"{where}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise CorpusError(f"{where}: is no text in UTF-8 (byte {error.start})") from None
