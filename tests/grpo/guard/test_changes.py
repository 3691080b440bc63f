from dataclasses import replace

import numpy as np
import pytest

from p4ir.grpo.guard.changes import changes, damage
from p4ir.grpo.guard.judging import moved
from p4ir.grpo.guard.measuring import Start, State
from p4ir.grpo.guard.options import GuardOptions
from p4ir.grpo.guard.probes import load_probes
from p4ir.metrics.significance import mean_interval

PROBES = load_probes()
RNG = np.random.default_rng(0)
MARGINS = RNG.normal(1.0, 0.5, len(PROBES))
NTEDS = np.array([0.3 if probe.kind == "rule" else np.nan for probe in PROBES])
NTEDS += RNG.normal(0, 0.05, len(PROBES))


def bucket(name):
    return np.array([probe.bucket == name for probe in PROBES])


def found(margins=MARGINS, nteds=NTEDS, **limits):
    seen = changes(PROBES, (MARGINS, margins), (NTEDS, nteds))
    return [finding.message for finding in damage(seen, GuardOptions(**limits))]


def test_no_change_is_no_damage():
    assert found() == []


def test_noise_is_no_damage():
    noise = RNG.normal(0, 0.3, len(PROBES))
    assert found(MARGINS + noise - noise.mean(), NTEDS + noise / 5) == []


def test_a_bucket_that_falls_is_damage_and_only_that_one():
    messages = found(MARGINS - 2.0 * bucket("people"))
    assert [message.split(" from ")[0] for message in messages] == [
        "accuracy of the bucket people", "margin of the bucket people"
    ]  # fmt: skip


def test_a_margin_may_fall_before_an_answer_turns():
    wide = MARGINS + 9
    seen = changes(PROBES, (wide, wide - 0.6 * bucket("general")), None)
    assert [each.check for each in damage(seen, GuardOptions())] == ["damage"]
    assert damage(seen, GuardOptions(max_margin_drop=3)) == []


def test_worse_rules_are_damage_and_better_ones_are_not():
    assert len(found(nteds=NTEDS + 0.1 * bucket("clauses"))) == 1
    assert found(nteds=NTEDS - 0.1 * bucket("clauses")) == []
    assert found(nteds=NTEDS + 0.1 * bucket("clauses"), max_nted_rise=0.2) == []


def test_questions_in_words_have_no_nted():
    measured = {
        (each.bucket, each.measure) for each in changes(PROBES, (MARGINS,) * 2, (NTEDS,) * 2)
    }
    assert ("people_rules", "nted") in measured
    assert ("people", "nted") not in measured


def test_a_change_says_what_it_is_a_change_of():
    worse = MARGINS - 0.5 * bucket("clauses")
    change = next(each for each in changes(PROBES, (MARGINS, worse)) if each.measure == "margin")
    assert (change.bucket, change.n) == ("clauses", 24)
    assert change.difference == pytest.approx(-0.5)
    assert change.after == pytest.approx(change.before - 0.5)


def test_each_probe_has_one_right_answer_and_none_is_asked_twice():
    assert len({probe.id for probe in PROBES}) == len({probe.prompt for probe in PROBES})
    assert len(PROBES) == 108
    for probe in PROBES:
        assert probe.right not in probe.wrong
        assert len(set(probe.wrong)) == len(probe.wrong) == 2
        shown = replace(probe).pairs("outline", "keep")
        assert len(shown) == 3
        assert len({answer for _, answer in shown}) == 3


@pytest.mark.parametrize(
    ("kl", "entropy", "checks"),
    [
        (0.5, 0.4, []),
        (0.51, 0.4, ["drift"]),
        (0.1, 0.39, ["entropy"]),
        (float("nan"), float("nan"), ["drift", "entropy"]),
    ],
)
def test_a_policy_that_moved_too_far_or_went_to_pieces_is_found(kl, entropy, checks):
    nothing = np.zeros((0, 1))
    start = Start(margins=MARGINS, nteds=NTEDS, entropy=2.0, ids=nothing, logps=nothing)
    now = State(margins=MARGINS, entropy=entropy, kl=kl)
    assert [each.check for each in moved(start, now, GuardOptions())] == checks


def test_the_intervals_hold_for_all_comparisons_together():
    noise = np.random.default_rng(4).normal(0, 0.3, len(PROBES))
    seen = changes(PROBES, (MARGINS, MARGINS + noise))
    change = next(each for each in seen if (each.bucket, each.measure) == ("general", "margin"))
    level, rng = 1 - 0.05 / len(seen), np.random.default_rng(0)
    alone = mean_interval(noise[bucket("general")], rng=rng, level=level, resamples=4000)
    assert len(seen) == 12
    assert (change.low, change.high) == pytest.approx((alone.low, alone.high))


@pytest.mark.parametrize(("deviations", "strikes"), [(0.55, 1), (0.45, 0)])
def test_the_limit_of_a_margin_is_in_deviations_of_its_bucket(deviations, strikes):
    wide = MARGINS + 9
    fall = deviations * wide[bucket("clauses")].std()
    seen = changes(PROBES, (wide, wide - fall * bucket("clauses")))
    assert len(damage(seen, GuardOptions())) == strikes


def test_one_rule_that_became_far_worse_may_be_chance():
    risen = NTEDS.copy()
    risen[bucket("clauses").argmax()] += 2.0  # 0.083 in the mean of 24
    assert found(nteds=risen) == []
