"""Compare systems on the same clauses: means, paired differences, what changed most.

The first system is what the others are compared with. Clauses of one document are drawn
together, tests are adjusted for their number over all metrics and systems (Holm), and a
difference counts as shown only if its test and its interval agree that there is one, and
which way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from p4ir.corpus.records import Record
from p4ir.errors import CorpusError
from p4ir.evaluation.systems import Answers
from p4ir.metrics.false_positives import FalsePositives, false_positives
from p4ir.metrics.lrml_f1 import f1
from p4ir.metrics.scoring import (
    HIGHEST,
    METRICS,
    ClauseScore,
    f1_of_means,
    read_comparable,
    reduce,
    score,
)
from p4ir.metrics.significance import (
    RESAMPLES,
    FloatArray,
    Interval,
    PairedComparison,
    holm,
    interval_of_means,
    mean_interval,
    paired_comparison,
    within,
)
from p4ir.rules.tree import ROOT, Rule, Tree

ERRORS = ("false_positives", "false_negatives")
COMPARED = (*METRICS, *ERRORS)
LOWER_IS_BETTER = frozenset({"nted", "nlev", "ted", "lev", *ERRORS})
SIGNIFICANCE = 0.05

_EMPTY = Tree((ROOT,), (0,))


class ScoredSystem(NamedTuple):
    """A system with its scores."""

    answers: Answers
    scores: tuple[ClauseScore, ...]
    """One for each clause."""
    errors: tuple[FalsePositives, ...]
    """One for each clause."""
    means: dict[str, Interval]
    """Metric, of `COMPARED`, to its mean over the clauses."""

    @property
    def name(self) -> str:
        """What the report calls the system."""
        return self.answers.name

    def column(self, metric: str) -> FloatArray:
        """Return a metric of each clause, shape (n,); LRML-F1 is that of the clause alone."""
        if metric == "false_positives":
            return np.array([float(each.positives) for each in self.errors])
        if metric == "false_negatives":
            return np.array([float(each.negatives) for each in self.errors])
        if metric == "lrml_f1":
            return np.array([f1(each.precision, each.recall) for each in self.scores])
        return np.array([float(getattr(each, metric)) for each in self.scores])


class MetricComparison(NamedTuple):
    """How a system differs from the first in one metric."""

    metric: str
    paired: PairedComparison
    """For LRML-F1 the difference is the corpus's; test, effect and wins are of clauses' F1."""
    change: Interval
    """Relative change of the mean: −0.2 is a fifth less than the first system's."""
    adjusted_p: float | None
    """Wilcoxon's p, adjusted for all tests of the report (Holm)."""

    @property
    def is_better(self) -> bool | None:
        """Whether the system is better than the first; `None` where that is not shown."""
        low, high = self.paired.low, self.paired.high
        if self.adjusted_p is None or low is None or high is None:
            return None
        if self.adjusted_p >= SIGNIFICANCE or low <= 0 <= high:
            return None
        is_better = (self.paired.difference < 0) == (self.metric in LOWER_IS_BETTER)
        return is_better if is_better == (self.paired.effect_size > 0) else None


