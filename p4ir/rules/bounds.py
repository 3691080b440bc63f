"""Bounds that a rule turns round: `no more than 1 in 12`, and yet `greaterThanEqual`.

Every word of such a rule stands in its clause, so grounding has nothing to say, and a model
may be as sure of it as of any other. Only plain cues right beside the number count, and only
in what the rule demands outright: conditions turn round for good reasons (`unless`,
`except`), and so do alternatives, which may be conditions (`or(lessThan(height,2 m),duty)`).
"""

from __future__ import annotations

import re
from typing import Literal

from p4ir.rules.grounding import Grounding, Span
from p4ir.rules.kinds import kind_of
from p4ir.rules.tree import Rule

Way = Literal["lower", "upper"]

_WAYS: dict[str, Way] = {
    "greaterThan": "lower",
    "greaterThanEqual": "lower",
    "lessThan": "upper",
    "lessThanEqual": "upper",
}
_OTHER: dict[Way, Way] = {"lower": "upper", "upper": "lower"}
_MORE = r"(?:more|greater|larger|higher|wider|longer|steeper)\s+than"
_LESS = r"(?:less|fewer|smaller|lower|narrower|shorter)\s+than"
_NOT = r"(?:not|no|never)\s+(?:be\s+)?"
_SHALL = r"(?:shall|must|should)\s+"
_BE = rf"\b[^.;:,\d]{{1,60}}\b{_SHALL}be"
_BEFORE: dict[Way, str] = {
    "lower": rf"at\s+least:?|a\s+minimum(?:\s+of)?|minimum{_BE}|{_NOT}(?:{_LESS}|below)"
    rf"|{_SHALL}(?:be\s+{_MORE}|exceed)|≥|>=",
    "upper": rf"at\s+most:?|a\s+maximum(?:\s+of)?|maximum{_BE}|{_NOT}(?:{_MORE}|above)"
    rf"|{_SHALL}be\s+{_LESS}|not\s+exceed(?:ing)?|≤|<=",
}
_AFTER: dict[Way, str] = {
    "lower": r"or\s+(?:more|greater|over|higher|wider|longer)\b(?!\s+(?:often|than))|at\s+least\b"
    r"|\(?min(?:imum\b|\.)?\)|min(?:imum\b|\.)",
    "upper": r"or\s+(?:less|fewer|under|lower|narrower|shorter)\b(?!\s+than)|at\s+most\b"
    r"|\(?max(?:imum\b|\.)?\)|max(?:imum\b|\.)",
}
_PATTERNS = [
    (
        way,
        re.compile(rf"(?<!\w)(?:{_BEFORE[way]})\s*$", re.IGNORECASE),
        re.compile(rf"(?:\s+(?:wide|high|long|deep|thick))?\s*(?:{_AFTER[way]})", re.IGNORECASE),
    )
    for way in _OTHER
]
_MODAL = re.compile(
    r"\b(?:shall|must|may|should|(?:is|are)\s+to)\b(?P<forbids>\s*(?:not|never)\b)?", re.IGNORECASE
)
_NONE = re.compile(r"\bno(?:ne)?\b(?!\s+\w+\s+than)", re.IGNORECASE)
_FORBIDDEN = re.compile(r"\b(?:prohibited|forbidden|not\s+(?:be\s+)?(?:permitted|allowed))\b")
_OTHERWISE = re.compile(
    r"\b(?:not|no(?!\s+\w+\s+than)|never|nor|neither|none|cannot|without|unless|until|except|where|when|if"
    r"|required?|needs?)\b",
    re.IGNORECASE,
)
"""What makes a sentence deny, or state on a condition, in more ways than are read here."""
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
    demands: list[Way | None] = []
    """Of each node: which way a lower bound in it bounds; `None` where nothing is demanded."""
    for node, parent in zip(rule.nodes(), rule.parents(), strict=True):
        demand = demands[parent] if parent >= 0 else None
        if node.label == "then":
            demand = "lower"
        elif node.label == "or" or (node.label == "and" and demand == "upper"):
            demand = None  # alternatives, as what is denied of several together is
        elif node.label in _FLIPS and demand is not None:
            demand = _OTHER[demand]
        demands.append(demand)
        way, bounds = _WAYS.get(node.label), node.children
        if demand is None or way is None or len(bounds) != 2:
            continue
        is_ratio = _RATIO.fullmatch(bounds[1].label)
        if not is_ratio and kind_of(bounds[1]) not in ("quantity", "number"):
            continue  # an expression may subtract the number: `'x0 - 20 mm'`
        said = _said(clause, grounding.nodes[bounds[1].number].spans)
        if said is not None and said[0] != (demand if way == "lower" else _OTHER[demand]):
            found.append(f"“{said[1]}” in the clause, but {node.label} in the rule")
    return found


def _said(clause: str, spans: tuple[Span, ...]) -> tuple[Way, str] | None:
    """Return which way the clause bounds a number, in its words; `None` where it is not plain."""
    if len(spans) != 1:
        return None
    ((start, end),) = spans
    if clause.count(clause[start:end]) > 1:
        return None
    bounds: list[tuple[int, int, Way]] = []
    for way, before, after in _PATTERNS:
        cue = before.search(clause, 0, start)
        behind = after.match(clause, end)
        if cue:
            bounds.append((cue.start(), end, way))
        elif behind:
            bounds.append((start, behind.end(), way))
    if not bounds:
        return None
    first, past, way = min(bounds)  # `not more than` begins before `more than`
    is_forbidden = _is_forbidden(clause, first, past)
    if is_forbidden is None:
        return None
    return _OTHER[way] if is_forbidden else way, clause[first:past]


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
