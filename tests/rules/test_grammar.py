"""Grammars, read by the engine that decodes by them, against the strict parsers."""

import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4ir.errors import NotationError, RuleError, RuleSyntaxError
from p4ir.rules import NOTATIONS, RuleBuilder, format_rule, parse_rule
from p4ir.rules.grammar import WITH_GRAMMAR, grammar_of
from p4ir.rules.grammar.labels import MAX_DEPTH, NOT_TEXT
from p4ir.rules.lint import lint
from p4ir.rules.tree import NOT_TEXT as NO_TEXT
from tests.rules.strategies import rules


@functools.cache
def engine():
    from llguidance.hf import from_tokenizer

    from p4ir.models import load_base

    return from_tokenizer(load_base("tiny-random")[1])


@functools.cache
def matcher(notation):
    from llguidance import LLMatcher

    found = LLMatcher(engine(), LLMatcher.grammar_from_lark(grammar_of(notation).text), log_level=0)
    assert not found.is_error(), found.get_error()
    return found


def is_allowed(text, notation):
    reader = matcher(notation).deep_copy()
    tokens = engine().tokenize_bytes(text.encode())
    return reader.try_consume_tokens(tokens) == len(tokens) and reader.is_accepting()


RULES = [
    "if(exist(door)),then(obligation(has(door,handle)))",
    "if(a),then(b)",
    "if(and(a)),then(or(b))",
    "if(and(has(space,naturalVentilation),not(is(space.use,storage)))),then(permission(x))",
    "if(or(a,b,c)),then(obligation(greaterThanEqual(window.area,2 m2)))",
    "if(connect(pipe)),then(connect(pipe,sewer))",
    "if('max(x1, x2)'),then(obligation(asPer(wall,nzs_3604_1 to nzs_3604_9)))",
    "if(brand-new(door,of oak,3)),then(hinges)",
    "if(loop(forEach(room),has(room,window))),then(define(width,x1))",
    "if(tür.größe),then(is(🚪,offen))",
]


@pytest.mark.parametrize("notation", WITH_GRAMMAR)
@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_allowed_as_it_is_written(rule, notation):
    assert is_allowed(format_rule(parse_rule(rule), notation), notation)


@pytest.mark.parametrize("notation", WITH_GRAMMAR)
@pytest.mark.parametrize(
    "rule",
    [
        "if(has(door)),then(x)",
        "if(x),then(obligation(a,b))",
        "if(greaterThan(a,b,c)),then(x)",
        "if(x),then(connect(a,b,c))",
        "if(a,b),then(x)",
        "if(not(not(a,b))),then(x)",
    ],
)
def test_known_functors_keep_their_arity(rule, notation):
    assert not is_allowed(format_rule(parse_rule(rule), notation), notation)


@settings(max_examples=150, deadline=None)
@given(rules(), st.sampled_from(WITH_GRAMMAR))
def test_what_is_refused_breaks_an_arity_or_is_too_deep(rule, notation):
    text = format_rule(rule, notation)
    fits = not any(w.code == "arity" for w in lint(rule))
    deepest = max(map(depth_of, rule.nodes()))
    one_each = all(len(part.children) == 1 for part in rule.root.children)
    is_shallow = deepest <= MAX_DEPTH
    if fits and one_each and is_shallow and rule.is_complete and not bare_functors(rule, notation):
        assert is_allowed(text, notation), text


def depth_of(node):
    parents, depth, place = node.tree.parents(), 0, node.number
    while place > 0:
        place, depth = parents[place], depth + 1
    return depth - 1


def bare_functors(rule, notation):
    """An outline's line of its own that names a known functor needs arguments."""
    from p4ir.rules.vocabulary import ARITIES

    return notation == "outline" and any(n.is_leaf and n.label in ARITIES for n in rule.nodes())


def test_an_outline_may_do_without_the_space_behind_a_colon_or_comma():
    assert is_allowed("if\n has:space,natural ventilation\nthen:b", "outline")


OUTLINE = "if\n has: space, natural ventilation\nthen\n obligation\n  exist: window"
BROKEN = [
    "",
    "if",
    "if: a",
    "if: a\nthen",
    "if: a\nthen:",
    "if: a\nthen: b\n c",
    "if: a\n then: b",
    " if: a\nthen: b",
    "if: a\nthen: b,",
    "if: a\nthen: b, c",
    "if: a\nthen\n  b",
    "if: a\nthen\n not\n   b",
    "if: a\nthen\n `b",
    "if: a\nthen\n 'b",
    "if: a\nthen\n b: (c)",
    "if: a\nthen\n b: c\td",
    "if: a\nthen\n b: c\x85d",
    "if: a\nthen\n then: c",
    "if: a\nthen\n not: then\n b",
    "if\n has: a\n  b\n  c\nthen: d",
    "if: a\nif: b\nthen: c",
    "if: a\nthen: b\nthen: c",
    "if: a\n\nthen: b",
    "if:  a\nthen: b",
    "if: a \nthen: b",
]


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_outline_or_not_as_it_is_written_is_not_allowed(text):
    assert not is_allowed(text, "outline")


@pytest.mark.parametrize(
    "text",
    [
        "if(a),then(b",
        "if(a)then(b)",
        "if(a),then()",
        "if(a),then(b))",
        "if(a),then(b,)",
        "if(a ),then(b)",
        "if(a),then('b)",
        "then(a),then(b)",
        " if(a),then(b)",
    ],
)
def test_what_is_no_compact_rule_is_not_allowed(text):
    assert not is_allowed(text, "lrml")


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(WITH_GRAMMAR))
def test_what_is_allowed_is_a_rule(data, notation):
    """A walk through the grammar, a byte at a time, ends in what the parser reads."""
    reader = matcher(notation).deep_copy()
    text = b""
    preferred = b"ifthen(),: \n'`\"[]{}a\xc3\xa9\xe2\x80\x8b"
    for _ in range(data.draw(st.integers(1, 120))):
        tokens = [t for t in engine().tokenize_bytes(preferred) if reader.validate_tokens([t])]
        if not tokens:
            break
        token = data.draw(st.sampled_from(tokens))
        reader.consume_token(token)
        text += engine().decode_bytes([token])
        if reader.is_accepting():
            try:
                parse_rule(text.decode(), notation)
            except (RuleSyntaxError, RuleError) as error:
                raise AssertionError((text, error)) from error


def test_deep_rules_are_allowed_as_deep_as_the_grammar_goes():
    def nested(depth):
        build = RuleBuilder().open("if").leaf("a").close().open("then")
        for _ in range(depth):
            build.open("not")
        build.leaf("b")
        return build.build()

    for notation in WITH_GRAMMAR:
        assert is_allowed(format_rule(nested(MAX_DEPTH - 1), notation), notation)
        assert not is_allowed(format_rule(nested(MAX_DEPTH + 1), notation), notation)


def test_labels_hold_what_rules_do():
    import re

    in_grammar = re.compile("[" + NOT_TEXT.replace(r"\x{fffe}\x{ffff}", "\ufffe\uffff") + "]")
    for code in [*range(0xD800), *range(0xE000, 0x10000)]:
        assert bool(in_grammar.match(chr(code))) == bool(NO_TEXT.match(chr(code)))


@pytest.mark.parametrize("notation", [*sorted(set(NOTATIONS) - set(WITH_GRAMMAR)), "nonsense"])
def test_a_notation_without_a_grammar_is_named(notation):
    with pytest.raises(NotationError, match=f"'{notation}' has no grammar"):
        grammar_of(notation)
