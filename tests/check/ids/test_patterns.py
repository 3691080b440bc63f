"""No text passes a pattern that requires something, of which the checker does not say the same."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4ir.check.ids.patterns import something, surely_any_of
from p4ir.check.names import DENYING_WORDS, NOTHING_WORDS, Kinds, key_of, says_there_is
from p4ir.check.truth import TRUE

HANDRAIL = re.compile(surely_any_of(["handrail"]))
SOMETHING = re.compile(something())
KINDS = Kinds({})

WORDS = st.sampled_from(
    [*sorted(DENYING_WORDS | NOTHING_WORDS), *"handrail oak steel ei 30 0 x north softwood".split()]
)
TEXTS = st.lists(
    st.tuples(
        WORDS,
        st.sampled_from([str.lower, str.upper, str.capitalize]),
        st.sampled_from(["", " ", "-", "_", ", "]),
    ),
    max_size=5,
).map(lambda parts: "".join(case(word) + gap for word, case, gap in parts))


@given(TEXTS)
def test_what_passes_as_something_is_something_to_the_checker(text):
    if SOMETHING.fullmatch(text):
        assert says_there_is(text) is TRUE


@given(st.tuples(TEXTS, st.sampled_from(["handrail", "Handrails", "HANDRAIL"]), TEXTS).map("".join))
def test_what_passes_as_a_word_says_it_to_the_checker(text):
    if HANDRAIL.fullmatch(text):
        assert KINDS.says(key_of(text), "handrail") is TRUE


@pytest.mark.parametrize(
    "text", ["noHandrail", "NotProvided", "railMissing", "30missing", "NOT rail", "no rail", "0"]
)
def test_what_denies_is_nothing_however_it_is_joined(text):
    assert not SOMETHING.fullmatch(text)


@pytest.mark.parametrize("text", ["Oak", "STEEL", "EI30", "30min", "Notable oak", "EI 30, by M"])
def test_what_says_that_there_is_something_passes(text):
    assert SOMETHING.fullmatch(text)


@pytest.mark.parametrize("text", ["noHandrail handrail", "oak NonSlip handrail", "not_handrail"])
def test_a_denial_joined_to_a_word_in_front_is_one(text):
    assert not HANDRAIL.fullmatch(text)


@pytest.mark.parametrize("text", ["Handrails", "Notable oak handrail", "EI30 HANDRAIL with seal"])
def test_a_word_that_nothing_denies_passes(text):
    assert HANDRAIL.fullmatch(text)
