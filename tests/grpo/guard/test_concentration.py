import json

import pytest

from p4ir.grpo.guard.concentration import Concentration, effective_number


def window(size, *steps):
    found = Concentration(size)
    for step, rows in enumerate(steps):
        prompts, masses = zip(*rows, strict=True) if rows else ((), ())
        found.add(step, prompts, masses)
    return found


def test_one_prompt_is_one_effective_prompt():
    share = window(16, *[[("the only clause", 0.7), ("the only clause", 0.1)]] * 20).share
    assert (share.effective_prompts, share.top_share) == (1.0, 1.0)


def test_the_number_is_kishs_effective_sample_size():
    assert effective_number([3.0, 1.0]) == pytest.approx(16 / 10)
    share = window(4, [("a", 2.0), ("a", 1.0), ("b", 1.0)]).share
    assert (share.effective_prompts, share.top_share) == (pytest.approx(1.6), 0.75)


def test_equal_prompts_count_fully():
    share = window(8, *[[(f"clause {n}", 0.5)] for n in range(8)]).share
    assert share.effective_prompts == pytest.approx(8)


def test_a_prompt_is_its_text_whatever_its_case_and_white_space():
    share = window(4, [("Doors  shall open.\n", 1.0)], [("doors shall OPEN.", 1.0)]).share
    assert share.effective_prompts == 1.0


def test_groups_without_signal_leave_the_window_as_it_is():
    found = window(2, [("a", 1.0)], [("b", 0.0)], [("c", 1.0)])
    assert found.share.effective_prompts == pytest.approx(2)
    assert found.filled == 1.0
    assert window(2, [("a", 0.0)]).share is None


def test_the_window_forgets_and_says_since_when_it_lasts():
    found = window(2, [("a", 9.0)], [("b", 1.0)], [("c", 1.0)])
    assert found.share.effective_prompts == pytest.approx(2)
    assert found.share.since == 1


def test_what_is_stored_as_json_is_taken_back():
    before = window(3, [("a", 0.1)], [("b", 0.2)], [("c", 0.3)])
    after = Concentration(3)
    after.groups = json.loads(json.dumps(before.groups))
    assert (after.share, after.filled) == (before.share, before.filled)
