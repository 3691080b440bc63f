"""The one rule of a sentence that holds no requirement: a heading, a note, background.

Regulations are full of such sentences, and a model that must always answer with a
requirement invents one. This rule is the way to say "nothing here": it has no deontic,
no number and no reference, and its words are not those of any building.
"""

from p4ir.rules import Rule, parse_rule

NO_REQUIREMENT: Rule = parse_rule("if(exist(clause)),then(not(has(clause,requirement)))")


def is_no_requirement(rule: Rule) -> bool:
    """Say whether a rule states that its clause holds no requirement.

    >>> is_no_requirement(NO_REQUIREMENT)
    True
    >>> is_no_requirement(parse_rule("if(exist(door)),then(obligation(is(door,closed)))"))
    False
    """
    return rule == NO_REQUIREMENT
