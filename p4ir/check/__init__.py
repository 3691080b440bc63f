"""Check a building against rules: facts in, findings out (docs/checking.md)."""

from p4ir.check.facts import Building, Element, Value
from p4ir.check.findings import CODES, VERDICTS, Comparison, Fact, Finding, Missing, Reason, Verdict

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
]
