from dataclasses import fields

import pytest

from p4ir.errors import RecipeError
from p4ir.grpo.config import load
from p4ir.grpo.guard.options import CHECKS, GuardOptions
from tests.shared_data import ROOT


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("guard.allow=[concentraton]", "did you mean concentration?"),
        ("guard.max_people=2", "guard.max_people is 2.0, expected a share from 0 to 1"),
        ("guard.window=0", "guard.window is 0, expected at least 1"),
        ("guard.max_kl=-1", "guard.max_kl is -1.0, expected 0 or more"),
        ("guard.min_prompt=3", "did you mean min_prompts?"),
    ],
)
def test_settings_that_mean_nothing_are_refused(setting, message):
    with pytest.raises(RecipeError) as error:
        load("grpo/tiny", [setting])
    assert message in str(error.value)


def test_the_page_on_the_guard_names_every_check_and_setting_with_its_default():
    page = (ROOT / "docs" / "guard.md").read_text(encoding="utf-8")
    assert [check for check in CHECKS if f"`{check}`" not in page] == []
    for field in fields(GuardOptions):
        if isinstance(field.default, bool) or not isinstance(field.default, int | float):
            continue
        default = field.default
        written = {f"`{field.name}` = {default:g}", f"`{field.name}` = {default:.0%}"}
        assert any(text in page for text in written), field.name
