"""A draft supposes each thing once, and never what it denies."""

import random

import pytest

from p4ir.corpus.generation.drafts import finish
from p4ir.corpus.generation.facts import NothingLeftError
from p4ir.corpus.generation.style import Style
from p4ir.corpus.generation.subjects import Subject, draw_subject

DUTY = "obligation(has(building,lift))"


@pytest.fixture
def subject() -> Subject:
    rng = random.Random(1)
    return draw_subject(Style.draw(rng), rng, simple=True)


@pytest.mark.parametrize(
    ("literals", "exceptions"),
    [
        (["is(building,heated)", "is(building,heated)"], []),
        (["is(building,heated)"], ["not(is(building,heated))"]),
        (["not(is(building,heated))"], ["is(building,heated)"]),
        (["is(building.windZone,low)", "is(building.windZone,high)"], []),
        (["within(building,climateZone_1)"], ["not(within(building,climateZone_3))"]),
        (["lessThan(building.height,6 m)"], ["greaterThanEqual(building.height,15 m)"]),
    ],
)
def test_what_is_supposed_twice_or_denied_is_refused(
    subject: Subject, literals: list[str], exceptions: list[str]
) -> None:
    subject.literals, subject.exceptions = literals, exceptions
    with pytest.raises(NothingLeftError):
        finish("a building shall have a lift.", subject, DUTY, [])


def test_different_suppositions_stand_together(subject: Subject) -> None:
    subject.literals = ["is(building,heated)", "greaterThan(count(building.storey),2)"]
    subject.exceptions = ["lessThanEqual(count(building.storey),6)"]
    rule = finish("a building shall have a lift.", subject, DUTY, []).rule
    assert ",".join((*subject.literals, *subject.exceptions)) in rule


def test_a_term_defined_twice_is_refused(subject: Subject) -> None:
    terms = "define(count(hall.bed),x7),define(count(hall.bed),x9)"
    with pytest.raises(NothingLeftError):
        finish("a hall shall.", subject, f"obligation(and({terms}))", [])
