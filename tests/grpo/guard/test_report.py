import dataclasses

from p4ir.grpo.guard.options import GuardOptions
from p4ir.grpo.guard.report import GuardReport, card_section


def card(**settings):
    return card_section(GuardReport(limits=dataclasses.asdict(GuardOptions(**settings))))


def test_limits_that_the_recipe_has_set_otherwise_are_on_the_card():
    said = "Limits that are not the usual ones: `window` 99 (usually 16), `max_kl` 9 (usually 0.5)."
    assert said in card(window=99, max_kl=9)
    assert "Limits" not in card(allow=["damage"])