class Pair(NamedTuple):
    """A system compared with the first."""

    first: ScoredSystem
    second: ScoredSystem
    metrics: tuple[MetricComparison, ...]

    def changes(self) -> FloatArray:
        """Return nTED of the second less that of the first, shape (n,): below 0 is better."""
        return self.second.column("nted") - self.first.column("nted")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Systems on the same clauses."""

    records: tuple[Record, ...]
    documents: tuple[str, ...] | None
    """The document of each clause; `None` where the corpus names none."""
    systems: tuple[ScoredSystem, ...]
    pairs: tuple[Pair, ...]
    """Each later system against the first."""


def compare(
    records: Sequence[Record], answers: Sequence[Answers], *, rng: np.random.Generator
) -> Comparison:
    """Score systems and compare each with the first.

    Raises:
        CorpusError: there is no clause, one has no reference rule, or two systems have
            the same name.
    """
    if not records:
        raise CorpusError("there is no clause to compare on")
    check_names([each.name for each in answers])
    documents = documents_of(records)
    systems = [_score(records, each, documents, rng) for each in answers]
    return compare_scored(records, systems, rng=rng)


def compare_scored(
    records: Sequence[Record],
    systems: Sequence[ScoredSystem],
    *,
    rng: np.random.Generator,
    resamples: int = RESAMPLES,
) -> Comparison:
    """Compare systems whose scores on the clauses are known, each with the first."""
    documents = documents_of(records)
    pairs = [_compare_pair(systems[0], each, documents, rng, resamples) for each in systems[1:]]
    return Comparison(
        records=tuple(records),
        documents=documents,
        systems=tuple(systems),
        pairs=_adjusted(pairs),
    )


def documents_of(records: Sequence[Record]) -> tuple[str, ...] | None:
    """Return the document of each clause; `None` if no clause has one.

    A clause without a document among others stands for itself.
    """
    if not any(record.document for record in records):
        return None
    return tuple(record.document or f"clause {record.id}" for record in records)


def check_names(names: Sequence[str]) -> None:
    """Refuse systems that could not be told apart.

    Raises:
        CorpusError: two have the same name.
    """
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise CorpusError(f"two systems are called {twice!r}: give them names, as in FIRST=SYSTEM")


def most_changed(pair: Pair, count: int) -> tuple[list[int], list[int]]:
    """Return the clauses whose nTED fell most and rose most, the largest change first."""
    changes = pair.changes()
    order = [int(index) for index in np.argsort(changes, kind="stable")]
    better = [index for index in order[:count] if changes[index] < 0]
    worse = [index for index in order[::-1][:count] if changes[index] > 0]
    return better, worse


def _score(
    records: Sequence[Record],
    answers: Answers,
    documents: tuple[str, ...] | None,
    rng: np.random.Generator,
) -> ScoredSystem:
    scores, errors = [], []
    for record, text in zip(records, answers.texts, strict=True):
        reference = _reference(record)
        scores.append(score(text, reference))
        errors.append(false_positives(read_comparable(text, reference) or _EMPTY, reference))
    scored = ScoredSystem(answers, tuple(scores), tuple(errors), reduce(scores, documents, rng=rng))
    for metric in ERRORS:
        found = mean_interval(scored.column(metric), documents, rng=rng)
        scored.means[metric] = within(found, 0, np.inf)
    return scored


def _reference(record: Record) -> Rule:
    if record.rule is None:
        raise CorpusError(f"the clause {record.id!r} has no reference rule to compare with")
    return record.rule


def _compare_pair(
    first: ScoredSystem,
    second: ScoredSystem,
    documents: tuple[str, ...] | None,
    rng: np.random.Generator,
    resamples: int,
) -> Pair:
    draw = partial(interval_of_means, clusters=documents, rng=rng, resamples=resamples)

    def one(metric: str) -> MetricComparison:
        a, b = first.column(metric), second.column(metric)
        is_lower = metric in LOWER_IS_BETTER
        paired = paired_comparison(
            a, b, documents, rng=rng, lower_is_better=is_lower, resamples=resamples
        )
        if metric != "lrml_f1":
            return _in_range(metric, paired, draw(_change, [a, b]))
        columns = [
            each.column(name) for each in (first, second) for name in ("precision", "recall")
        ]
        difference = draw(_f1_difference, columns)
        change = draw(_f1_change, columns)
        paired = paired._replace(
            difference=difference.mean,
            low=difference.low,
            high=difference.high,
            relative_reduction=-change.mean,
        )
        return _in_range(metric, paired, change)

    return Pair(first, second, tuple(one(metric) for metric in COMPARED))


def _in_range(metric: str, paired: PairedComparison, change: Interval) -> MetricComparison:
    """Return a comparison whose intervals hold only what is possible.

    Two means from 0 to h differ by h at most, and none can fall by more than the whole.
    """
    highest = HIGHEST.get(metric, np.inf)
    found = Interval(paired.difference, paired.n, paired.low, paired.high)
    found = within(found, -highest, highest)
    paired = paired._replace(low=found.low, high=found.high)
    return MetricComparison(metric, paired, within(change, -1, np.inf), None)


def _adjusted(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    adjusted = iter(holm([each.paired.p for pair in pairs for each in pair.metrics]))
    return tuple(
        pair._replace(metrics=tuple(m._replace(adjusted_p=next(adjusted)) for m in pair.metrics))
        for pair in pairs
    )


def _change(before: FloatArray, after: FloatArray) -> FloatArray:
    """Return relative changes; NaN where there was nothing before."""
    unknown = np.full_like(after, np.nan)
    return np.divide(after, before, out=unknown, where=before != 0) - 1


def _f1_difference(pa: FloatArray, ra: FloatArray, pb: FloatArray, rb: FloatArray) -> FloatArray:
    return f1_of_means(pb, rb) - f1_of_means(pa, ra)


def _f1_change(pa: FloatArray, ra: FloatArray, pb: FloatArray, rb: FloatArray) -> FloatArray:
    return _change(f1_of_means(pa, ra), f1_of_means(pb, rb))
