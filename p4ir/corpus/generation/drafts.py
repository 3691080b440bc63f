"""What a pattern makes: a clause and the text of its rule."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

from p4ir.corpus.generation.facts import Fact
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


def oblige(literals: list[str]) -> str:
    """Write an obligation of literals."""
    return f"obligation({join('and', merge_literals(literals))})"


def finish(clause: str, subject: Subject, conclusion: str, facts: list[Fact]) -> Draft:
    """Make a draft of a clause about a subject; `facts` are those of the conclusion."""
    derived = [*subject.derived, *(label for fact in facts for label in fact.derived)]
    rule = f"if({subject.condition()}),then({conclusion})"
    text = clause[0].upper() + clause[1:]
    return Draft(text, rule, subject.palette.kind.topic, tuple(derived))
