"""What looks wrong with a rule that parses."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings

from p4ir.rules import Rule, parse_rule
from p4ir.rules.lint import lint
from p4ir.rules.vocabulary import ARITIES, MANY
from tests.rules.strategies import rule_of, rules

IN_ORDER = [
    "if(exist(door)),then(obligation(has(door,handle)))",
    "if(and(exist(a),exist(b),exist(c))),then(permission(not(is(a,b))))",
    "if(define(room.area,x1)),then(obligation(greaterThan(a,'0.05 * x1')))",
    "if(loop(forEach(door),has(door,x))),then(exist(door))",
    "if(connect(a)),then(connect(a,b))",
    "if(is(a,1/8)),then(is(a,2 kg/m2))",
]


@pytest.mark.parametrize("text", IN_ORDER)
def test_a_rule_in_order_has_no_warning(text: str) -> None:
    assert lint(parse_rule(text)) == []


WARNINGS = [
    # text, code, node, message
    ("if(hass(a,b)),then(c)", "unknown-functor", 2, "'hass' is not known; did you mean 'has'?"),
    ("if(frobnicate(a)),then(c)", "unknown-functor", 2, "functor 'frobnicate' is not known"),
    ("if(and(a)),then(c)", "single-argument", 2, "'and' joins a single argument"),
    ("if(or(a)),then(c)", "single-argument", 2, "'or' joins a single argument"),
    ("if(a,b),then(c)", "arity", 1, "'if' takes 1 argument, not 2"),
    ("if(has(a)),then(c)", "arity", 2, "'has' takes 2 arguments, not 1"),
    ("if(connect(a,b,c)),then(c)", "arity", 2, "'connect' takes 1 to 2 arguments, not 3"),
    ("if(is(a,x2)),then(c)", "undefined-variable", 4, "variable 'x2' is never defined"),
    ("if(is(a,x2.width)),then(c)", "undefined-variable", 4, "variable 'x2' is never defined"),
    ("if(is(a,'2 * x2')),then(c)", "undefined-variable", 4, "variable 'x2' is never defined"),
    ("if(is(a,3 furlongs)),then(c)", "unknown-unit", 4, "unit 'furlongs' is not understood"),
    ("if(is(a,3furlongs)),then(c)", "unknown-unit", 4, "unit 'furlongs' is not understood"),
]


@pytest.mark.parametrize(("text", "code", "node", "message"), WARNINGS)
def test_what_looks_wrong_is_said_with_its_node(
    text: str, code: str, node: int, message: str
) -> None:
    (warning,) = lint(parse_rule(text))
    assert (warning.code, warning.node) == (code, node)
    assert warning.message.endswith(message)


def test_a_variable_is_defined_wherever_it_is_defined() -> None:
    assert not lint(parse_rule("if(define(width,x1)),then(is(x1.use,'x1 / 2'))"))
    assert not lint(parse_rule("if(is(a,x1)),then(define(width,x1))"))
    codes = [w.code for w in lint(parse_rule("if(define(x1)),then(is(a,'x1 + x2'))"))]
    assert codes == ["arity", "undefined-variable", "undefined-variable", "undefined-variable"]


def test_what_only_looks_like_a_variable_is_none() -> None:
    assert not lint(parse_rule("if(is(a,xx1)),then(is(b,'max1 * ax2'))"))


def test_warnings_come_in_the_order_of_the_nodes() -> None:
    rule = parse_rule("if(and(is(a,x1)),b),then(is(a,3 furlongs),foo(b))")
    warnings = lint(rule)
    assert [w.code for w in warnings] == [
        "arity", "single-argument", "undefined-variable", "arity", "unknown-unit",
        "unknown-functor",
    ]  # fmt: skip
    assert [w.node for w in warnings] == sorted(w.node for w in warnings)


@pytest.mark.parametrize("functor", sorted(set(ARITIES) - {"define"}))
def test_every_known_functor_takes_what_the_vocabulary_says(functor: str) -> None:
    fewest, most = ARITIES[functor]
    for arity in range(1, 5):
        rule = rule_of(("if", [(functor, ["a"] * arity)]), ("then", ["b"]))
        assert bool(lint(rule)) == (not fewest <= arity <= most)
    assert most in (1, 2, MANY)


@given(rules())
@settings(max_examples=150, deadline=None)
def test_any_rule_is_linted_in_clear_lines(rule: Rule) -> None:
    for warning in lint(rule):
        assert 0 < warning.node < rule.size
        assert warning.message
        assert "\n" not in warning.message


def test_a_large_rule_of_unknown_functors_takes_seconds() -> None:
    rule = rule_of(("if", [(f"functor{i}", ["a"]) for i in range(9_000)]), ("then", ["b"]))
    started = time.process_time()
    assert len(lint(rule)) == 9_001
    assert time.process_time() - started < 10
