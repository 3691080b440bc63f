"""`p4ir check RULES BUILDING`: which elements of a building fail which rule."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from p4ir.cli.arguments import NOTATION_NAMES, check_notation
from p4ir.cli.output import refuse_input
from p4ir.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from p4ir.check.facts import Building
    from p4ir.check.findings import Finding

HELP = (
    "Check a building against rules: the facts (JSON, docs/checking.md) or the IFC model of a "
    "building, against a file of rules in any notation or the approved rules of a review "
    "database. The exit status is 1 if something fails, 0 if nothing does; what the facts do "
    "not say is unknown, and is no failure."
)

ENDINGS = (".html", ".json", ".csv", ".bcf", ".bcfzip")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("rules", metavar="RULES", help="file of rules, or review database")
    parser.add_argument("building", metavar="BUILDING", help="facts as JSON, or IFC model")
    parser.add_argument(
        "--from",
        dest="notation",
        metavar="NOTATION",
        help=f"of RULES: {NOTATION_NAMES}; told from the file if absent",
    )
    parser.add_argument(
        "--output",
        metavar="FILE",
        action="append",
        default=[],
        help="write a report, of the kind that the name's ending says: .html, .json, .csv, .bcf; "
        "may be given several times",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace reports that are there already"
    )
    parser.add_argument(
        "--mapping", metavar="FILE", help="YAML that says how IFC is read, beside p4ir's own"
    )
    parser.add_argument(
        "--skip-bad", action="store_true", help="check the other rules if some cannot be read"
    )


def run(args: argparse.Namespace) -> int:
    """Check, print a summary, write reports; the exit status says whether something fails."""
    from p4ir.check.checking import check
    from p4ir.check.sources import read_facts, read_rule_source
    from p4ir.cli.check_terminal import show

    _check_outputs(args.output, [args.rules, args.building, args.mapping], args.overwrite)
    if args.notation is not None:
        check_notation(args.notation, "--from")
    rules = read_rule_source(args.rules, args.notation, advice="name it by --from NOTATION")
    for line, reason in rules.bad:
        print(f"{args.rules}:{line}: {reason}", file=sys.stderr)
    if rules.bad and not (args.skip_bad and rules.entries):
        hint = "; --skip-bad checks the others" if rules.entries and not args.skip_bad else ""
        print(f"p4ir: {len(rules.bad)} bad in {args.rules}, nothing checked{hint}", file=sys.stderr)
        return 2
    building = read_facts(args.building, args.mapping)
    findings = check(rules.entries, building)
    for output in args.output:
        _write(output, findings, building, rules.left_out)
    show(findings, building, rules.left_out)
    return int(any(finding.verdict == "fail" for finding in findings))


def _check_outputs(outputs: list[str], inputs: list[str | None], overwrite: bool) -> None:
    """Refuse, before anything is checked, a report that could or should not be written.

    Raises:
        CorpusError: its name's ending says no kind.
        OutputError: it takes the place of an input or, unasked, of an older one; or its folder
            cannot be written to.
    """
    from p4ir.corpus.writing import check_new_file

    for output in outputs:
        if Path(output).suffix.lower() not in ENDINGS:
            kinds = ", ".join(ENDINGS)
            raise CorpusError(f"--output {output}: expected a name that ends in {kinds}")
        refuse_input(output, inputs)
        check_new_file(output, overwrite=overwrite)


def _write(
    output: str, findings: list[Finding], building: Building, left_out: Sequence[str]
) -> None:
    from p4ir.check.report import write_csv, write_html, write_json
    from p4ir.corpus.writing import write_bytes, write_text

    ending = Path(output).suffix.lower()
    if ending in (".bcf", ".bcfzip"):
        from p4ir.check.bcf import write_bcf

        write_bytes(output, write_bcf(findings, building, left_out))
        return
    write = {".html": write_html, ".json": write_json, ".csv": write_csv}[ending]
    write_text(output, write(findings, building, left_out))
