"""What a pattern makes: a clause and the text of its rule."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from p4ir.corpus.generation.facts import Fact, NothingLeftError
from p4ir.corpus.generation.merging import merge_literals
from p4ir.corpus.generation.relating import join
from p4ir.corpus.generation.style import Style
from p4ir.corpus.generation.subjects import Subject


class Draft(NamedTuple):
    """A clause and the text of its rule, in which variables are not numbered yet."""

    clause: str
    rule: str
    topic: str
    derived: tuple[str, ...] = ()
    """Labels of the rule with computed numbers."""
    front: str = ""
    """The number in front of the clause."""


Pattern = Callable[[Style, random.Random], Draft]

_TERM = re.compile(r"define\((.+?),x\d+\)")
_BOUND = re.compile(r"(greater|less)Than(?:Equal)?\((.+),(\d+(?:\.\d+)?)\b")
_PROPERTY = re.compile(r"(?:is\(\w+\.\w+|within\(building)(?=,)")


def oblige(literals: list[str]) -> str:
    """Write an obligation of literals."""
    return f"obligation({join('and', merge_literals(literals))})"


def finish(clause: str, subject: Subject, conclusion: str, facts: list[Fact]) -> Draft:
    """Make a draft of a clause about a subject; `facts` are those of the conclusion.

    Raises:
        NothingLeftError: something is supposed twice, or supposed and denied ("where it is
            heated, …, unless it is heated"), or cannot be ("under 6 m high, …, unless it is
            under 15 m high"), or one term is defined twice.
    """
    derived = [*subject.derived, *(label for fact in facts for label in fact.derived)]
    rule = f"if({subject.condition()}),then({conclusion})"
    literals = (*subject.literals, *subject.exceptions)
    if _is_impossible(literals):
        raise NothingLeftError("no amount lies between the bounds supposed")
    supposed = [_about(literal) for literal in literals]
    for said in (supposed, _TERM.findall(rule)):
        if twice := [what for what, times in Counter(said).items() if times > 1]:
            raise NothingLeftError(f"{twice[0]} comes twice")
    text = clause[0].upper() + clause[1:]
    return Draft(text, rule, subject.palette.kind.topic, tuple(derived))


def _about(literal: str) -> str:
    """Return what a literal is about, which a condition settles once: `is(wall.material`."""
    plain = literal[4:-1] if literal.startswith("not(") else literal
    match = _PROPERTY.match(plain)
    return match[0] if match else plain


def _is_impossible(literals: Iterable[str]) -> bool:
    """Tell whether a lower bound is no less than an upper one of the same thing."""
    lower: dict[str, float] = {}
    upper: dict[str, float] = {}
    for literal in literals:
        if match := _BOUND.match(literal):
            way, of, amount = match[1], match[2], float(match[3])
            bounds, pick = (lower, max) if way == "greater" else (upper, min)
            bounds[of] = pick(bounds.get(of, amount), amount)
    return any(amount >= upper.get(of, amount + 1) for of, amount in lower.items())
