"""`p4ir convert FILE --to NOTATION`: rules from one notation to another."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from p4ir.cli.arguments import NOTATION_NAMES
from p4ir.cli.output import refuse_input, write_output
from p4ir.counting import counted

if TYPE_CHECKING:
    from p4ir.rules.files import RuleFile

IDS = "ids"
"""What rules can be written as, but not read from: buildingSMART's Information Delivery
Specification."""

HELP = (
    "Write rules in another notation: lrml (a rule a line), outline, skeleton, json (an array, "
    "or JSON lines, of trees or of objects with a rule) or legalruleml (one document); or as IDS "
    "(--to ids), which expresses few rules: of each other one it is said why."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("file", metavar="FILE", help="file of rules; - for standard input")
    parser.add_argument(
        "--from",
        dest="source",
        metavar="NOTATION",
        help=f"{NOTATION_NAMES}; told from the file if absent",
    )
    parser.add_argument(
        "--to",
        dest="target",
        metavar="NOTATION",
        required=True,
        help=f"{NOTATION_NAMES}, or {IDS}, which is written only",
    )
    parser.add_argument("--output", metavar="FILE", help="standard output if absent")
    parser.add_argument(
        "--overwrite", action="store_true", help="replace what is to be written if it exists"
    )
    parser.add_argument(
        "--schema",
        metavar="PATH",
        help="lrml-compact.xsd of LegalRuleML 1.0, or its folder: check the XML against it",
    )
    parser.add_argument(
        "--mapping", metavar="FILE", help="with --to ids: YAML file that adds to the mapping to IFC"
    )
    parser.add_argument(
        "--refused",
        metavar="FILE",
        help="with --to ids: write there, as JSON lines, which rules are not in it and why",
    )
    parser.add_argument(
        "--skip-bad", action="store_true", help="write the other rules if some cannot be read"
    )


def run(args: argparse.Namespace) -> int:
    """Convert; write nothing if any rule is bad, unless told to skip those."""
    from p4ir.errors import CorpusError, NotationError, P4irError
    from p4ir.rules.files import format_rules, read_rules, tell_notation
    from p4ir.rules.notation import NOTATIONS

    for option, name, more in (("--from", args.source, ()), ("--to", args.target, (IDS,))):
        if name is not None and name not in (*NOTATIONS, *more):
            names = ", ".join((*NOTATIONS, *more))
            raise NotationError(f"{option}: no notation {name!r}; there are {names}")
    if args.target != IDS and (args.mapping or args.refused):
        raise NotationError("--mapping and --refused are for --to ids")
    _check_outputs(args)
    data = _read(args.file)
    source = args.source or tell_notation(args.file, data, "name it by --from NOTATION")
    try:
        if args.schema and "legalruleml" not in (source, args.target):
            raise NotationError(f"--schema is for legalruleml, not for {source} to {args.target}")
        rules = read_rules(data, source, args.schema)
    except P4irError as error:
        raise CorpusError(f"{args.file}: {error}") from None
    if not _report(rules, args.file, args.skip_bad):
        return 2
    if args.target == IDS:
        return _write_ids(rules, args)
    text = format_rules(rules.entries, args.target)
    if args.target == "legalruleml" and not _is_valid(text, args.schema):
        return 2
    _say_what_is_lost(rules, args.target)
    write_output(text, args.output)
    return 0


def _read(name: str) -> bytes:
    """Return what a file holds; of `-`, standard input."""
    from p4ir.errors import CorpusError
    from p4ir.rules.entry import MAX_BYTES

    try:
        if name == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with open(name, "rb") as file:
            return file.read(MAX_BYTES + 1)  # one more, to be refused for its size
    except OSError as error:
        raise CorpusError(f"{name}: cannot be read: {error.strerror}") from None


def _check_outputs(args: argparse.Namespace) -> None:
    from p4ir.corpus.writing import check_new_file
    from p4ir.errors import OutputExistsError

    outputs = [name for name in (args.output, args.refused) if name is not None]
    for output in outputs:
        refuse_input(output, [args.file, args.mapping])
        check_new_file(output, overwrite=args.overwrite)
    if len({Path(output).resolve() for output in outputs}) < len(outputs):
        raise OutputExistsError(f"{args.refused}: is the output; give --refused another name")


def _report(rules: RuleFile, name: str, skip_bad: bool) -> bool:
    """List what is bad; say whether there is something to write."""
    for line, reason in rules.bad:
        print(f"{name}:{line}: {reason}", file=sys.stderr)
    found = len(rules.entries) + len(rules.bad)
    if not found:
        print(f"p4ir: {name}: no rule in it", file=sys.stderr)
    elif rules.bad and skip_bad and rules.entries:
        skipped = f"{len(rules.bad)} bad skipped"
        print(f"p4ir: {counted(len(rules.entries), 'rule')} written, {skipped}", file=sys.stderr)
        return True
    elif rules.bad:
        hint = "; --skip-bad writes the others" if rules.entries and not skip_bad else ""
        print(f"p4ir: {len(rules.bad)} bad in {name}, nothing written{hint}", file=sys.stderr)
    return bool(found) and not rules.bad


def _is_valid(text: str, schema: str | None) -> bool:
    """Check the document that is to be written."""
    from p4ir.rules.legalruleml import validate

    problems = validate(text, schema)
    for problem in problems:
        print(f"p4ir: the document to write: {problem}", file=sys.stderr)
    return not problems


def _write_ids(rules: RuleFile, args: argparse.Namespace) -> int:
    """Write what IDS can express; say of each other rule why it is not there."""
    import json

    from p4ir.check.ids import export_ids
    from p4ir.check.ifc import default_mapping, read_mapping
    from p4ir.corpus.writing import write_text

    mapping = read_mapping(args.mapping) if args.mapping else default_mapping()
    export = export_ids(rules.entries, mapping, places=rules.places)
    for refused in export.refused:
        name = refused.entry.id or f"rule {refused.number}"
        print(f"{args.file}: {name} is not in IDS: {refused.refusal}", file=sys.stderr)
    for partly in export.partly:
        name = partly.entry.id or f"rule {partly.number}"
        print(f"{args.file}: {name} does not ask {partly.kind}: {partly.refusal}", file=sys.stderr)
    if args.refused:
        lines = [json.dumps(refused.as_json()) + "\n" for refused in export.refused]
        write_text(args.refused, "".join(lines))
    count, total = len(export.written), len(rules.entries)
    print(f"p4ir: {count} of {counted(total, 'rule')} in IDS", file=sys.stderr)
    if not count:
        return 1
    if rules.ignored:
        print(f"p4ir: not kept in ids: {', '.join(rules.ignored)}", file=sys.stderr)
    write_output(export.text, args.output)
    return 0


def _say_what_is_lost(rules: RuleFile, target: str) -> None:
    from p4ir.rules.entry import ABOUT

    lost = list(rules.ignored)
    if target not in ("json", "legalruleml"):
        lost += [name for name in ABOUT if any(getattr(entry, name) for entry in rules.entries)]
    if lost:
        print(f"p4ir: not kept in {target}: {', '.join(lost)}", file=sys.stderr)
