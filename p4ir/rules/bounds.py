"""Bounds that a rule turns round: `no more than 1 in 12`, and yet `greaterThanEqual` or `equal`.

Every word of such a rule stands in its clause, so grounding has nothing to say, and a model
may be as sure of it as of any other. Only plain cues right beside the number count, and only
in what the rule demands outright, or states as a condition of a sentence that denies nothing:
conditions turn round for good reasons (`unless`, `except`), and so do alternatives, which may be
conditions (`or(lessThan(height,2 m),duty)`).
"""

from __future__ import annotations

import re
from typing import Literal

from p4ir.rules.grounding import Grounding, Span
from p4ir.rules.kinds import kind_of
from p4ir.rules.tree import Node, Rule
from p4ir.rules.vocabulary import COMPARISONS

Way = Literal["lower", "upper"]
Part = Literal["if", "then"]

_WAYS: dict[str, Way] = {
    "greaterThan": "lower",
    "greaterThanEqual": "lower",
    "lessThan": "upper",
    "lessThanEqual": "upper",
}
_OTHER: dict[Way, Way] = {"lower": "upper", "upper": "lower"}
_MORE = r"(?:more|greater|larger|higher|wider|longer|steeper)\s+than"
_LESS = r"(?:less|fewer|smaller|lower|narrower|shorter)\s+than"
_NEVER = r"(?:not|no|never|nowhere|in\s+no\s+case|at\s+no\s+(?:point|time|place))\s+"
_NOT = rf"{_NEVER}(?:(?:be|fall|drop|rise)\s+)?"
_SHALL = r"(?:shall|must|should)\s+"
_OVER = rf"(?:(?:{_MORE}|over|above|in\s+excess\s+of|upwards\s+of)(?:\s+or\s+equal\s+to)?)"
_UNDER = rf"(?:(?:{_LESS}|under|below)(?:\s+or\s+equal\s+to)?)"
_BE = rf"{_SHALL}be\s+(?:equal\s+to\s+or\s+|kept\s+)?"
_HAVE = r"have\s+an?\s+[a-z]+\s+(?:of\s+)?"
_IS = (
    r"\b(?:(?!\b(?:is|are|has|have|shall|must|should)\b)[^.;:,\d]){1,60}"
    rf"(?:\b(?:{_SHALL}be|is|are)|:)"
)
_OF = r"(?:imum|\.)(?:\s+[a-z]+)?(?:\s+of)?"
"""The end of `minimum` or `min.`, right before a number, perhaps with what is measured."""
_BEFORE: dict[Way, str] = {
    "lower": rf"at\s+least:?|(?:a\s+)?min{_OF}|(?:minimum|(?<!at )least){_IS}|{_NOT}{_UNDER}"
    rf"|{_SHALL}{_HAVE}(?:exceeding|{_OVER})|{_BE}{_OVER}|{_SHALL}exceed|≥|>=?",
    "upper": rf"at\s+most:?|(?:a\s+)?max{_OF}|(?:maximum|greatest){_IS}|{_NOT}{_OVER}"
    rf"|{_NEVER}{_HAVE}(?:exceeding|{_OVER})|(?:{_SHALL}{_HAVE}|{_BE}){_UNDER}"
    rf"|(?:{_NEVER}|cannot\s+)(?:to\s+)?exceed(?:ing)?"
    rf"|{_BE}(?:up|limited|restricted)\s+to|≤|<=?",
}
_BEFORE_IN_CONDITION: dict[Way, str] = {
    "lower": rf"{_NOT}{_UNDER}|(?<!not )(?<!no )(?<!be )(?:{_OVER}|exceed(?:s|ing)?)|at\s+least"
    "|≥|>=?",
    "upper": rf"{_NOT}{_OVER}|{_NEVER}exceed(?:s|ing)?|(?<!not )(?<!no )(?<!be ){_UNDER}"
    r"|at\s+most|≤|<=?",
}
_ENDS = r"\b(?!\s+(?:often|than|an?|the|each|every|any|all)\b|\s+\d)"
"""The end of `or over`, which is not the beginning of `or over 2 m long`."""
_AFTER: dict[Way, str] = {
    "lower": rf"(?:or|and)\s+(?:more|greater|larger|over|above|higher|wider|longer){_ENDS}"
    r"|at\s+least\b|\(?min(?:imum\b|\.)?\)|min(?:imum\b|\.)",
    "upper": rf"(?:or|and)\s+(?:less|fewer|smaller|under|below|lower|narrower|shorter){_ENDS}"
    r"|at\s+most\b|\(?max(?:imum\b|\.)?\)|max(?:imum\b|\.)",
}
_CUES: dict[Part, dict[Way, str]] = {"if": _BEFORE_IN_CONDITION, "then": _BEFORE}
_PATTERNS: dict[Part, list[tuple[Way, re.Pattern[str], re.Pattern[str]]]] = {
    part: [
        (
            way,
            re.compile(rf"(?<!\w)(?:{before[way]})\s*$", re.IGNORECASE),
            re.compile(
                rf"(?:\s+(?:wide|high|long|deep|thick))?\s*(?:{_AFTER[way]})", re.IGNORECASE
            ),
        )
        for way in _OTHER
    ]
    for part, before in _CUES.items()
}
_MODAL = re.compile(
    r"\b(?:shall|must|may|should|(?:is|are)\s+to)\b(?P<forbids>\s*(?:not|never)\b)?", re.IGNORECASE
)
_NONE = re.compile(r"\b(?:no(?:ne)?\b(?!\s+\w+\s+than)|neither\b|nor\b)", re.IGNORECASE)
_FORBIDDEN = re.compile(r"\b(?:prohibited|forbidden|not\s+(?:be\s+)?(?:permitted|allowed))\b")
_OTHERWISE = re.compile(
    r"\b(?:not|no(?!\s+\w+\s+than)|never|nor|neither|none|cannot|without|unless|until|except|where|when|if"
    r"|required?|needs?)\b",
    re.IGNORECASE,
)
"""What makes a sentence deny, or state on a condition, in more ways than are read here."""
_DENIES = re.compile(
    r"\b(?:not|no(?!\s+\w+\s+than)|never|nor|neither|none|cannot|without|unless|until|except\w*"
    r"|otherwise|exempt\w*|omitted|need|other\s+than|apart\s+from|exclud\w+|only|before)\b",
    re.IGNORECASE,
)
"""What may make a rule state the contrary of what stands in the condition of a sentence."""
_EXEMPTS = re.compile(
    r"\b(?:except\w*|exempt\w*|other\s+than|apart\s+from|exclud\w+|need\s+not"
    r"|not\s+(?:be\s+)?(?:apply|needed|required|necessary))\b",
    re.IGNORECASE,
)
"""What may do so in the sentences behind it too, as before a list: `Exceptions: 1. …`."""
_OTHERS = re.compile(r"\b(?:others?|elsewhere)\b", re.IGNORECASE)
"""What may do so from behind: `Gates of less than 2 m are small. Other gates shall be fixed.`"""
_MEASURE = re.compile(r"\d ?[^\s\d.,;:)]{0,8}\s*\(?\Z")
"""What stands before a `max.` that belongs to it: `5 mm max. 10 mm deep grooves`."""
_EXTREME = re.compile(r"min|max|least|most|greatest|limit", re.IGNORECASE)
"""What a measure is named after that equals its bound: `equal(wall.minimumThickness,5 mm)`."""
_FULL_STOP = re.compile(r"\.(?=\s)")
_SENTENCE_BEGINS = re.compile(r"[.;:](?=\s)")
_PART_ENDS = re.compile(r"[.,;:](?=\s|$)|\b(?:and|but)\b|$")
_RATIO = re.compile(r"'?\d+(?:\.\d+)?(?::| in )\d+(?:\.\d+)?'?")
_FLIPS = ("not", "prohibition")


