import pytest
from hypothesis import given

from p4ir.rules import format_rule, parse_rule
from p4ir.rules.repeats import without_repeats
from tests.rules.strategies import rules


def said_once(text):
    return format_rule(without_repeats(parse_rule(text)).rule)


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("if(and(a,b,a)),then(may(c))", "if(and(a,b)),then(may(c))"),
        ("if(or(has(a,b),has(a,b))),then(may(c))", "if(has(a,b)),then(may(c))"),
        ("if(and(or(a,a),a)),then(may(c))", "if(a),then(may(c))"),
        ("if(and(not(a),a)),then(may(and(b,c,c)))", "if(and(not(a),a)),then(may(and(b,c)))"),
    ],
)
def test_equal_parts_are_said_once(text, once):
    assert said_once(text) == once


@pytest.mark.parametrize(
    "text",
    [
        "if(and(has(a,b),has(b,a))),then(may(c))",  # the order of arguments counts
        "if(equal(a,a)),then(may(plus(b,b)))",  # only `and` and `or` are idempotent
        "if(and(a)),then(may(c))",  # nothing repeats: a lint warning, not ours to mend
    ],
)
def test_what_is_not_a_repeat_stays(text):
    assert said_once(text) == text


@given(rules())
def test_nodes_say_where_each_was(rule):
    distinct, nodes = without_repeats(rule)
    assert [rule.labels[node] for node in nodes] == list(distinct.labels)
    assert nodes == sorted(nodes)
    assert without_repeats(distinct).rule is distinct
