"""Why a rule is not written as IDS, as a code and what it is about."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

Code = Literal[
    "permission",
    "no-duty",
    "no-deontic",
    "not-a-rule",
    "alternatives",
    "too-many-cases",
    "two-things",
    "no-thing",
    "second-thing",
    "reference",
    "count",
    "arithmetic",
    "for-each",
    "no-property",
    "two-properties",
    "word",
    "several-values",
    "negation",
    "unit",
    "measure",
    "unmapped-kind",
    "unmapped-property",
    "no-data",
    "rejected",
]
CODES: tuple[Code, ...] = get_args(Code)

_SAID: dict[Code, str] = {
    "permission": "it permits something, and IDS can only require",
    "no-duty": "it has no obligation: it defines something or says where others apply",
    "no-deontic": "{} stands beside an obligation without being demanded",
    "not-a-rule": "it is not of the form if(…),then(…)",
    "alternatives": "{} leaves a choice between different requirements, which IDS cannot",
    "too-many-cases": "its condition has more than {} cases",
    "two-things": "it speaks of two things, {}, and a requirement of IDS of one",
    "no-thing": "it does not say which elements it is about",
    "second-thing": "{} relates two things, which no facet of IDS can",
    "reference": "{} refers to another document, which a person must check",
    "count": "{} counts or adds up, which no facet of IDS can",
    "arithmetic": "{} must be computed, and IDS compares with constants only",
    "for-each": "{} speaks of each part of something, which no facet of IDS can",
    "no-property": "{} compares a thing itself, and IDS one of its properties",
    "two-properties": "{} compares with another property, and IDS with constants only",
    "word": "{} compares with a word, for which a rule says is(…)",
    "several-values": "{} asks for several values at once",
    "negation": "{} denies what models list in part: what they do not say is not absent",
    "unit": "{} has no unit that SI, and so IDS, can express",
    "measure": "{}, which cannot be compared",
    "unmapped-kind": "the mapping has no class of IFC for {}",
    "unmapped-property": "the mapping has no property of IFC for {}",
    "no-data": "{} stands in no property set, and values of other kinds are not in SI",
    "rejected": "a reviewer rejected it",
}


class Refusal(NamedTuple):
    """Why a rule cannot be written."""

    code: Code
    about: str = ""
    """The part of the rule, or the name, that it is about."""

    def __str__(self) -> str:
        return _SAID[self.code].format(self.about)


class RefusedError(Exception):
    """Ends the translation of a rule; never leaves the package."""

    def __init__(self, code: Code, about: str = "") -> None:
        self.refusal = Refusal(code, about)
        super().__init__(str(self.refusal))
