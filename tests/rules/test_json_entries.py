"""Files of rules in JSON: what Python's own reader would pass over, or stumble on, is told."""

from __future__ import annotations

import pytest

from p4ir.rules.files import read_rules

RULE = '{"if": ["a"], "then": ["b"]}'
TWICE = '{"if": [{"is": ["a", "b"], "is": ["c", "d"]}], "then": ["b"]}'
HUGE = f'{{"n": {"9" * 5000}, "rule": {RULE}}}'
HALF = f'{{"id": "1\\ud800", "rule": {RULE}}}'
BAD = [
    (TWICE, "found a key twice in one object: 'is', expected each key once"),
    (f'{{"id": 1, "id": 2, "rule": {RULE}}}', "'id', expected each key once"),
    (f'{{"rule": "if(a),then(b)", "about": {TWICE}}}', "'is', expected each key once"),
    (HUGE, "found a number of thousands of digits"),
    (HALF, "half of a character in 'id'"),
]


@pytest.mark.parametrize("form", ["{0}\n{1}\n{0}", "[{0},\n{1},\n{0}]"], ids=["lines", "array"])
@pytest.mark.parametrize(("bad", "reason"), BAD)
def test_a_value_that_would_lose_something_is_told_and_the_others_are_read(
    form: str, bad: str, reason: str
) -> None:
    read = read_rules(form.format(RULE, bad).encode(), "json")
    assert len(read.entries) == 2
    assert read.places == (1, 3)
    ((line, said),) = read.bad
    assert line == 2
    assert reason in said


def test_what_follows_a_bad_line_is_read_whatever_is_wrong_with_it() -> None:
    read = read_rules("\n".join([TWICE, TWICE, HUGE, RULE, HALF, TWICE]).encode(), "json")
    assert [bad.line for bad in read.bad] == [1, 2, 3, 5, 6]
    assert read.places == (4,)
