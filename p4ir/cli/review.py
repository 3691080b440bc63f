"""`p4ir review`: rules beside their clauses, looked at, corrected and approved."""

from __future__ import annotations

import argparse
import io
import os
import sys
from typing import TYPE_CHECKING

from p4ir.cli.arguments import NOTATION_NAMES, positive

if TYPE_CHECKING:
    from p4ir.review import Status

HELP = (
    "Review rules: import what a model wrote, look at each beside its clause, correct, approve, "
    "flag or reject it, and export what is approved, as a corpus to train on or in any notation."
)
_STATUSES = ("draft", "approved", "flagged", "rejected")
_VERDICTS: dict[str, tuple[Status, str]] = {
    "approve": ("approved", "approve rules as they stand"),
    "flag": ("flagged", "mark rules for another look; needs --note"),
    "reject": ("rejected", "reject rules; needs --note"),
    "reopen": ("draft", "make rules drafts again"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("import", help="add rules to review; makes the store if need be")
    add.add_argument(
        "file", metavar="FILE", help="what p4ir batch or interpret --json wrote, a corpus, or rules"
    )
    add.add_argument("--document", metavar="NAME", help="source document, where none is named")
    add.add_argument(
        "--status", choices=_STATUSES, default="draft", help="what they are (default: draft)"
    )
    _add_signature(add)
    _add_looks(actions)
    for verb, (_, summary) in _VERDICTS.items():
        verdict = actions.add_parser(verb, help=summary)
        verdict.add_argument("ids", metavar="ID", nargs="+")
        _add_version(verdict)
        _add_signature(verdict)
    edit = actions.add_parser("edit", help="replace a rule")
    edit.add_argument("id", metavar="ID")
    edit.add_argument(
        "--rule", metavar="TEXT", required=True, help="the new rule, in any notation; - for stdin"
    )
    edit.add_argument("--paraphrase", metavar="TEXT", help="the new rule in plain English")
    edit.add_argument("--approve", action="store_true", help="and approve it")
    _add_version(edit)
    _add_signature(edit)
    _add_export(actions.add_parser("export", help="write rules for others to read"))
    for action in actions.choices.values():
        action.add_argument(
            "--store",
            metavar="PATH",
            default=os.environ.get("P4IR_STORE") or "reviews.db",
            help="SQLite file, or URL of any database (default: P4IR_STORE, or reviews.db)",
        )


def _add_looks(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    listing = actions.add_parser("list", help="list rules, and how many are in which state")
    _add_choice(listing)
    listing.add_argument("--limit", type=positive, metavar="N", help="at most N")
    listing.add_argument("--json", action="store_true", help="write JSON lines")
    show = actions.add_parser(
        "show", help="show a rule, its clause, what is doubtful, and every edit"
    )
    show.add_argument("id", metavar="ID")
    show.add_argument("--json", action="store_true", help="write JSON")


def _add_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--status", action="append", choices=_STATUSES, help="repeatable")
    parser.add_argument("--document", metavar="NAME", help="of this source document")
    parser.add_argument("--search", metavar="TEXT", default="", help="in id, clause or rule")


def _add_version(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--version",
        type=positive,
        metavar="N",
        help="the version that you looked at: refused if there is a later one",
    )


def _add_signature(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--note", metavar="TEXT", default="", help="why; kept with the change")
    parser.add_argument(
        "--author", metavar="NAME", help="who you are (default: P4IR_AUTHOR, or your login)"
    )


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("output", metavar="OUT", nargs="?", help="standard output if absent or -")
    parser.add_argument("--overwrite", action="store_true", help="replace OUT if it exists")
    parser.add_argument(
        "--to",
        metavar="FORMAT",
        default="corpus",
        help=f"corpus, to train on, as JSON lines, or {NOTATION_NAMES} (default: corpus)",
    )
    _add_choice(parser)
    parser.add_argument(
        "--validation-share",
        type=_share,
        metavar="S",
        default=0.1,
        help="corpus: share of the pairs to validate on, 0 to 1 (default: 0.1)",
    )
    parser.add_argument("--jurisdiction", metavar="CODE", default="", help="corpus: where unknown")
    parser.add_argument("--topic", metavar="NAME", default="", help="corpus: where unknown")


def run(args: argparse.Namespace) -> int:
    """Run one of the actions."""
    from p4ir.cli import reviewing

    if isinstance(sys.stdout, io.TextIOWrapper):
        # Texts of others hold letters that not every terminal has: these are spelled out.
        sys.stdout.reconfigure(errors="backslashreplace")
    if args.action in _VERDICTS:
        reviewing.decide(args, _VERDICTS[args.action][0])
        return 0
    actions = {
        "import": reviewing.add_rules,
        "list": reviewing.list_rules,
        "show": reviewing.show_rule,
        "edit": reviewing.edit_rule,
        "export": reviewing.export_rules,
    }
    actions[args.action](args)
    return 0


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"expected a share from 0 to 1, not {text!r}")
    return share