def turned_bounds(rule: Rule, clause: str, grounding: Grounding) -> list[str]:
    """Return what the clause says of each bound that the rule turns round.

    >>> from p4ir.rules import parse_rule
    >>> from p4ir.rules.grounding import ground
    >>> clause = "A ramp shall have a gradient of no more than 1 in 12."
    >>> text = "if(exist(ramp)),then(obligation({}(ramp.gradient,1/12)))"
    >>> for functor in ("greaterThanEqual", "lessThanEqual"):
    ...     rule = parse_rule(text.format(functor))
    ...     turned_bounds(rule, clause, ground(rule, clause))
    ['“no more than 1 in 12” in the clause, but greaterThanEqual in the rule']
    []
    """
    found: list[str] = []
    part: Part = "if"
    prohibits = any(node.label == "prohibition" for node in rule.nodes())
    exact: list[tuple[Span, str]] = []
    """What the clause says of each number that the rule makes exact, and the line about it."""
    kept: set[Span] = set()
    """Numbers that a part of the rule bounds as the clause does."""
    demands: list[Way | None] = []
    """Of each node: which way a lower bound in it bounds; `None` where nothing is stated."""
    for node, parent in zip(rule.nodes(), rule.parents(), strict=True):
        demand = demands[parent] if parent >= 0 else None
        if node.label in ("if", "then"):
            part, demand = ("if" if node.label == "if" else "then"), "lower"
        elif node.label == "or" or (node.label == "and" and demand == "upper"):
            demand = None  # alternatives, as what is denied of several together is
        elif node.label in _FLIPS and demand is not None:
            demand = _OTHER[demand]
        demands.append(demand)
        bounds = node.children
        if demand is None or node.label not in COMPARISONS or len(bounds) != 2:
            continue
        if part == "if" and (prohibits or node.label not in _WAYS):
            continue  # `equal` may be the one of several sizes that is meant
        is_ratio = _RATIO.fullmatch(bounds[1].label)
        if not is_ratio and kind_of(bounds[1]) not in ("quantity", "number"):
            continue  # an expression may subtract the number: `'x0 - 20 mm'`
        spans = grounding.nodes[bounds[1].number].spans
        said = _said(clause, spans, part)
        if said is None:
            continue
        line = f"“{said[1]}” in the clause, but {node.label} in the rule"
        if said[0] == _way_of(node.label, demand):
            kept.add(spans[0])
        elif node.label in _WAYS:
            found.append(line)
        elif bounds[1].label != "1" and not _is_extreme(bounds[0]):
            exact.append((spans[0], line))  # 1 may be that of `single`
    # What is exact may be said elsewhere: `at least 1 m deep, and have 1000 mm sleeves`.
    return [*found, *(line for span, line in exact if span not in kept)]


