"""Compact LRML: what is no rule and where, what is mended, and that nothing brings it down."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4ir.errors import RuleError, RuleSyntaxError
from p4ir.rules.lrml import format_rule, parse_rule, read_brackets, repair_rule
from p4ir.rules.tree import MAX_DEPTH, MAX_NODES
from tests.rules.strategies import rule_of, tree_of
from tests.shared_data import GRAMMAR, development_texts, needs_shared

MALFORMED = [
    # text, line, column, found, expected
    ("", 1, 1, "the end of the text", "'if('"),
    ("  \n", 2, 1, "the end of the text", "'if('"),
    ("door", 1, 1, "'door'", "'if('"),
    ("IF(a),then(b)", 1, 1, "'IF'", "'if('"),
    ("then(b),if(a)", 1, 1, "'then'", "'if('"),
    ("(a)", 1, 1, "'('", "'if('"),
    ("if", 1, 3, "the end of the text", "'('"),
    ("if a", 1, 1, "'if a'", "'if('"),
    ("if(", 1, 4, "the end of the text", "a name or a value"),
    ("if()", 1, 4, "')'", "a name or a value"),
    ("if(a", 1, 5, "the end of the text", "',' or ')'"),
    ("if(a)", 1, 6, "the end of the text", "','"),
    ("if(a)then(b)", 1, 6, "'then'", "','"),
    ("if(a),", 1, 7, "the end of the text", "'then('"),
    ("if(a),if(b)", 1, 7, "'if'", "'then('"),
    ("if(a),then", 1, 11, "the end of the text", "'('"),
    ("if(a),then()", 1, 12, "')'", "a name or a value"),
    ("if(a),then(b", 1, 13, "the end of the text", "',' or ')'"),
    ("if(a),then(b))", 1, 14, "')'", "the end of the rule"),
    ("if(a),then(b).", 1, 14, "'.'", "the end of the rule"),
    ("if(a),\nthen(b),else(c)", 2, 8, "','", "the end of the rule"),
    ("if(a,),then(b)", 1, 6, "')'", "a name or a value"),
    ("if(,a),then(b)", 1, 4, "','", "a name or a value"),
    ("if(a,,c),then(b)", 1, 6, "','", "a name or a value"),
    ("if(f()),then(b)", 1, 6, "')'", "a name or a value"),
    ("if((a)),then(b)", 1, 4, "'('", "a name or a value"),
    ("if(f(a)(b)),then(c)", 1, 8, "'('", "',' or ')'"),
    ("if(f(a) b),then(c)", 1, 9, "'b'", "',' or ')'"),
    ("if('a'b),then(c)", 1, 7, "'b'", "',' or ')'"),
    ("if('a),then(b)", 1, 4, "a quotation mark that is never closed", "a name or a value"),
    ("if(a),then(f(b,'x", 1, 16, "a quotation mark that is never closed", "a name or a value"),
    ("if(a\tb),then(c)", 1, 4, r"'a\tb'", "a name without control characters"),
    ("if(\n  a,\n  \x00b\n),then(c)", 3, 3, r"'\x00b'", "a name without control characters"),
    ("if(\ud800),then(c)", 1, 4, r"'\ud800'", "a name without control characters"),
    # columns count characters, whatever their width or direction
    ("🔥if(a),then(b)", 1, 1, "'🔥if'", "'if('"),
    ("if(👩‍🚒 ,),then(b)", 1, 9, "')'", "a name or a value"),
    ("if(باب,),then(b)", 1, 8, "')'", "a name or a value"),
    ("if(a),then(b) " + "x" * 60, 1, 15, "'" + "x" * 40 + "…'", "the end of the rule"),
]


@pytest.mark.parametrize(("text", "line", "column", "found", "expected"), MALFORMED)
def test_what_is_no_rule_is_refused_with_its_place(
    text: str, line: int, column: int, found: str, expected: str
) -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        parse_rule(text)
    error = caught.value
    assert (error.line, error.column, error.found, error.expected) == (
        line,
        column,
        found,
        expected,
    )
    assert str(error) == f"line {line}, column {column}: found {found}, expected {expected}"


IN_ORDER = [
    (" if ( a ) ,\n\tthen ( b )\n", "if(a),then(b)"),
    ("if(a b (c d , 350 mm)),then(b)", "if(a b(c d,350 mm)),then(b)"),
    ("if(door's),then(a')", "if(door's),then(a')"),
    ("if('f(x, y)'),then(b)", "if('f(x, y)'),then(b)"),
    ("if('a\tb'),then(b)", None),
    ("if(if(then)),then(if(a))", "if(if(then)),then(if(a))"),
    ("if(דלת.גובה,باب),then(🔥)", "if(דלת.גובה,باب),then(🔥)"),
    ("if(\u202edoor),then(a)", "if(\u202edoor),then(a)"),
]


@pytest.mark.parametrize(("text", "printed"), IN_ORDER)
def test_space_around_marks_means_nothing_and_space_in_labels_stays(
    text: str, printed: str | None
) -> None:
    if printed is None:
        with pytest.raises(RuleSyntaxError, match="without control characters"):
            parse_rule(text)
    else:
        assert format_rule(parse_rule(text)) == printed


REPAIRED = [
    ("if(a),then(b)", "if(a),then(b)", ()),
    ("if(a),then(b", "if(a),then(b)", ("closed 1 bracket",)),
    ("if(a),then(f(g(b,c", "if(a),then(f(g(b,c)))", ("closed 3 brackets",)),
    ("if(f(a),then(b)", "if(f(a)),then(b)", ("closed 1 bracket",)),
    ("if(f(a,then(b)", "if(f(a)),then(b)", ("closed 2 brackets",)),
    ("if(a)),then(b)", "if(a),then(b)", ("dropped a closing bracket",)),
    ("if(a),c),then(b)", "if(a,c),then(b)", ("dropped a closing bracket",)),
    ("if(a),then(b)))", "if(a),then(b)", ("cut text after the rule",)),
    ("if(a),then()b)", "if(a),then(b)", ("dropped a closing bracket", "added a comma")),
    ("if(a,,c),then(b)", "if(a,c),then(b)", ("dropped an empty argument",)),
    ("if(a,),then(b)", "if(a),then(b)", ("dropped an empty argument",)),
    ("if(,a),then(b)", "if(a),then(b)", ("dropped an empty argument",)),
    ("if(f(),a),then(b)", "if(a),then(b)", ("dropped 'f' without arguments",)),
    (
        "if(f(g()),a),then(b)",
        "if(a),then(b)",
        ("dropped 'g' without arguments", "dropped 'f' without arguments"),
    ),
    ("if(f(c)(d)),then(b)", "if(f(c),d),then(b)", ("dropped a bracket without a name",)),
    ("if((a)),then(b)", "if(a),then(b)", ("dropped a bracket without a name",)),
    ("if(f(a) b),then(b)", "if(f(a),b),then(b)", ("added a comma",)),
    ("if(a)then(b)", "if(a),then(b)", ("added a comma",)),
    ("if('a),then(b)", "if(a),then(b)", ("dropped a quotation mark",)),
    ("if('a'b, 'c),then(b)", "if('a',b,c),then(b)", ("added a comma", "dropped a quotation mark")),
    ("if(a\x00b),then(c)", "if(a b),then(c)", ("replaced control characters",)),
    ("Rule: if(a),then(b)", "if(a),then(b)", ("cut text before the rule",)),
    ("if(a),then(b). Done.", "if(a),then(b)", ("cut text after the rule",)),
    ("if(a),then(b),then(c)", "if(a),then(b)", ("cut text after the rule",)),
    (
        "```\nif(a),then(b)\n```",
        "if(a),then(b)",
        ("cut text before the rule", "cut text after the rule"),
    ),
    ("if(not(then(a))),then(b)", "if(not(then(a))),then(b)", ()),
]


@pytest.mark.parametrize(("text", "printed", "repairs"), REPAIRED)
def test_what_a_model_breaks_is_mended_and_said(
    text: str, printed: str, repairs: tuple[str, ...]
) -> None:
    repaired = repair_rule(text)
    assert (format_rule(repaired.rule), repaired.repairs) == (printed, repairs)
    # Quotation marks that were dropped and labels that were cleaned are in no span.
    assert [text[start:end].replace("\x00", " ") for start, end in repaired.spans[1:]] == list(
        repaired.rule.labels[1:]
    )


BEYOND_REPAIR = [
    ("", "line 1, column 1: found the end of the text, expected 'if('"),
    ("door", "line 1, column 1: found 'door', expected 'if('"),
    ("notif(a),then(b)", "line 1, column 1: found 'notif', expected 'if('"),
    ("then(b)", "line 1, column 1: found 'then', expected 'if('"),
    ("if(a", "line 1, column 5: found the end of the text, expected 'then(' with a conclusion"),
    ("if(a),\nthen b", "line 2, column 7: found the end of the text, expected 'then(' with a con"),
    ("if(),then(b)", "line 1, column 13: found the end of the text, expected 'if(' with a cond"),
]


@pytest.mark.parametrize(("text", "message"), BEYOND_REPAIR)
def test_half_a_rule_is_not_made_up(text: str, message: str) -> None:
    with pytest.raises(RuleSyntaxError, match=re.escape(message)):
        repair_rule(text)


BRACKETS = [
    ("no brackets, none", None),
    ("", None),
    ("a(b,c)", ("root", [("a", ["b", "c"])])),
    ("a(b", ("root", [("a", ["b"])])),
    ("a)b)", ("root", ["a", "b"])),
    (")", ("root", [])),
    ("(", ("root", [""])),
    ("(a)", ("root", [("", ["a"])])),
    ("a(b,,c)", ("root", [("a", ["b", "c"])])),
    (" if ( a  b\n c ) x", ("root", [("if", ["a b c"]), "x"])),
    ("a(b)(c),d", ("root", [("a", ["b"]), ("", ["c"]), "d"])),
    ("a('b(c)')", ("root", [("a", [("'b", ["c"]), "'"])])),
]


@pytest.mark.parametrize(("text", "tree"), BRACKETS)
def test_any_text_with_a_bracket_is_a_tree(text: str, tree: object) -> None:
    assert read_brackets(text) == (None if tree is None else tree_of(tree))


@given(st.one_of(st.text(), st.text("(),a' \n", max_size=40)))
@settings(max_examples=300, deadline=None)
def test_a_tree_of_brackets_holds_every_word_of_the_text(text: str) -> None:
    tree = read_brackets(text)
    assert (tree is None) == (not set("()") & set(text))
    if tree is not None:
        assert " ".join(tree.labels[1:]).split() == re.sub(r"[(),]", " ", text).split()


N = 1_000_000
HOSTILE = [
    "if(" + "f(" * 100_000 + "a" + ")" * 100_000 + "),then(b)",
    "if(" + "f(" * 100_000,
    "if(" * (N // 3),
    "if(a)" + ")" * N,
    "if(" + "(" * N,
    "if(" + "'" * N,
    "if('" + "a" * N,
    "if(" + "a," * (N // 2) + "a),then(b)",
    "if(" + "f()" * (N // 3),
    "if(a" + " " * N,
    "if" + " " * N,
    "if " * (N // 3),
    "(" * N,
    "\n" * N,
]


@pytest.mark.parametrize("read", [parse_rule, repair_rule])
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_megabyte_of_nonsense_takes_one_clear_line_and_seconds(read, text: str) -> None:
    started = time.process_time()
    with pytest.raises((RuleSyntaxError, RuleError)) as caught:
        read(text)
    assert time.process_time() - started < 10
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("read", [parse_rule, repair_rule])
def test_too_deep_and_too_large_name_their_limits(read) -> None:
    with pytest.raises(RuleError, match=f"nested more than {MAX_DEPTH} deep"):
        read(HOSTILE[0])
    with pytest.raises(RuleError, match=f"more than {MAX_NODES} nodes"):
        read("if(" + "a," * MAX_NODES + "a),then(b)")


def test_ten_thousand_arguments_and_a_label_of_a_megabyte_are_rules() -> None:
    wide = rule_of(("if", [("and", [f"a{i}" for i in range(10_000)])]), ("then", ["b"]))
    assert parse_rule(format_rule(wide)) == repair_rule(format_rule(wide)).rule == wide
    text = f"if({'door ' * (N // 5)}b),then(c)"
    assert format_rule(parse_rule(text)) == text


def test_brackets_of_a_hundred_thousand_levels_are_refused_or_read_at_once() -> None:
    started = time.process_time()
    with pytest.raises(RuleError, match=f"more than {MAX_NODES} nodes"):
        read_brackets("f(" * 100_000)
    tree = read_brackets("f(" * (MAX_NODES - 2) + "a")
    assert tree is not None
    assert (tree.size, tree.labels[-1]) == (MAX_NODES, "a")
    assert time.process_time() - started < 10


@needs_shared
def test_every_published_rule_is_printed_byte_for_byte() -> None:
    texts = development_texts()
    assert len(texts) == 601
    assert [format_rule(parse_rule(text)) for text in texts] == texts


@needs_shared
def test_what_the_published_grammar_accepts_is_a_rule() -> None:
    lark = pytest.importorskip("lark")
    grammar = lark.Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr")
    accepted = 0
    for text in development_texts() + list(_VARIANTS):
        try:
            grammar.parse(text)
        except lark.exceptions.LarkError:
            continue
        accepted += 1
        rule = parse_rule(text)
        assert parse_rule(format_rule(rule)) == rule
    assert accepted > 500


_VARIANTS = (
    "if( exist( gate ) ) , then( obligation( has( gate , bolt ) ) )",
    "if(not(is(gate.use,'f(x), y'))),then(permission(is(gate.width,-2.5 mm)))",
    "if(loop(forEach(gate),exist(bolt))),then(prohibition(equal(gate.ratio,1/8)))",
    "if(or(exist(a),has(b,c-d+e))),then(asPer(gate,xx_1.1 to xx_1.9))",
)
