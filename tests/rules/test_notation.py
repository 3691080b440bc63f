"""What holds for every notation: exact round trips, and no text that brings it down."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4ir.errors import NotationError, P4irError, RuleError, RuleSyntaxError
from p4ir.rules import NOTATIONS, Repaired, Rule, format_rule, parse_rule, repair_rule
from p4ir.rules.outline import unspell
from p4ir.rules.tree import MAX_DEPTH, MAX_NODES, is_label
from tests.rules.strategies import TRICKY_LABELS, broken_texts, random_rule, rule_of, rules
from tests.shared_data import development_texts, needs_shared

EXACT = ("lrml", "json", "outline")
MENDING = ("lrml", "outline")

every_notation = pytest.mark.parametrize("notation", EXACT)


@every_notation
def test_two_thousand_random_rules_come_back_as_they_were(notation: str) -> None:
    rng = random.Random(1)
    for _ in range(2_000):
        rule = random_rule(rng)
        assert parse_rule(format_rule(rule, notation), notation) == rule


@every_notation
@given(rule=rules())
@settings(max_examples=100, deadline=None)
def test_any_rule_comes_back_as_it_was(notation: str, rule: Rule) -> None:
    text = format_rule(rule, notation)
    assert parse_rule(text, notation) == rule
    assert format_rule(parse_rule(text, notation), notation) == text


@every_notation
@pytest.mark.parametrize("label", TRICKY_LABELS)
def test_a_label_comes_back_wherever_it_stands(notation: str, label: str) -> None:
    rule = rule_of(
        ("if", [label, ("and", [label, (label, [label, (label, [label])]), label])]),
        ("then", [(label, [("b", ["c"]), label])]),
    )
    assert parse_rule(format_rule(rule, notation), notation) == rule


@every_notation
@given(rule=rules())
@settings(max_examples=100, deadline=None)
def test_a_text_in_order_needs_no_repair(notation: str, rule: Rule) -> None:
    repaired = repair_rule(format_rule(rule, notation), notation)
    assert (repaired.rule, repaired.repairs) == (rule, ())


@pytest.mark.parametrize("notation", MENDING)
@given(rule=rules())
@settings(max_examples=100, deadline=None)
def test_spans_say_where_each_label_stands(notation: str, rule: Rule) -> None:
    text = format_rule(rule, notation)
    read = unspell if notation == "outline" else str
    spans = repair_rule(text, notation).spans
    assert spans[0] == (0, 0)
    assert [read(text[start:end]) for start, end in spans[1:]] == list(rule.labels[1:])


@needs_shared
@every_notation
def test_published_rules_come_back_byte_for_byte(notation: str) -> None:
    texts = development_texts()
    assert len(texts) == 601
    for text in texts:
        rule = parse_rule(text)
        assert format_rule(parse_rule(format_rule(rule, notation), notation)) == text
        assert repair_rule(format_rule(rule, notation), notation)[:2] == (rule, ())


@every_notation
@given(text=st.one_of(st.text(), st.text("ifthen(),:` '\n\\\"[]{}a\x00\ud800", max_size=60)))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_rule_or_a_clear_line(notation: str, text: str) -> None:
    _assert_rule_or_clear_line(text, notation)


@pytest.mark.parametrize("notation", EXACT)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_broken_rule_is_a_rule_or_a_clear_line(notation: str, data: st.DataObject) -> None:
    _assert_rule_or_clear_line(data.draw(broken_texts(notation)), notation)


def _assert_rule_or_clear_line(text: str, notation: str) -> None:
    strict, tolerant = _read(parse_rule, text, notation), _read(repair_rule, text, notation)
    for outcome in (strict, tolerant):
        if isinstance(outcome, RuleSyntaxError | RuleError):
            _assert_clear_line(outcome, text)
    if isinstance(strict, Rule):
        assert strict.is_complete
        assert isinstance(tolerant, Repaired)
        assert tolerant.rule == strict
    if isinstance(tolerant, Repaired):
        assert tolerant.rule.is_complete
        assert all(is_label(label) for label in tolerant.rule.labels)
        assert all(0 <= start <= end <= len(text) for start, end in tolerant.spans)
        # Whatever was mended was said, and nothing else was.
        assert (tolerant.repairs == ()) == isinstance(strict, Rule)
        assert parse_rule(format_rule(tolerant.rule, notation), notation) == tolerant.rule


def _read(
    read: Callable[[str, str], Rule | Repaired], text: str, notation: str
) -> Rule | Repaired | RuleSyntaxError | RuleError:
    try:
        return read(text, notation)
    except (RuleSyntaxError, RuleError) as error:
        return error


def _assert_clear_line(error: RuleSyntaxError | RuleError, text: str) -> None:
    assert "\n" not in str(error)
    assert len(str(error)) < 400
    if isinstance(error, RuleError):
        assert str(MAX_NODES) in str(error) or str(MAX_DEPTH) in str(error)
    else:
        lines = text.split("\n")
        assert 1 <= error.line <= len(lines)
        assert 1 <= error.column <= len(lines[error.line - 1]) + 1


@every_notation
def test_limits_are_reached_and_not_passed(notation: str) -> None:
    wide = rule_of(("if", ["a"] * (MAX_NODES - 4)), ("then", ["b"]))
    assert wide.size == MAX_NODES
    assert parse_rule(format_rule(wide, notation), notation) == wide
    term: object = "a"
    for _ in range(MAX_DEPTH - 3):
        term = ("f", [term])
    deep = rule_of(("if", [term]), ("then", ["b"]))
    assert parse_rule(format_rule(deep, notation), notation) == deep
    assert repair_rule(format_rule(deep, notation), notation).rule == deep


def test_an_unknown_notation_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(NotationError, match=r"no notation 'outlin'; .*did you mean 'outline'"):
        parse_rule("if(a),then(b)", "outlin")
    with pytest.raises(LookupError, match="there are lrml"):
        format_rule(rule_of(("if", ["a"]), ("then", ["b"])), "prolog")
    with pytest.raises(P4irError):
        repair_rule("", "")


def test_the_registry_names_the_exact_notations() -> None:
    assert set(EXACT) <= set(NOTATIONS)
