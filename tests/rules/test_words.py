"""Labels in words, and their tokens: the definition, case by case and as a whole."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4ir.rules.words import in_words, label_words, tokens_of

IN_WORDS = [
    # a space between [a-z0-9] and a following [A-Z%]
    ("naturalVentilation", "natural ventilation"),
    ("crossSectionalArea", "cross sectional area"),
    ("5%", "5 %"),
    ("a%", "a %"),
    ("x1Y", "x1 y"),
    ("ABc", "abc"),
    ("MPa", "mpa"),
    ("kN", "k n"),
    ("12.5 kN/m2", "12.5 k n/m2"),
    ("éA", "éa"),
    # _ to a space; lower case
    ("en_1990_2.1", "en 1990 2.1"),
    ("_a__b_", "a b"),
    ("_", ""),
    ("ÉTAT", "état"),
    # no white space around brackets and commas
    ("if ( a ) , then ( b )", "if(a),then(b)"),
    ("'max( x1 , x2 )'", "'max(x1,x2)'"),
    ("a_(_b", "a(b"),
    ("((\t) )\n,", "(()),"),
    # none after a full stop between letters
    ("door. width", "door.width"),
    ("door.  Width", "door.width"),
    ("door .width", "door .width"),
    ("2. 5", "2. 5"),
    ("a. 5", "a. 5"),
    ("5. a", "5. a"),
    ("door. _width", "door.width"),
    # a space between a digit and a following letter
    ("f5as1", "f5 as1"),
    ("1.5m", "1.5 m"),
    ("e2as1T7", "e2 as1 t7"),
    ("500e", "500 e"),
    ("m2", "m2"),
    ("3é", "3é"),
    # white space to one, ends trimmed
    ("  350 \t mm ", "350 mm"),
    ("a\u00a0\u3000b", "a b"),
    ("", ""),
]
TOKENS = [
    ("is(pipe.size,0.05 m)", ["is", "(", "pipe", ".", "size", ",", "0.05", "m", ")"]),
    ("'0.05 * x1'", ["'", "0.05", "*", "x", "1", "'"]),
    ("-2 deg c", ["-", "2", "deg", "c"]),
    ("1/8", ["1", "/", "8"]),
    ("en 1990 2.1.1", ["en", "1990", "2.1", ".", "1"]),
    ("5.", ["5", "."]),
    (".5", [".", "5"]),
    ("été", ["é", "t", "é"]),
    ("🔥", ["🔥"]),
    ("", []),
]


@pytest.mark.parametrize(("text", "words"), IN_WORDS)
def test_words_follow_the_definition(text: str, words: str) -> None:
    assert in_words(text) == words


@pytest.mark.parametrize(("words", "tokens"), TOKENS)
def test_tokens_follow_the_definition(words: str, tokens: list[str]) -> None:
    assert tokens_of(words) == tokens


def _defined(text: str) -> str:
    """Write a text in words as the definition is worded, step by step."""
    text = re.sub(r"([a-z0-9])(?=[A-Z%])", r"\1 ", text)
    text = text.replace("_", " ")
    text = text.lower()
    text = re.sub(r"\s*([(),])\s*", r"\1", text)
    text = re.sub(r"([a-z]\.)\s+(?=[a-z])", r"\1", text)
    text = re.sub(r"([0-9])(?=[a-z])", r"\1 ", text)
    return re.sub(r"\s+", " ", text).strip()


@given(st.one_of(st.text(), st.text("aB1.%_ \t(),'é\u212a", max_size=30)))
@settings(max_examples=1000, deadline=None)
def test_any_text_in_words_is_as_defined(text: str) -> None:
    assert in_words(text) == _defined(text)


@given(st.text("aB1._ \t(),'é", max_size=30))
@settings(max_examples=300, deadline=None)
def test_what_is_in_words_stays_as_it_is(text: str) -> None:
    assert in_words(in_words(text)) == in_words(text)


@given(st.text("aB1.%_ \t(),'", max_size=30))
@settings(max_examples=300, deadline=None)
def test_labels_one_by_one_give_the_words_of_the_whole(text: str) -> None:
    parts = [in_words(part) for part in re.split(r"([(),])", text)]
    assert "".join(parts) == in_words(text)


def test_a_label_is_compared_by_the_hash_of_its_words() -> None:
    assert label_words("doorWidth") == label_words("door width") == label_words("door_Width")
    assert label_words("doorWidth") == ("door width", hash("door width"), ("door", "width"))
    assert label_words("doorwidth")[1] != label_words("doorWidth")[1]


@pytest.mark.parametrize("text", [" ", "(", "a. ", "_", "A", "a1B", "1.", "'"])
def test_a_megabyte_takes_no_more_than_seconds(text: str) -> None:
    started = time.process_time()
    tokens_of(in_words(text * (1_000_000 // len(text))))
    assert time.process_time() - started < 10
