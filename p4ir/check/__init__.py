"""Check a building against rules: facts in, findings out (docs/checking.md)."""

from p4ir.check.checking import check, iterate_findings
from p4ir.check.facts import Building, Element, Value
from p4ir.check.facts_json import parse_building, read_building
from p4ir.check.facts_writing import format_building
from p4ir.check.findings import CODES, VERDICTS, Comparison, Fact, Finding, Missing, Reason, Verdict
from p4ir.check.wording import explain

__all__ = [
    "CODES",
    "VERDICTS",
    "Building",
    "Comparison",
    "Element",
    "Fact",
    "Finding",
    "Missing",
    "Reason",
    "Value",
    "Verdict",
    "check",
    "explain",
    "format_building",
    "iterate_findings",
    "parse_building",
    "read_building",
]
