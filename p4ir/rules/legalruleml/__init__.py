"""LegalRuleML 1.0, the OASIS standard, in its compact serialisation.

The XML carries the tree itself: connectives, deontic operators, quantifiers and atoms
are the standard's own elements, so that other programs can use it, and the way back
gives the same rule. Source: LegalRuleML Core Specification Version 1.0, OASIS Standard,
30 August 2021; docs/notation.md lists what becomes of what.
"""

from __future__ import annotations

from p4ir.errors import RuleError, RuleSyntaxError
from p4ir.rules.entry import MAX_BYTES, Entry
from p4ir.rules.legalruleml.parsing import Problem, parse_xml
from p4ir.rules.legalruleml.reading import Entries, read_document
from p4ir.rules.legalruleml.validating import validate
from p4ir.rules.legalruleml.writing import format_document
from p4ir.rules.tree import Rule

__all__ = [
    "MAX_BYTES",
    "Entries",
    "Entry",
    "Problem",
    "RuleError",
    "format_document",
    "format_rule",
    "parse_rule",
    "parse_xml",
    "read_document",
    "validate",
]


def format_rule(rule: Rule) -> str:
    """Write a rule as a LegalRuleML document of its own.

    Raises:
        RuleError: the rule is not `if(…),then(…)`.
    """
    return format_document([Entry(rule=rule)])


def parse_rule(text: str) -> Rule:
    """Parse a LegalRuleML document of one rule.

    Raises:
        RuleSyntaxError: it is none, or it holds no rule of ours or several.
        RuleError: the document or the rule is too large.
    """
    entries, problems = read_document(text)
    if not problems and len(entries) == 1:
        return entries[0].rule
    line, found, expected = (
        problems[0]
        if problems
        else Problem(1, f"a document of {len(entries)} rules", "one rule; see `p4ir convert`")
    )
    raise RuleSyntaxError(line=line, column=1, found=found, expected=expected)
