"""The tree as JSON: its form, and what is none of a rule's."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4ir.errors import RuleError, RuleSyntaxError
from p4ir.rules import Rule
from p4ir.rules.json_tree import format_rule, from_object, parse_rule, to_object
from p4ir.rules.tree import MAX_DEPTH, MAX_NODES
from tests.rules.strategies import rule_of, rules

RULE = rule_of(("if", [("exist", ["🔥 دور"])]), ("then", [("has", ["door", "'a \"b\"'"])]))


def test_a_functor_is_an_object_with_one_key_and_a_leaf_is_a_string() -> None:
    value = {"if": [{"exist": ["🔥 دور"]}], "then": [{"has": ["door", "'a \"b\"'"]}]}
    assert to_object(RULE) == value
    assert from_object(value) == RULE
    assert "🔥 دور" in format_rule(RULE)
    assert "\n" not in format_rule(RULE)


@given(rule=rules())
@settings(max_examples=100, deadline=None)
def test_any_json_reader_finds_the_same_rule(rule: Rule) -> None:
    assert from_object(json.loads(format_rule(rule))) == rule
    assert parse_rule(json.dumps(to_object(rule), indent=2)) == rule


def test_the_order_of_the_two_parts_is_no_matter() -> None:
    assert parse_rule('{"then": ["b"], "if": ["a"]}') == rule_of(("if", ["a"]), ("then", ["b"]))


NO_JSON = [
    # text, line, column, found, expected
    ("", 1, 1, "the end of the text or of a line", "JSON (Expecting value)"),
    ("if(a),then(b)", 1, 1, "'if(a),then(b)'", "JSON (Expecting value)"),
    ('{"if": ["a"],\n "then": ["b"}', 2, 14, "'}'", "JSON (Expecting ',' delimiter)"),
    ('{"if": ["a"], "then": ["b"]} x', 1, 30, "'x'", "JSON (Extra data)"),
    ('{"if": ["a\x00"]}', 1, 11, "'\\x00\"]}'", "JSON (Invalid control character at)"),
    ("x" * 60, 1, 1, "'" + "x" * 40 + "…'", "JSON (Expecting value)"),
]


@pytest.mark.parametrize(("text", "line", "column", "found", "expected"), NO_JSON)
def test_what_is_no_json_is_refused_with_its_place(
    text: str, line: int, column: int, found: str, expected: str
) -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        parse_rule(text)
    error = caught.value
    assert (error.line, error.column) == (line, column)
    assert (error.found, error.expected) == (found, expected)


PARTS = 'an object with the keys "if" and "then"'
TERM = "a string or an object with one key"
NO_RULE = [
    ("[]", "an empty list", PARTS),
    ("{}", "an empty object", PARTS),
    ("null", "null", PARTS),
    ("3", "a number", PARTS),
    ("true", "true", PARTS),
    ('"if"', "'if'", PARTS),
    ('{"if": ["a"]}', "an object with 1 key", PARTS),
    ('{"if": ["a"], "then": ["b"], "else": ["c"]}', "an object with 3 keys", PARTS),
    ('{"if": ["a"], "if": ["a"], "then": ["b"]}', "a key twice in one object", "each key once"),
    ('{"if": [{"f": ["a"], "f": ["b"]}], "then": ["c"]}', "a key twice in one", "each key once"),
    ('{"if": ["a"], "then": []}', "an empty list", "a list of the arguments of 'then'"),
    ('{"if": ["a"], "then": "b"}', "'b'", "a list of the arguments of 'then'"),
    ('{"if": [{"f": []}], "then": ["b"]}', "an empty list", "a list of the arguments of 'f'"),
    ('{"if": [3.5], "then": ["b"]}', "a number", TERM),
    ('{"if": [NaN], "then": ["b"]}', "a number", TERM),
    ('{"if": [false], "then": ["b"]}', "false", TERM),
    ('{"if": ["a", null], "then": ["b"]}', "null", TERM),
    ('{"if": [["a"]], "then": ["b"]}', "a list", TERM),
    ('{"if": [{}], "then": ["b"]}', "an empty object", TERM),
    ('{"if": [{"f": ["a"], "g": ["b"]}], "then": ["b"]}', "an object with 2 keys", TERM),
    ('{"if": [{"f(": ["a"]}], "then": ["b"]}', "'f('", "a functor's name"),
    ('{"if": [{"": ["a"]}], "then": ["b"]}', "''", "a functor's name"),
    ('{"if": [""], "then": ["b"]}', "''", "a name or a value"),
    ('{"if": [" a"], "then": ["b"]}', "' a'", "a name or a value"),
    ('{"if": ["a,b"], "then": ["b"]}', "'a,b'", "a name or a value"),
    ('{"if": ["a\\u0000"], "then": ["b"]}', r"'a\x00'", "a name or a value"),
    ('{"if": ["\\ud800"], "then": ["b"]}', r"'\ud800'", "a name or a value"),
    ('{"if": [%s], "then": ["b"]}' % ("9" * 5000), "a number of thousands", "a name or a value"),
]


@pytest.mark.parametrize(("text", "found", "expected"), NO_RULE)
def test_what_is_no_rule_s_json_is_refused(text: str, found: str, expected: str) -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        parse_rule(text)
    assert caught.value.found.startswith(found)
    assert caught.value.expected == expected


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"if": [{3: ["a"]}], "then": ["b"]}, "a number"),
        ({"if": [{None: ["a"]}], "then": ["b"]}, "null"),
        ({"if": ("a",), "then": ["b"]}, "a tuple"),
        ({"if": [b"a"], "then": ["b"]}, "a bytes"),
    ],
)
def test_objects_that_json_cannot_hold_are_refused(value: object, found: str) -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        from_object(value)
    assert caught.value.found == found


_KEYS = st.one_of(st.sampled_from(["if", "then", "a"]), st.text(max_size=3), st.integers())
_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3)),
    lambda value: st.lists(value, max_size=3) | st.dictionaries(_KEYS, value, max_size=3),
    max_leaves=8,
)


@given(value=st.one_of(_VALUES, st.fixed_dictionaries({"if": _VALUES, "then": _VALUES})))
@settings(max_examples=300, deadline=None)
def test_any_object_is_a_rule_or_refused(value: object) -> None:
    try:
        rule = from_object(value)
    except (RuleSyntaxError, RuleError):
        return
    assert from_object(to_object(rule)) == rule


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"if": [' + '{"f": [' * 100_000,
        '{"if": [' + '{"f": [' * 100_000 + '"a"' + "]}" * 100_000 + '], "then": ["b"]}',
        '{"if": [' + '{"f": [' * 200 + '"a"' + "]}" * 200 + '], "then": ["b"]}',
    ],
    ids=["lists", "unclosed", "rule", "one too deep"],
)
def test_what_is_nested_too_deep_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule(text)
    assert str(caught.value) == f"the rule is nested more than {MAX_DEPTH} deep"


def test_too_many_nodes_are_refused_and_ten_thousand_are_not() -> None:
    with pytest.raises(RuleError, match=f"more than {MAX_NODES} nodes"):
        from_object({"if": ["a"] * MAX_NODES, "then": ["b"]})
    wide = from_object({"if": [{"and": ["a"] * 10_000}], "then": ["b"]})
    assert parse_rule(format_rule(wide)) == wide
