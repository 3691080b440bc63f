"""Which way a clause bounds a number: `no more than 1 in 12` is an upper bound.

Only plain cues right beside the number count, and only where nothing in the sentence may turn
them round: what reads in more ways than one says nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from p4ir.rules.grounding import Span

Way = Literal["lower", "upper"]
Part = Literal["if", "then"]

OTHER: dict[Way, Way] = {"lower": "upper", "upper": "lower"}
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
        for way in OTHER
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
_EXTREME = re.compile(r"min|max|least|greatest", re.IGNORECASE)
_MEASURE = re.compile(r"\d ?[^\s\d.,;:)]{0,8}\s*\(?\Z")
"""What stands before a `max.` that belongs to it: `5 mm max. 10 mm deep grooves`."""
_FULL_STOP = re.compile(r"\.(?=\s)")
_SENTENCE_BEGINS = re.compile(r"[.;:](?=\s)")
_PART_ENDS = re.compile(r"[.,;:](?=\s|$)|\b(?:and|but)\b|$")


def said(clause: str, spans: Sequence[Span], part: Part) -> tuple[Way, str] | None:
    """Return which way a clause bounds a number, and the words; `None` where it is not plain.

    `spans` are the places of the number in the clause; `part` is that of the rule in which it
    stands.

    >>> said("Rails shall be not less than 900 mm high.", [(29, 35)], "then")
    ('lower', 'not less than 900 mm')
    """
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
        return None if _is_denied(clause, (first, past)) else (way, clause[first:past])
    is_forbidden = _is_forbidden(clause, (first, past))
    if is_forbidden is None:
        return None
    return OTHER[way] if is_forbidden else way, clause[first:past]


def _around(
    clause: str, span: Span, begins: re.Pattern[str], ends: re.Pattern[str]
) -> tuple[str, str]:
    """Return what stands before and behind a span, as far as the nearest beginning and end."""
    start, end = span
    heads = [match.end() for match in begins.finditer(clause, 0, start)]
    tail = ends.search(clause, end)
    return clause[heads[-1] if heads else 0 : start], clause[end : tail.start() if tail else None]


def _is_denied(clause: str, span: Span) -> bool:
    """Say whether a sentence may deny something beside what it bounds."""
    return bool(
        any(map(_DENIES.search, _around(clause, span, _FULL_STOP, _FULL_STOP)))
        or _EXEMPTS.search(clause, 0, span[0])
        or _OTHERS.search(clause, span[1])
    )


def _is_forbidden(clause: str, span: Span) -> bool | None:
    """Say whether a clause forbids what it bounds; `None` where that is not plain."""
    before, after = _around(clause, span, _SENTENCE_BEGINS, _PART_ENDS)
    modals = list(_MODAL.finditer(before))
    has_its_own = bool(_MODAL.match(clause, span[0]))  # `shall be more than`
    forbids = bool(modals and modals[-1]["forbids"] and not has_its_own)
    last = "" if has_its_own else before[modals[-1].end() if modals else 0 :]
    if _FORBIDDEN.search(after) and not forbids and not _OTHERWISE.search(last):
        return True
    if _OTHERWISE.search(last) or _OTHERWISE.search(after):
        return None
    return None if _NONE.search(before) else forbids
