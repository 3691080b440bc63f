"""`p4ir interpret`: clauses in, rules out."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

HELP = (
    "Turn clauses into rules. On a terminal, clause and rule stand side by side; otherwise each "
    "rule is one line. Drafts for expert review, not legal advice."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("text", nargs="?", help="a clause; standard input if absent")
    parser.add_argument("--file", help="text file, one clause a paragraph (empty lines between)")
    parser.add_argument("--to", default="lrml", help="notation of the rules (default: lrml)")
    parser.add_argument("--adapter", default="default", help="adapter, by name or path")
    parser.add_argument("--model", help="base model, by name or path; the adapter's if absent")
    parser.add_argument("--json", action="store_true", help="one JSON object a clause")


def run(args: argparse.Namespace) -> int:
    """Interpret and print; exit status 1 if a clause gave no rule."""
    from p4ir.errors import NotationError
    from p4ir.rules import NOTATIONS

    if args.to not in NOTATIONS:
        raise NotationError(f"--to: no notation {args.to!r}; there are {', '.join(NOTATIONS)}")
    clauses = _clauses(args)
    from p4ir.cli.terminal import announce, show
    from p4ir.inference.interpreter import Interpreter, to_json_object
    from p4ir.rules import format_rule

    interpreter = Interpreter(args.model, args.adapter)
    announce(interpreter)
    failed = 0
    for number, result in enumerate(interpreter.stream(clauses), 1):
        failed += result.rule is None
        if args.json:
            print(json.dumps(to_json_object(result, str(number), interpreter, args.to)))
        elif sys.stdout.isatty():
            show(result, args.to)
        elif result.rule is not None:
            print(format_rule(result.rule, args.to))
        else:
            print(f"p4ir: clause {number}: no rule: {result.problem}", file=sys.stderr)
        sys.stdout.flush()
    return 1 if failed else 0


def _clauses(args: argparse.Namespace) -> list[str]:
    from p4ir.errors import CorpusError

    if args.text is not None and args.file:
        raise CorpusError("give a clause or --file, not both")
    if args.text is not None:
        return [args.text]
    where = args.file or "standard input"
    if not args.file and sys.stdin.isatty():
        print("p4ir: type a clause, then Ctrl-D", file=sys.stderr)
    try:
        data = Path(args.file).read_bytes() if args.file else sys.stdin.buffer.read()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise CorpusError(f"{where}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise CorpusError(f"{where}: is no text in UTF-8 (byte {error.start})") from None
    paragraphs = [" ".join(part.split()) for part in text.replace("\r\n", "\n").split("\n\n")]
    clauses = [paragraph for paragraph in paragraphs if paragraph]
    if not clauses:
        raise CorpusError(f"{where}: holds no text")
    return clauses
