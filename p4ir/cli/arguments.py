"""Arguments that several verbs share."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn, TypedDict

from p4ir.errors import CorpusError, ModelError

if TYPE_CHECKING:
    from p4ir.inference.runtime import Runtime

COLUMN = "name it by --column {field}=NAME"
"""How a column is named that goes by no known name."""

NOTATION_NAMES = "lrml, json, outline, skeleton or legalruleml"
"""Those of `p4ir.rules.NOTATIONS`, which help need not load."""
RUNTIMES = ("auto", "torch", "openvino")
"""Those of `p4ir.inference.runtime`."""
BEAMS = 8
"""As many as `p4ir.inference.rows` says."""


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and exit with status 2."""
        self.exit(2, f"p4ir: {message}; {self.prog} --help says more\n")


def add_model(parser: argparse.ArgumentParser) -> None:
    """Declare what writes the rules."""
    parser.add_argument(
        "--adapter",
        metavar="NAME",
        default="default",
        help="adapter, by name or path (default: the best that is shipped; none: the base alone)",
    )
    parser.add_argument(
        "--model", metavar="NAME", help="base model, by name or path (default: the adapter's)"
    )


def add_settings(parser: argparse.ArgumentParser, explanation: str) -> None:
    """Declare changes of a recipe's keys."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help=explanation,
    )


def add_decoding(parser: argparse.ArgumentParser) -> None:
    """Declare how rules are written; `decoding` reads it."""
    parser.add_argument(
        "--beams",
        type=positive,
        metavar="N",
        help="beginnings of a rule that are followed side by side; 1 takes a fifth of the time "
        f"(default: {BEAMS})",
    )
    parser.add_argument(
        "--consensus",
        type=positive,
        metavar="N",
        default=1,
        help="draw N rules for each clause, without beams, and take the one that is nearest to the "
        "others; their agreement is its confidence (default: 1, the likeliest rule)",
    )
    parser.add_argument(
        "--unconstrained",
        action="store_true",
        help="let the model write anything (default: only what can become a rule)",
    )
    parser.add_argument(
        "--runtime",
        choices=RUNTIMES,
        default="auto",
        help="what does the arithmetic (default: auto, openvino on x86 processors without a GPU "
        "if that extra is installed and runs models of this kind)",
    )


class Decoding(TypedDict):
    """How rules are written, as `Interpreter` takes it."""

    constrained: bool
    beams: int
    consensus: int
    runtime: Runtime


def decoding(args: argparse.Namespace) -> Decoding:
    """Return how rules are to be written.

    Raises:
        ModelError: beams and a consensus are asked for.
    """
    if args.consensus > 1 and (args.beams or 1) > 1:
        raise ModelError("--consensus draws rules, --beams searches for one: give one of them")
    return {
        "constrained": not args.unconstrained,
        "beams": args.beams or (BEAMS if args.consensus == 1 else 1),
        "consensus": args.consensus,
        "runtime": args.runtime,
    }


def add_columns(parser: argparse.ArgumentParser, fields: str) -> None:
    """Declare how columns are named that go by no known name; `columns_of` reads it."""
    parser.add_argument(
        "--column",
        metavar="[FIELD=]NAME",
        action="append",
        default=[],
        help=f"column with the clauses, or with {fields}; repeatable",
    )


def columns_of(args: argparse.Namespace) -> dict[str, str]:
    """Return field → column.

    Raises:
        CorpusError: two columns are named for one field.
    """
    columns: dict[str, str] = {}
    for text in args.column:
        field, equals, name = text.partition("=")
        field, name = (field, name) if equals else ("clause", text)
        if columns.get(field, name) != name:
            raise CorpusError(
                f"--column names two columns for the {field}, {columns[field]!r} and {name!r}: "
                "give one"
            )
        columns[field] = name
    return columns


def add_batch_size(parser: argparse.ArgumentParser) -> None:
    """Declare how many rules are written together."""
    parser.add_argument(
        "--batch-size",
        type=positive,
        metavar="N",
        default=16,
        help="rules written together (default: 16)",
    )


def add_notation(parser: argparse.ArgumentParser) -> None:
    """Declare the notation of the rules that are written."""
    parser.add_argument(
        "--to",
        default="lrml",
        metavar="NOTATION",
        help=f"notation of the rules: {NOTATION_NAMES} (default: lrml)",
    )


def check_notation(notation: str, option: str = "--to") -> None:
    """Refuse a notation that there is not.

    Raises:
        NotationError: there is none of that name.
    """
    from p4ir.errors import NotationError
    from p4ir.rules import NOTATIONS

    if notation not in NOTATIONS:
        raise NotationError(f"{option}: no notation {notation!r}; there are {', '.join(NOTATIONS)}")


def positive(text: str) -> int:
    """Read a whole number of at least 1."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, not {text!r}")
    return number


def seconds(text: str) -> float:
    """Read a time in seconds, more than none."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError(f"expected a number of seconds, not {text!r}")
    return number


def add_seed(parser: argparse.ArgumentParser, explanation: str) -> None:
    """Declare the seed of a verb's draws."""
    parser.add_argument("--seed", type=_seed, default=0, help=f"{explanation} (default: 0)")


def _seed(text: str) -> int:
    """Read a whole number of at least 0: numpy takes no other."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 0, not {text!r}")
    return int(text)
