"""Which words of a clause support a functor: `shall` an obligation, `no less than` a bound.

Functors are the notation's and not the clause's, so one that no word supports is there
by convention. A functor that the notation does not have is looked for like an entity.
"""

from __future__ import annotations

import re
from functools import lru_cache

from p4ir.rules.grounding.entities import support_words
from p4ir.rules.grounding.prose import Prose
from p4ir.rules.grounding.support import Support
from p4ir.rules.vocabulary import ARITIES

_NOT_MORE = (
    r"(?:not?|nor|never) (?:be )?(?:more|greater|larger|higher|longer|wider|further|later|"
    r"exceed\w*|over|above)(?: than)?|(?:shall|must|does|do|should)? ?not exceed\w*"
)
_NOT_LESS = (
    r"(?:not?|nor|never) (?:be )?(?:less|smaller|fewer|lower|shorter|narrower|closer|below)"
    r"(?: than)?"
)
_MORE = r"(?:more|greater|larger|higher|longer|wider|deeper) than|exceed\w*|\bover|above|beyond"
_LESS = r"(?:less|smaller|fewer|lower|shorter|narrower) than|below|under"

_CUES = {
    "obligation": r"shall|must|should|(?:is|are|be) required|requires?"
    r"|(?:is|are|has|have|needs?) to",
    "permission": r"may|can|permit\w*|allow\w*|acceptable|need not|not required|suitable",
    "prohibition": r"(?:shall|must|may|can|should) ?not|prohibit\w*|forbid\w*|not permitted|no",
    "not": r"not|no|nor|neither|non|never|none|without|cannot|except|unless|other than|rather than",
    "or": r"or|either|any",
    "and": r"and|both|all|also",
    "if": r"if|where|when|whenever|for|in the case of|provided",
    "greaterThanEqual": rf"{_NOT_LESS}|at least|min(?:imum|\.)?|from"
    r"|or (?:more|greater|over|higher|above)",
    "lessThanEqual": rf"{_NOT_MORE}|at most|max(?:imum|\.)?|up to|within|limited to|not? further"
    r"|or (?:less|fewer|under|lower|below)",
    "greaterThan": _MORE,
    "lessThan": _LESS,
    "equal": r"equals?|exactly|same|is|are|of",
    "asPer": r"as|per|see|refer\w*|accord\w*|specified|described|shown|given|to|in|from|by|of",
    "complyWith": r"compl(?:y|ies|ying|iance)|conform\w*|meet\w*|satisf\w*|accord\w*|to",
    "applyTo": r"appl(?:y|ies|icable)|limited|scope|covers?",
    "include": r"includ\w*|contain\w*|compris\w*|consist\w*|having|with",
    "exclude": r"exclud\w*|except\w*|omit\w*|not",
    "has": r"have|has|having|with|provided|fitted|contain\w*|of",
    "is": r"is|are|be|being|made|of",
    "exist": r"there (?:is|are)|exists?|any|provided",
    "for": r"for|to|used?|of|in",
    "within": r"within|in|inside|under|of",
    "partOf": r"part|of|in|within",
    "inBetween": r"between|from|both|separat\w*",
    "towards": r"towards?|to|into|onto|facing|against|direction|discharg\w*",
    "above": r"above|over|higher|on top|exceed\w*",
    "below": r"below|under\w*|beneath|lower",
    "adjacent": r"adjacent|next to|adjoin\w*|near|beside|abut\w*",
    "adjoin": r"adjoin\w*|adjacent|abut\w*|attached|join\w*",
    "connect": r"connect\w*|join\w*|link\w*|attach\w*|fix\w*|link",
    "through": r"through|via|by|penetrat\w*|pass\w*",
    "into": r"into|in|to|enter\w*|discharg\w*",
    "on": r"on|onto|over|at",
    "by": r"by|with|using|through|means",
    "against": r"against|to|from|with",
    "requires": r"requir\w*|need\w*|necessary|must",
    "cause": r"caus\w*|result\w*|produc\w*|creat\w*|lead\w*|due",
    "prevent": r"prevent\w*|avoid\w*|stop\w*|protect\w*|resist\w*|free",
    "count": r"numbers?|each|more than|at least|or more|all|number of|single|one|two|three",
    "sum": r"sum|total|aggregate|combined|plus|together",
    "max": r"max(?:imum)?|greate(?:r|st)|large(?:r|st)|highest|most|longe(?:r|st)",
    "min": r"min(?:imum)?|less(?:er)?|least|smalle(?:r|st)|lowest|shortest",
    "topOf": r"top|above|upper|level|over",
    "loop": r"each|every|all|any",
    "forEach": r"each|every|all|any|both",
    "after": r"after|following|prior|subsequent\w*|once",
    "before": r"before|prior|until|preced\w*",
    "around": r"around|surround\w*|perimeter|about|all sides",
    "similarTo": r"similar|like|equivalent|same|compatible|resembl\w*|matching",
    "awayFrom": r"away|from|clear|distance|least",
    "outside": r"outside|external\w*|exterior|out",
    "behind": r"behind|back|rear",
    "over": r"over|above|across",
    "approve": r"approv\w*|accept\w*|consent\w*",
    "accept": r"accept\w*|approv\w*",
    "test": r"test\w*|tried",
    "define": r"(?!)",
    "then": r"(?!)",
}


@lru_cache(maxsize=256)
def _pattern(functor: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_CUES[functor]})\b", re.IGNORECASE)


def support_functor(label: str, prose: Prose) -> Support:
    """Return what supports a functor."""
    if label in _CUES:
        match = _pattern(label).search(prose.text)
        return Support("supported", (match.span(),)) if match else Support("convention")
    support = support_words(label, prose)
    if label in ARITIES and support.grade == "ungrounded":
        return Support("convention")
    return support
