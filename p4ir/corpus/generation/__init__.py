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

from p4ir.corpus.generation.background import background
from p4ir.corpus.generation.clauses import PATTERNS
from p4ir.corpus.generation.drafts import Draft
from p4ir.corpus.generation.facts import NothingLeftError
from p4ir.corpus.generation.style import Style
from p4ir.corpus.likeness import masked_words

_VARIABLE = re.compile(r"\bx\d+\b")


def draft_clauses(number: int, seed: int) -> Iterator[Draft]:
    """Yield so many clauses, no two of which are the same but for their numbers."""
    rng = random.Random(seed)
    patterns, weights = zip(*PATTERNS, strict=True)
    seen: set[tuple[str, ...]] = set()
    while len(seen) < number:
        style = Style.draw(rng)
        try:
            if rng.random() < 0.04:
                draft = background(rng)
            else:
                draft = _finish(rng.choices(patterns, weights)[0](style, rng), rng)
        except NothingLeftError:
            continue
        words = masked_words(draft.clause)
        if words not in seen:
            seen.add(words)
            yield draft


def _finish(draft: Draft, rng: random.Random) -> Draft:
    names: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        return names.setdefault(match[0], f"x{len(names)}")

    rule = _VARIABLE.sub(number, draft.rule)
    derived = tuple(_VARIABLE.sub(number, label) for label in draft.derived)
    front = ""
    if rng.random() < 0.45 and not draft.clause.startswith("Table"):
        levels = rng.choice((2, 2, 3, 3, 4))
        front = ".".join(str(rng.randint(1, 12)) for _ in range(levels)) + " "
    return draft._replace(clause=front + draft.clause, rule=rule, derived=derived)