def _is_extreme(measure: Node) -> bool:
    """Whether what is measured is a bound itself: `minimumThickness`, `max(ramp.slope)`."""
    return any(map(_EXTREME.search, measure.tree.labels[measure.number : measure.end]))


def _way_of(comparison: str, demand: Way) -> Way | None:
    """Return which way a comparison bounds; `None` of one that says how much it is."""
    way = _WAYS.get(comparison)
    return way if way is None or demand == "lower" else _OTHER[way]


def _said(clause: str, spans: tuple[Span, ...], part: Part) -> tuple[Way, str] | None:
    """Return which way the clause bounds a number, in its words; `None` where it is not plain."""
    if len(spans) != 1:
        return None
    ((start, end),) = spans
    if clause.count(clause[start:end]) > 1:
        return None
    before: list[tuple[int, int, Way]] = []
    behind: list[tuple[int, int, Way]] = []
    for way, cue_before, cue_behind in _PATTERNS[part]:
        if cue := cue_before.search(clause, 0, start):
            if _EXTREME.match(cue[0]) and _MEASURE.search(clause, 0, cue.start()):
                return None
            before.append((cue.start(), end, way))
        if cue := cue_behind.match(clause, end):
            behind.append((start, cue.end(), way))
    bounds = before or behind
    if not bounds:
        return None
    first, past, way = min(bounds)  # `not more than` begins before `more than`
    if before and any(other != way for _, _, other in behind):
        return None  # `150 mm minimum 190 mm maximum`
    if part == "if":
        return None if _is_denied(clause, first, past) else (way, clause[first:past])
    is_forbidden = _is_forbidden(clause, first, past)
    if is_forbidden is None:
        return None
    return _OTHER[way] if is_forbidden else way, clause[first:past]


def _is_denied(clause: str, start: int, end: int) -> bool:
    """Say whether a sentence may deny something beside what it bounds."""
    begins = [match.end() for match in _FULL_STOP.finditer(clause, 0, start)]
    ends = _FULL_STOP.search(clause, end)
    before = clause[begins[-1] if begins else 0 : start]
    after = clause[end : ends.start() if ends else None]
    return bool(
        _DENIES.search(before)
        or _DENIES.search(after)
        or _EXEMPTS.search(clause, 0, start)
        or _OTHERS.search(clause, end)
    )


def _is_forbidden(clause: str, start: int, end: int) -> bool | None:
    """Say whether a clause forbids what it bounds; `None` where that is not plain."""
    begins = [match.end() for match in _SENTENCE_BEGINS.finditer(clause, 0, start)]
    before = clause[begins[-1] if begins else 0 : start]
    ends = _PART_ENDS.search(clause, end)
    after = clause[end : ends.start() if ends else None]
    modals = list(_MODAL.finditer(before))
    has_its_own = bool(_MODAL.match(clause, start))  # `shall be more than`
    forbids = bool(modals and modals[-1]["forbids"] and not has_its_own)
    last = "" if has_its_own else before[modals[-1].end() if modals else 0 :]
    if _FORBIDDEN.search(after) and not forbids and not _OTHERWISE.search(last):
        return True
    if _OTHERWISE.search(last) or _OTHERWISE.search(after):
        return None
    return None if _NONE.search(before) else forbids
