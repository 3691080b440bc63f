"""The rule and the notations in which it is written."""

from p4ir.rules.builder import RuleBuilder
from p4ir.rules.notation import NOTATIONS, Repaired, format_rule, parse_rule, repair_rule
from p4ir.rules.tree import Node, Rule, Tree

__all__ = [
    "NOTATIONS",
    "Node",
    "Repaired",
    "Rule",
    "RuleBuilder",
    "Tree",
    "format_rule",
    "parse_rule",
    "repair_rule",
]
