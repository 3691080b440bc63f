import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4ir.errors import TrainingError
from p4ir.grpo.schedule import Schedule, move

CLUSTERS = [list(range(start, start + 10)) for start in (0, 10, 20, 30)]


def make(**more):
    settings = {
        "boundary": 2, "active": 2, "alpha": 0.3, "band": 0.17, "target": "success", "seed": 5,
    }  # fmt: skip
    return Schedule(CLUSTERS, **settings | more)


@pytest.mark.parametrize(
    ("rates", "moved"),
    [
        ([0.5, 0.33, 0.67], [3, 4, 5]),  # at the edge of the band they stay
        ([0.1, 0.5, 0.5], [2, 4, 5]),
        ([0.5, 0.5, 0.9], [3, 4, 6]),
        ([0.9, 0.5, 0.5], [4, 5, 6]),  # 4 and 5 are taken: the next harder one that is free
        ([0.9, 0.9, 0.9], [4, 5, 6]),
        ([0.1, 0.1, 0.1], [2, 3, 4]),
    ],
)
def test_a_boundary_moves_by_success(rates, moved):
    assert move([3, 4, 5], rates, 0.17, 10) == moved


@given(
    st.sets(st.integers(0, 9), min_size=1, max_size=10),
    st.lists(st.floats(0, 1), min_size=10, max_size=10),
)
def test_a_boundary_stays_as_large_and_within_its_cluster(positions, rates):
    moved = move(sorted(positions), rates[: len(positions)], 0.17, 10)
    assert len(set(moved)) == len(positions)
    assert all(0 <= place < 10 for place in moved)


def test_what_is_drawn_is_the_whole_boundary_of_different_clusters():
    drawn = make().draw()
    assert len({clause // 10 for clause in drawn}) == 2
    assert [clause % 10 for clause in drawn] == [0, 1, 0, 1]


def test_the_distribution_moves_by_alpha_towards_the_success_rates():
    schedule = make()
    first, second = (clause // 10 for clause in schedule.draw()[::2])
    schedule.update([0.8, 1.0, 0.0, 0.2])
    rates = np.full(4, 0.5)
    rates[[first, second]] = 0.9, 0.1
    assert schedule.probabilities == pytest.approx(0.7 * 0.25 + 0.3 * rates / rates.sum())
    assert schedule.boundaries[first] == [1, 2]
    assert schedule.boundaries[second] == [0, 1]


def test_the_variance_target_prefers_what_is_neither_solved_nor_hopeless():
    schedule = make(target="variance")
    first, second = (clause // 10 for clause in schedule.draw()[::2])
    schedule.update([1.0, 1.0, 0.5, 0.5])
    assert schedule.probabilities[first] == pytest.approx(0.7 * 0.25)
    assert schedule.probabilities[second] == pytest.approx(0.7 * 0.25 + 0.3 / 3)


def test_after_a_pass_over_the_corpus_all_starts_again():
    schedule = make()
    for _ in range(9):
        schedule.draw()
        schedule.update([1.0] * 4)
    assert schedule.boundaries != [[0, 1]] * 4
    schedule.draw()
    schedule.update([1.0] * 4)  # the tenth draw of 4 clauses out of 40
    assert schedule.boundaries == [[0, 1]] * 4
    assert schedule.probabilities == pytest.approx(0.25)


def test_where_nothing_succeeds_every_cluster_is_as_good():
    schedule = make(active=4)
    schedule.draw()
    schedule.update([0.0] * 8)
    assert schedule.probabilities == pytest.approx(0.25)


def test_a_state_that_was_written_and_read_goes_on_in_the_same_way():
    schedule = make()
    for _ in range(3):
        schedule.draw()
        schedule.update([0.9, 0.2, 0.5, 0.7])
    again = make(seed=99)
    again.load(json.loads(json.dumps(schedule.state())))
    for _ in range(5):
        assert again.draw() == schedule.draw()
        for each in (again, schedule):
            each.update([0.1, 0.9, 0.9, 0.4])
    assert again.state() == schedule.state()


def test_too_few_clusters_are_refused():
    with pytest.raises(TrainingError, match="make 4 clusters and 5 are drawn"):
        make(active=5)


def test_clusters_are_drawn_by_the_distribution():
    schedule = make(active=1)
    schedule.load({**schedule.state(), "p": [0.7, 0.2, 0.1, 0.0]})
    drawn = [schedule.draw()[0] // 10 for _ in range(400)]
    shares = [drawn.count(k) / 400 for k in range(4)]
    assert shares == pytest.approx([0.7, 0.2, 0.1, 0.0], abs=0.08)
