"""Read a rule aloud in plain English, literal by literal.

Nothing is added to the rule or left out, so that its paraphrase says exactly what it
says, if clumsily: `If a door serves a ward, then its width must be at least 900 mm.`
"""

from __future__ import annotations

import re

from p4ir.corpus.english import article
from p4ir.rules import Node, Rule
from p4ir.rules.kinds import kind_of

_BOUNDS = {
    "greaterThan": "more than",
    "greaterThanEqual": "at least",
    "lessThan": "less than",
    "lessThanEqual": "at most",
    "equal": "equal to",
}
_SAID = {
    "has": "{} has {}", "for": "{} is for {}", "towards": "{} is towards {}",
    "within": "{} is within {}", "outside": "{} is outside {}", "into": "{} goes into {}",
    "through": "{} goes through {}", "on": "{} is on {}", "above": "{} is above {}",
    "below": "{} is below {}", "behind": "{} is behind {}", "around": "{} is around {}",
    "adjacent": "{} is next to {}", "adjoin": "{} adjoins {}", "connect": "{} is joined to {}",
    "partOf": "{} is part of {}", "inBetween": "{} is between {}", "include": "{} includes {}",
    "by": "{} is by {}", "against": "{} stands up to {}", "prevent": "{} prevents {}",
    "cause": "{} causes {}", "exposedTo": "{} is exposed to {}", "awayFrom": "{} is away from {}",
    "screenedFrom": "{} is screened from {}", "requires": "{} needs {}", "test": "{} passes {}",
    "approve": "{} approves {}", "accept": "{} accepts {}", "before": "{} comes before {}",
    "after": "{} comes after {}", "complyWith": "{} meets {}", "asPer": "{} follows {}",
    "applyTo": "{} applies to {}",
}  # fmt: skip
_CODES = ("section", "clause", "paragraph", "part", "table", "figure", "chapter")


def paraphrase(rule: Rule) -> str:
    """Return a rule in plain English.

    >>> from p4ir.rules import parse_rule
    >>> paraphrase(parse_rule("if(exist(ramp)),then(obligation(lessThanEqual(ramp.slope,1/12)))"))
    'If there is a ramp, then it must be that the slope of the ramp is at most 1/12.'
    """
    condition, conclusion = (part.children[0] for part in rule.root.children)
    return f"If {_say(condition)}, then {_say(conclusion)}."


def _say(node: Node) -> str:
    children = node.children
    label = node.label
    if label in ("obligation", "permission"):
        modal = "it must be" if label == "obligation" else "it is allowed"
        return f"{modal} that {_say(children[0])}"
    if label in ("and", "or"):
        either = "either " if label == "or" else ""
        return either + f" {label} ".join(map(_say, children))
    if label == "not":
        return f"it is not so that {_say(children[0])}"
    if label == "exist":
        return f"there is {_indefinite(children[0])}"
    if label == "loop":
        return f"for each {_words(children[0].children[0].label)}, {_say(children[1])}"
    return _say_literal(label, children)


def _say_literal(label: str, children: list[Node]) -> str:
    first, second = _term(children[0]), _term(children[1])
    if label == "define":
        return f"{first} is called {second}"
    if label in _BOUNDS:
        return f"{first} is {_BOUNDS[label]} {second}"
    if label == "is":
        return f"{first} is {second}"
    return _SAID[label].format(first, second)


def _term(node: Node) -> str:
    if node.label in ("and", "or") and not node.is_leaf:
        return f" {node.label} ".join(map(_term, node.children))
    if not node.is_leaf:
        what = {"count": "the number of", "sum": "the total", "max": "the largest"}
        return f"{what.get(node.label, 'the smallest')} {_words(node.children[0].label)}"
    entity, _, prop = node.label.partition(".")
    if kind_of(node) == "entity.property":
        return f"the {_words(prop)} of the {_words(entity)}"
    return _words(node.label)


def _indefinite(node: Node) -> str:
    words = _words(node.label)
    return f"{article(words)} {words}"


def _words(label: str) -> str:
    if label.startswith("'"):
        return label.strip("'")
    head, _, rest = label.partition("_")
    if rest:
        return f"{head if head in _CODES else head.upper()} {rest.upper()}"
    if label[0].isdigit():
        return label
    entity, _, prop = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", label).lower().partition(".")
    return f"{prop} of the {entity}" if prop else entity
