"""`p4ir interpret`: clauses in, rules out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from p4ir.cli.arguments import add_decoding, add_model, add_notation, check_notation, decoding

if TYPE_CHECKING:
    from p4ir.documents import Clause
    from p4ir.inference import Interpretation

HELP = (
    "Turn clauses into rules. On a terminal, clause and rule stand side by side; otherwise each "
    "rule is one line, and what is doubtful about it goes to standard error. Drafts for expert "
    "review, not legal advice."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "text", metavar="TEXT", nargs="?", help="a clause; standard input if absent"
    )
    parser.add_argument(
        "--file",
        metavar="FILE",
        help="TXT, CSV, XLSX, DOCX or PDF; its clauses are told apart by their numbering",
    )
    add_notation(parser)
    add_model(parser)
    add_decoding(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a clause")


def run(args: argparse.Namespace) -> int:
    """Interpret and print; exit status 1 if a clause gave no rule."""
    check_notation(args.to)
    clauses, about = _clauses(args)
    from p4ir.cli.terminal import announce, show
    from p4ir.inference.interpretation import to_json_object, write_as
    from p4ir.inference.interpreter import Interpreter

    interpreter = Interpreter(args.model, args.adapter, **decoding(args))
    announce(interpreter)
    failed = 0
    found = interpreter.stream([clause.text for clause in clauses])
    for number, (clause, interpretation) in enumerate(zip(clauses, found, strict=True), 1):
        result, text = write_as(interpretation, args.to)
        failed += result.rule is None
        name = clause.id if about else str(number)
        if args.json:
            known = to_json_object(result, name, interpreter, args.to)
            print(json.dumps(known | about | _place(clause)))
        elif sys.stdout.isatty():
            show(result, text, args.to)
        else:
            _print(result, text, name)
        sys.stdout.flush()
    return 1 if failed else 0


def _print(result: Interpretation, text: str, name: str) -> None:
    """Print a rule and nothing else, and on stderr what is doubtful about it."""
    from p4ir.cli.terminal import doubts_of

    if result.rule is not None:
        print(text)
    for doubt in doubts_of(result):
        print(f"p4ir: clause {name}: {doubt.text}", file=sys.stderr)


def _clauses(args: argparse.Namespace) -> tuple[Sequence[Clause], dict[str, str]]:
    """Return the clauses that were given, and what is known of the document they are from.

    Raises:
        CorpusError: there are none, or not one of them can be a clause.
        DocumentError: the file cannot be read.
    """
    from p4ir.documents import Clause, read_document, segment_text
    from p4ir.errors import CorpusError
    from p4ir.inference.refusal import why_refused

    if args.text is not None and args.file:
        raise CorpusError("give a clause or --file, not both")
    clauses: Sequence[Clause]
    about: dict[str, str] = {}
    if args.file:
        document = read_document(args.file)
        clauses = document.clauses
        about = {"document": document.name, "document_sha256": document.sha256}
        for remark in document.remarks():
            print(f"p4ir: {args.file}: {remark}", file=sys.stderr)
    elif args.text is not None:
        clauses = [Clause(id="1", text=args.text)]
    else:
        clauses = segment_text(_read_stdin())
    if not clauses:
        raise CorpusError("standard input: holds no text")
    problems = [why_refused(clause.text) for clause in clauses]
    if all(problems):
        raise CorpusError(problems[0])
    return clauses, about


def _place(clause: Clause) -> dict[str, str | int]:
    """Return what is known of where a clause stands."""
    known = {"number": clause.number, "page": clause.page, "row": clause.row}
    return {name: value for name, value in known.items() if value}


def _read_stdin() -> str:
    from p4ir.errors import CorpusError

    if sys.stdin.isatty():
        print("p4ir: type a clause, then Ctrl-D", file=sys.stderr)
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError(f"standard input: is no text in UTF-8 (byte {error.start})") from None
