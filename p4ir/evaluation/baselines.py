"""Systems that need no training: the nearest clause's rule, and the base model few-shot.

Both take their examples from clauses that are not scored. Nearness is the cosine of
word counts weighted by rarity (TF-IDF), so that a shared `handrail` counts for more
than a shared `shall`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from p4ir.batch.progress import Advance, track
from p4ir.corpus.records import Record
from p4ir.errors import CorpusError
from p4ir.rules import Rule, format_rule, repair_rule

Shown = Callable[..., AbstractContextManager[Advance]]
"""Shows how far work has come, as `track` does on a terminal, with the arguments of that."""

BASELINES = ("nearest", "few-shot")
SHOTS = 4
MAX_NEW_TOKENS = 200

_WORD = re.compile(r"[a-z]+|[0-9]+(?:\.[0-9]+)*")


def other_splits(corpus: Sequence[Record], asked: Sequence[Record]) -> list[Record]:
    """Return the clauses of a corpus that are in none of the splits of those asked for.

    Of `test/topic`, a part of a split, the whole of `test` is left out.
    """
    splits = {record.split for record in asked}
    return [record for record in corpus if record.split not in splits]


def copy_nearest(records: Sequence[Record], examples: Sequence[Record]) -> dict[str, str]:
    """Return id → the rule of the nearest example, in compact LRML."""
    index = NearestClauses(examples)
    return {r.id: format_rule(_rule(index.nearest(r.clause, 1)[0])) for r in records}


def prompt_few_shot(
    records: Sequence[Record], examples: Sequence[Record], progress: Shown = track
) -> dict[str, str]:
    """Return id → what the base model writes after the nearest examples, as compact LRML.

    The model sees `SHOTS` pairs of clause and rule, the nearest last, and the clause. A
    completion is cut where the next example would begin; what is no rule is left as it is.
    `progress` shows how many are done; what it raises ends the work.
    """
    from p4ir.inference.generation import generate
    from p4ir.models import DEFAULT, load_base
    from p4ir.models.hardware import as_fast_as_possible

    index = NearestClauses(examples)
    prompts = [few_shot_prompt(r.clause, index.nearest(r.clause, SHOTS)) for r in records]
    loaded, tokenizer = load_base(DEFAULT)
    with progress(len(prompts), what="clauses by few-shot") as advance:
        completions = generate(
            as_fast_as_possible(loaded),
            tokenizer,
            prompts,
            max_new_tokens=MAX_NEW_TOKENS,
            batch_size=8,
            on_batch=advance,
        )
    return {
        record.id: _read(completion.text)
        for record, completion in zip(records, completions, strict=True)
    }


def few_shot_prompt(clause: str, examples: Sequence[Record]) -> str:
    """Return the examples, farthest first, and the clause, each on a line of its own."""
    shots = [
        f"Clause: {_line(e.clause)}\nRule: {format_rule(_rule(e))}\n" for e in reversed(examples)
    ]
    return "\n".join([*shots, f"Clause: {_line(clause)}\nRule:"])


class NearestClauses:
    """Clauses, ready to be asked which of them are nearest to another."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = [record for record in records if record.rule is not None]
        if not self.records:
            raise CorpusError(
                "there are no clauses to take examples from: the corpus has none outside what is "
                "scored; score one split of a corpus that has others"
            )
        counts = [_counts(record.clause) for record in self.records]
        seen = Counter(word for count in counts for word in count)
        self._rarity = {word: math.log(len(counts) / n) + 1 for word, n in seen.items()}
        self._vectors = [self._vector(count) for count in counts]

    def nearest(self, clause: str, n: int) -> list[Record]:
        """Return the n nearest clauses, the nearest first."""
        asked = self._vector(_counts(clause))
        likeness = [
            sum(weight * vector.get(word, 0.0) for word, weight in asked.items())
            for vector in self._vectors
        ]
        order = sorted(range(len(likeness)), key=lambda i: -likeness[i])
        return [self.records[i] for i in order[:n]]

    def _vector(self, counts: Counter[str]) -> dict[str, float]:
        weights = {word: n * self._rarity.get(word, 0.0) for word, n in counts.items()}
        norm = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {word: weight / norm for word, weight in weights.items()}


def _read(text: str) -> str:
    line = text.strip().split("\n", 1)[0]
    try:
        return format_rule(repair_rule(line).rule)
    except ValueError:  # no rule
        return line


def _counts(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.lower()))


def _line(text: str) -> str:
    return " ".join(text.split())


def _rule(record: Record) -> Rule:
    assert record.rule is not None
    return record.rule
