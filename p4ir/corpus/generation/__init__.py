"""Clauses with their rules, composed by program: the meaning is exact by construction.

A clause is drawn in two steps. Facts are drawn from a domain model of elements and what
may be said of them (`domain`, `palette`); then one of the patterns of regulation
(`clauses`) says them in one of several wordings and writes the rule of the same facts, by
the conventions of data/GUIDE.md. The same seed gives the same clauses.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import NamedTuple

from p4ir.corpus.generation.background import background
from p4ir.corpus.generation.clauses import PATTERNS
from p4ir.corpus.generation.drafts import Draft
from p4ir.corpus.generation.facts import NothingLeftError
from p4ir.corpus.generation.paraphrase import paraphrase
from p4ir.corpus.generation.style import Style
from p4ir.corpus.likeness import masked_words
from p4ir.corpus.records import Record
from p4ir.rules import parse_rule

__all__ = ["Generated", "generate"]

_VARIABLE = re.compile(r"\bx\d+\b")
_BACKGROUND = 0.04
"""Share of sentences without a requirement."""
_NUMBERED = 0.45
"""Share of clauses with a number in front."""


class Generated(NamedTuple):
    """A generated clause with its rule."""

    record: Record
    derived: tuple[str, ...]
    """Labels of the rule with numbers that are computed from those of the clause."""


def generate(number: int, seed: int) -> Iterator[Generated]:
    """Yield clauses with their rules, no two of which are the same but for their numbers.

    Args:
        number: how many.
        seed: the same gives the same; the clauses of a smaller number come first.
    """
    rng = random.Random(seed)
    seen: set[tuple[str, ...]] = set()
    while len(seen) < number:
        draft, style = _draw(rng)
        words = masked_words(draft.clause.removeprefix(draft.front))
        if words in seen:
            continue
        seen.add(words)
        rule = parse_rule(draft.rule)
        jurisdiction = "us" if style.imperial else "int"
        record = Record(
            id=f"g{seed}-{len(seen):06}",
            clause=draft.clause,
            rule=rule,
            paraphrase=paraphrase(rule),
            document=f"{jurisdiction}-{draft.topic}-generated",
            jurisdiction=jurisdiction,
            topic=draft.topic,
            source="generated",
            split="train",
        )
        yield Generated(record, draft.derived)


def _draw(rng: random.Random) -> tuple[Draft, Style]:
    patterns, weights = zip(*PATTERNS, strict=True)
    while True:
        style = Style.draw(rng)
        if rng.random() < _BACKGROUND:
            return background(rng), style
        try:
            draft = rng.choices(patterns, weights)[0](style, rng)
        except NothingLeftError:
            continue  # Said of an element of which there is too little to say.
        return _finish(draft, rng), style


def _finish(draft: Draft, rng: random.Random) -> Draft:
    """Number the variables of a draft and perhaps its clause."""
    names: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        return names.setdefault(match[0], f"x{len(names)}")

    rule = _VARIABLE.sub(number, draft.rule)
    derived = tuple(dict.fromkeys(_VARIABLE.sub(number, label) for label in draft.derived))
    if rng.random() < _NUMBERED and not draft.clause.startswith("Table"):
        levels = rng.choice((2, 2, 3, 3, 4))
        front = ".".join(str(rng.randint(1, 12)) for _ in range(levels)) + " "
        draft = draft._replace(clause=front + draft.clause, front=front)
    return draft._replace(rule=rule, derived=derived)
