"""`Finding`: the verdict of one rule on one element, with a reason that a machine can read.

A reason is kept as what was read, compared and missed; `p4ir.check.wording` turns it into
sentences, and nothing before it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from p4ir.check.facts import Element
from p4ir.rules.entry import Entry

Verdict = Literal["fail", "unknown", "review", "pass", "not applicable"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""The verdicts, the one that asks most of a reader first."""

Code = Literal[
    "met",
    "violated",
    "condition-false",
    "fact-missing",
    "list-open",
    "reference",
    "no-case",
    "relief",
    "incomparable",
    "not-a-quantity",
    "not-a-number",
    "division-by-zero",
    "cycle",
    "undefined-variable",
    "ambiguous",
    "not-understood",
    "too-much",
    "permission",
    "definition",
    "no-deontic",
    "no-requirement",
    "none-in-building",
    "none-listed",
    "kind-unknown",
    "contradiction",
]
"""What a verdict rests on, or why there is none."""
CODES: tuple[Code, ...] = get_args(Code)


class Fact(NamedTuple):
    """Something that the facts say and that the verdict rests on."""

    element: str
    """Id of the element, empty for the building's facts as a whole."""
    name: str
    """The property, relation or kind that was read."""
    value: str
    """Its value as written, or the ids of the elements that it leads to."""


class Comparison(NamedTuple):
    """Two values that were compared."""

    left: str
    operator: str
    """`=`, `<`, `≤`, `>`, `≥` or `is`."""
    right: str
    holds: bool


class Missing(NamedTuple):
    """What would have to be known, or was found wanting."""

    code: Code
    element: str
    """Id of the element, empty if it is none in particular."""
    name: str
    """The property, relation, kind, reference or expression that it is about."""
    detail: str = ""
    """What was found instead, where that helps, such as the two units."""


class Reason(NamedTuple):
    """Why a verdict is what it is."""

    code: Code
    facts: tuple[Fact, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """The verdict of one rule on one element, or on the building as a whole."""

    entry: Entry
    """The rule, with its clause and where that stands."""
    rule_id: str
    """The entry's own id, or its place among the rules that were checked, from 1."""
    verdict: Verdict
    reason: Reason
    element: Element | None = None
    """The element that the verdict is about; none where the rule finds no element."""
    others: tuple[tuple[str, str], ...] = ()
    """Other elements that the rule speaks of: its name for each, and the element's id."""

    @property
    def key(self) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """What tells this finding from the others of one check: rule, element and others."""
        return self.rule_id, self.element.id if self.element else "", self.others
