"""Facts say in words what they say in literals."""

import random
import re

import pytest

from p4ir.corpus.generation import relating, sizes
from p4ir.corpus.generation.domain import (
    Noun,
    Size,
    classes,
    name_of,
    parse_noun,
    parse_values,
    relations,
)
from p4ir.corpus.generation.facts import Wording
from p4ir.corpus.generation.paraphrase import paraphrase
from p4ir.corpus.generation.sizes import BOUNDS, CONDITIONS, size_fact
from p4ir.corpus.generation.style import Style
from p4ir.rules import parse_rule
from p4ir.rules.units import is_known_unit

WIDTH = Size("width", "min", {"mm": ("900", "1000")})
MEANINGS = {
    "greaterThanEqual": r"at least|(?:not|no|not be) (?:less|narrower) than|minimum"
    r"|or (?:more|greater)",
    "lessThanEqual": r"at most|(?:not|no|not be) (?:more|greater|wider) than|maximum|or less"
    r"|up to|not exceed",
    "greaterThan": r"more than|over|greater than|in excess of|wider than",
    "lessThan": r"less than|under|below|narrower than",
    "equal": r"exactly|(?:be|of) 900 mm",
}


def style() -> Style:
    return Style.draw(random.Random(1))._replace(
        imperial=False, long_units=False, thousands="", converts=False
    )


@pytest.mark.parametrize("operator", MEANINGS)
@pytest.mark.parametrize("seed", range(12))
def test_a_bound_is_said_as_it_is_meant(operator: str, seed: int) -> None:
    rng = random.Random(seed)
    fact = size_fact("door", WIDTH, operator, ("900", "mm"), style(), rng)
    assert fact.literals == (f"{operator}(door.width,900 mm)",)
    opposites = {"greaterThanEqual": "lessThanEqual", "lessThanEqual": "greaterThanEqual"}
    for wording in fact.wordings:
        said = wording.bare() if "mum" not in wording.head else f"{wording.head} {wording.bare()}"
        assert re.search(MEANINGS[operator], said), said
        if operator in opposites:
            assert not re.search(MEANINGS[opposites[operator]], said), said


def test_bounds_in_conditions_do_not_sound_like_demands() -> None:
    said = " ".join(words for bounds in CONDITIONS.values() for words in bounds)
    assert "minimum" not in said
    assert set(CONDITIONS) < set(BOUNDS)


@pytest.mark.parametrize(
    ("wording", "single", "many"),
    [
        (Wording("be", "open"), "is open", "are open"),
        (Wording("be fitted", "with a lid"), "is fitted with a lid", "are fitted with a lid"),
        (Wording("have", "a lid"), "has a lid", "have a lid"),
        (Wording("pass", "through a wall"), "passes through a wall", "pass through a wall"),
        (Wording("exceed", "3 m", True), "does not exceed 3 m", "do not exceed 3 m"),
        (Wording("be", "less than 3 m", True), "is not less than 3 m", "are not less than 3 m"),
    ],
)
def test_verbs_agree_with_their_subject(wording: Wording, single: str, many: str) -> None:
    assert (wording.finite(), wording.finite(True)) == (single, many)


def test_states_with_of_and_from_follow_the_guide() -> None:
    assert relating.state_fact("slab", "free of cracks").literals == ("not(has(slab,crack))",)
    assert relating.state_fact("pipe", "protected from frost").literals == ("against(pipe,frost)",)
    assert relating.state_fact("pipe", "easily cleaned").literals == ("is(pipe,easilyCleaned)",)


def test_what_is_denied_is_never_a_denial_or_a_bound() -> None:
    wide = size_fact("door", WIDTH, "greaterThan", ("900", "mm"), style(), random.Random(1))
    assert wide.denied().literals == ("lessThanEqual(door.width,900 mm)",)
    assert relating.lack_fact("door", Noun("lock")).denied().literals == ("has(door,lock)",)
    assert relating.state_fact("door", "free of chips").denied().literals == ("has(door,chip)",)
    assert relating.state_fact("door", "open").denied().literals == ("not(is(door,open))",)


def test_nouns_and_values_are_read_as_the_tables_write_them() -> None:
    assert parse_noun("~steel") == Noun("steel", "mass")
    assert parse_noun("the ground").indefinite == "the ground"
    assert parse_noun("exit door").indefinite == "an exit door"
    assert parse_values("1/8|1/10") == ("1/8", "1/10")
    assert name_of("self-closing door") == "selfClosingDoor"


def test_the_domain_knows_its_verbs_units_and_values() -> None:
    for kind in classes():
        assert set(kind.relations) <= set(relations()), kind.name
        for size in kind.sizes:
            for unit, values in size.values.items():
                assert not unit or is_known_unit(unit), (kind.name, size.noun)
                assert len(values) > 1, (kind.name, size.noun)
                assert len(set(values)) == len(values)
    elements = [noun for kind in classes() for noun in kind.elements]
    assert len(elements) > 450
    assert len({size.noun for kind in classes() for size in kind.sizes}) > 180


def test_two_different_values_are_drawn_in_order() -> None:
    for seed in range(30):
        low, high = sizes.pair_of(("1/20", "1/40", "1/60"), random.Random(seed))
        assert int(low[2:]) > int(high[2:])


def test_a_rule_is_read_aloud() -> None:
    rule = parse_rule(
        "if(and(for(lift,ward),not(is(lift,open)))),then(obligation(and(define(count(lift.bed),x0),"
        "greaterThanEqual(lift.area,'2 m2 * x0'),complyWith(lift,en_81-20))))"
    )
    assert paraphrase(rule) == (
        "If lift is for ward and it is not so that lift is open, then it must be that the number "
        "of bed of the lift is called x0 and the area of the lift is at least 2 m2 * x0 and lift "
        "meets EN 81-20."
    )
