"""`compare` on many corpora drawn from a population in which the differences are known.

The population is clauses of documents, each with four predictions, of 0 to 3 errors, that
are scored once. A system makes each error by chance: two systems by the same chance, the
third by a smaller one, which differs from document to document.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from scipy.stats import binom

from p4ir.corpus.records import Record
from p4ir.evaluation.compare import Comparison, ScoredSystem, compare, compare_scored
from p4ir.evaluation.systems import Answers
from p4ir.rules import format_rule, parse_rule

SIMULATIONS = 500
RESAMPLES = 400
DOCUMENTS, CLAUSES, DRAWN = 40, 8, 12
ERRORS = (("and", "or"), ("has", "lacks"), ("exist", "absent"))
AVERAGED = ("nted", "nlev", "ted", "lev", "exact", "false_positives", "false_negatives")
"""Metrics whose figure is the mean over the clauses, so that the true one is known."""


class Population(NamedTuple):
    records: tuple[Record, ...]
    levels: tuple[ScoredSystem, ...]
    """Predictions with 0, 1, 2 and 3 errors."""
    chances: dict[str, np.ndarray]
    """System: chance of each error, shape (documents,)."""

    def mean(self, name, metric):
        scores = np.array([level.column(metric) for level in self.levels])
        chance = np.repeat(self.chances[name], CLAUSES)
        return (binom.pmf(np.arange(4)[:, None], 3, chance) * scores).sum(0).mean()

    def draw(self, rng):
        """Draw documents, and what each system says to their clauses."""
        drawn = rng.integers(DOCUMENTS, size=DRAWN)
        clauses = [CLAUSES * place + i for place in drawn for i in range(CLAUSES)]
        records = [
            replace(self.records[clause], document=f"drawn {at // CLAUSES}")
            for at, clause in enumerate(clauses)
        ]
        systems = []
        for name, chance in self.chances.items():
            made = rng.binomial(3, np.repeat(chance[drawn], CLAUSES))
            pairs = list(zip(made, clauses, strict=True))
            systems.append(
                ScoredSystem(
                    answers(name, [""] * len(clauses)),
                    tuple(self.levels[level].scores[clause] for level, clause in pairs),
                    tuple(self.levels[level].errors[clause] for level, clause in pairs),
                    {},
                )
            )
        return compare_scored(records, systems, rng=rng, resamples=RESAMPLES)


def answers(name, texts):
    return Answers(name=name, texts=tuple(texts), confidences=(None,) * len(texts))


def with_errors(text, count):
    for right, wrong in ERRORS[:count]:
        text = text.replace(right + "(", wrong + "(")
    return text


@pytest.fixture(scope="module")
def population():
    rng = np.random.default_rng(11)
    records = tuple(
        Record(
            id=f"c{n}",
            clause="A clause.",
            document=f"code {n // CLAUSES}",
            rule=parse_rule(
                f"if(exist(door)),then(obligation(and(has(door,part{n}),is(door,part{n % 5}),"
                + ",".join(f"is(x{i},open)" for i in range(n % 4 + 1))
                + ")))"
            ),
        )
        for n in range(DOCUMENTS * CLAUSES)
    )
    texts = [format_rule(record.rule) for record in records]
    said = [answers(f"{k}", [with_errors(text, k) for text in texts]) for k in range(4)]
    hard = rng.uniform(0.25, 0.55, DOCUMENTS)
    chances = {"first": hard, "same": hard, "better": hard - rng.uniform(0.15, 0.25, DOCUMENTS)}
    return Population(records, compare(records, said, rng=rng).systems, chances)


@pytest.fixture(scope="module")
def comparisons(population) -> list[Comparison]:
    rng = np.random.default_rng(12)
    return [population.draw(rng) for _ in range(SIMULATIONS)]


def found(comparisons, pair, metric):
    place = {"same": 0, "better": 1}[pair]
    return [next(m for m in c.pairs[place].metrics if m.metric == metric) for c in comparisons]


@pytest.mark.parametrize("pair", ["same", "better"])
@pytest.mark.parametrize("metric", AVERAGED)
def test_intervals_hold_the_true_difference_in_95_of_100_comparisons(
    population, comparisons, metric, pair
):
    true = population.mean(pair, metric) - population.mean("first", metric)
    assert (true == 0) == (pair == "same")
    each = [m.paired for m in found(comparisons, pair, metric)]
    assert 0.92 <= np.mean([p.low <= true <= p.high for p in each]) <= 0.98


@pytest.mark.parametrize("metric", AVERAGED)
def test_a_test_alone_finds_a_difference_that_is_none_in_5_of_100(comparisons, metric):
    p_values = [m.paired.p for m in found(comparisons, "same", metric)]
    assert 0.02 <= np.mean(np.array(p_values) < 0.05) <= 0.08


def test_a_report_shows_any_difference_that_is_none_in_at_most_5_of_100(comparisons):
    alarms = [any(m.is_better is not None for m in c.pairs[0].metrics) for c in comparisons]
    assert np.mean(alarms) <= 0.07


def test_a_report_shows_a_difference_that_is_there_and_the_right_way_round(comparisons):
    for metric in ("nted", "nlev", "lrml_f1", "false_positives"):
        verdicts = [m.is_better for m in found(comparisons, "better", metric)]
        assert verdicts.count(False) == 0, metric
        assert verdicts.count(True) > 0.6 * SIMULATIONS, metric
