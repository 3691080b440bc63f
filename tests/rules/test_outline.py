"""The outline: how names are spelled, what is no outline and where, what is mended."""

from __future__ import annotations

import re
import time

import pytest

from p4ir.errors import RuleError, RuleSyntaxError
from p4ir.rules import lrml
from p4ir.rules.outline import format_rule, parse_rule, repair_rule, spell, unspell
from p4ir.rules.tree import MAX_DEPTH, MAX_NODES
from tests.rules.strategies import rule_of

SPELLED = [
    # in words, where words can be read back
    ("door", "door"),
    ("naturalVentilation", "natural ventilation"),
    ("wallCladding.type", "wall cladding's type"),
    ("building.escapeRoute.width", "building's escape route's width"),
    ("fireCell2", "fire cell2"),
    ("aB1C", "a b1 c"),
    ("350 mm", "350 mm"),
    ("1/8", "1/8"),
    # as they are, where they cannot
    ("xx_q7as2", "xx_q7as2"),
    ("350 mM", "350 mM"),
    ("500e", "500e"),
    ("Door", "Door"),
    ("'0.05 * x1'", "'0.05 * x1'"),
    ("'a: b, `c`'", "'a: b, `c`'"),
    ("door.1", "door.1"),
    # in backquotes, where even that would be read as something else
    ("if", "`if`"),
    ("then", "`then`"),
    ("a b", "`a b`"),
    ("a: b", "`a: b`"),
    ("a`b", "`a``b`"),
    ("`", "````"),
    ("door's width", "`door's width`"),
]


@pytest.mark.parametrize(("label", "spelling"), SPELLED)
def test_a_label_is_spelled_so_that_it_can_be_read_back(label: str, spelling: str) -> None:
    assert spell(label) == spelling
    assert unspell(spelling) == label


UNSPELLED = [
    ("Wall cladding", "WallCladding"),
    ("wall  cladding", "wallCladding"),
    ("the door 's width", "theDoor .width"),
    ("wall Cladding", "wall Cladding"),
    ("-2 deg c", "-2 deg c"),
    ("xx_q7 table", "xx_q7 table"),
    ("`wall cladding`", "wall cladding"),
    ("`", "`"),
]


@pytest.mark.parametrize(("spelling", "label"), UNSPELLED)
def test_other_spellings_are_read_as_they_come(spelling: str, label: str) -> None:
    assert unspell(spelling) == label


def test_leaves_stand_on_their_functors_line_and_other_arguments_below_it() -> None:
    rule = rule_of(
        ("if", [("and", [("exist", ["fireDoor"]), "a", ("f", ["b", ("g", ["c"])])])]),
        ("then", ["x", "350 mm"]),
    )
    assert format_rule(rule) == (
        "if\n and\n  exist: fire door\n  a\n  f\n   b\n   g: c\nthen: x, 350 mm"
    )


FUNCTOR = "'functor: argument, argument'"
END = "the end of the text"
MALFORMED = [
    # text, line, column, found, expected
    ("", 1, 1, END, "'if'"),
    ("\n \n", 3, 1, END, "'if'"),
    ("if", 1, 3, END, "an indented line below 'if'"),
    ("if: a", 1, 6, END, "'then'"),
    ("if: a\nthen", 2, 5, END, "an indented line below 'then'"),
    ("if\nthen: c", 2, 1, "'then'", "an indented line below 'if'"),
    ("then: b", 1, 1, "'then: b'", "'if'"),
    ("a\nif: a\nthen: b", 1, 1, "'a'", "'if'"),
    ("IF: a\nTHEN: b", 1, 1, "'IF: a'", "'if'"),
    ("if a: b\nthen: c", 1, 1, "'if a: b'", "'if'"),
    ("if\n  a\nthen: b", 2, 3, "'a'", "1 space before it"),
    ("if\n a: b\n   c: d\nthen: e", 3, 4, "'c: d'", "2 spaces before it"),
    ("if: a\n then: b", 2, 2, "'then: b'", "0 spaces before it"),
    ("  if: a\nthen: b", 1, 3, "'if: a'", "0 spaces before it"),
    ("if: a\nif: b\nthen: c", 2, 1, "'if: b'", "1 space before it"),
    ("if: a\nthen: b\nc", 3, 1, "'c'", "the end of the rule"),
    ("if: a\nthen: b\nthen: c", 3, 1, "'then: c'", "the end of the rule"),
    ("if:\nthen: c", 1, 3, "':'", FUNCTOR),
    ("if: a,,b\nthen: c", 1, 6, "',,b'", FUNCTOR),
    ("if: a,\nthen: c", 1, 6, "','", FUNCTOR),
    ("if: ,a\nthen: c", 1, 3, "': ,a'", FUNCTOR),
    ("if: a: b\nthen: c", 1, 6, "': b'", FUNCTOR),
    ("if, a\nthen: c", 1, 3, "', a'", FUNCTOR),
    ("if: a(b)\nthen: c", 1, 5, "'a(b)'", FUNCTOR),
    ("if: `a\nthen: c", 1, 3, "': `a'", FUNCTOR),
    ("if: ``\nthen: c", 1, 3, "': ``'", FUNCTOR),
    ("if: a`b`\nthen: c", 1, 6, "'`b`'", FUNCTOR),
    ("if\n has: a\x00b, c\nthen: d", 2, 7, r"'a\x00b, c'", FUNCTOR),
    ("if: 👩‍🚒, ,x\nthen: b", 1, 8, "', ,x'", FUNCTOR),
    ("if: باب,\nthen: b", 1, 8, "','", FUNCTOR),
    ("if: a\nthen: b\n" + "x" * 60, 3, 1, "'" + "x" * 40 + "…'", "the end of the rule"),
]


@pytest.mark.parametrize(("text", "line", "column", "found", "expected"), MALFORMED)
def test_what_is_no_outline_is_refused_with_its_place(
    text: str, line: int, column: int, found: str, expected: str
) -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        parse_rule(text)
    error = caught.value
    assert (error.line, error.column) == (line, column)
    assert (error.found, error.expected) == (found, expected)


IN_ORDER = [
    ("if: a\r\nthen: b\r\n", "if(a),then(b)"),
    ("\nif:a\n\nthen:b  \n\n", "if(a),then(b)"),
    ("if: a\nthen: b\n c: d", "if(a),then(b,c(d))"),
    ("if\n\thas: a, b\nthen: c", "if(has(a,b)),then(c)"),
    ("if\n if: a\n `then`\n  `if`: b\nthen: c", "if(if(a),then(if(b))),then(c)"),
]
REPAIRED = [
    ("if\n  a\nthen: b", "if(a),then(b)", ("mended the indentation",)),
    ("if\n a: b\n   c: d\nthen: e", "if(a(b,c(d))),then(e)", ("mended the indentation",)),
    ("if: a\n then: b", "if(a),then(b)", ("mended the indentation",)),
    ("if: a\nif: b\nthen: c", "if(a,if(b)),then(c)", ("mended the indentation",)),
    ("Rule\nif: a\nthen: b", "if(a),then(b)", ("cut text before the rule",)),
    ("if: a\nthen: b\nNote\nc: d", "if(a),then(b)", ("cut text after the rule",)),
    ("if: a,,b\nthen: c", "if(a,b),then(c)", ("dropped what is no name",)),
    ("if: a: b\nthen: c", "if(a,b),then(c)", ("dropped what is no name",)),
    ("if: a(b)\nthen: c", "if(a b),then(c)", ("dropped what is no name",)),
    ("if: `a\nthen: 'c", "if(a),then(c)", ("dropped what is no name",)),
    ("if: a\x00b\nthen: c", "if(a b),then(c)", ("dropped what is no name",)),
    ("```\nif: a\nthen: b\n```", "if(a),then(b)", ("dropped what is no name",)),
    (
        "So\nif: a,\n    b\nthen: c",
        "if(a,b),then(c)",
        ("cut text before the rule", "dropped what is no name", "mended the indentation"),
    ),
]


@pytest.mark.parametrize(("text", "rule"), IN_ORDER)
def test_ends_of_lines_empty_lines_and_tabs_are_no_matter(text: str, rule: str) -> None:
    assert lrml.format_rule(parse_rule(text)) == rule


@pytest.mark.parametrize(
    ("text", "rule", "repairs"), [*((*row, ()) for row in IN_ORDER), *REPAIRED]
)
def test_what_a_model_breaks_is_mended_and_said(
    text: str, rule: str, repairs: tuple[str, ...]
) -> None:
    repaired = repair_rule(text)
    assert (lrml.format_rule(repaired.rule), repaired.repairs) == (rule, repairs)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1: found the end of the text, expected 'if'"),
        ("a clause\nand more", "line 2, column 9: found the end of the text, expected 'if'"),
        ("if: a\nelse: b", "line 2, column 8: found the end of the text, expected 'then'"),
        ("if: ``\nthen: c", "line 2, column 1: found 'then', expected an indented line below"),
        ("if: a\nthen: ,", "line 2, column 8: found the end of the text, expected an indented"),
    ],
)
def test_half_a_rule_is_not_made_up(text: str, message: str) -> None:
    with pytest.raises(RuleSyntaxError, match=re.escape(message)):
        repair_rule(text)


def test_spans_point_at_the_labels_as_they_are_spelled() -> None:
    text = "Here:\nif\n   has: fire door , `a: b`\n\nthen: door's width, باب\nend"
    repaired = repair_rule(text)
    assert repaired.repairs != ()
    assert [text[start:end] for start, end in repaired.spans] == [
        "", "if", "has", "fire door", "`a: b`", "then", "door's width", "باب"
    ]  # fmt: skip
    assert repaired.rule.labels[3:] == ("fireDoor", "a: b", "then", "door.width", "باب")


N = 1_000_000
HOSTILE = [
    "if: " + "a, " * (N // 3) + "\nthen: b",
    "if: " + "'" * N,
    "if: " + "`" * N,
    "if: " + "``a" * (N // 3),
    "if: " + ":" * N,
    "if: " + " " * N + "\nthen: b",
    "if\n" + " f\n" * (N // 3),
    "if\n" + "".join(" " * depth + "f\n" for depth in range(1, 1400)),
    "x\n" * (N // 2),
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


def test_too_deep_and_too_large_name_their_limits() -> None:
    with pytest.raises(RuleError, match=f"nested more than {MAX_DEPTH} deep"):
        parse_rule(HOSTILE[7])
    with pytest.raises(RuleError, match=f"more than {MAX_NODES} nodes"):
        parse_rule(HOSTILE[6])


def test_ten_thousand_arguments_are_a_rule() -> None:
    wide = rule_of(("if", [("and", [f"wallType{i}" for i in range(10_000)])]), ("then", ["b"]))
    assert parse_rule(format_rule(wide)) == repair_rule(format_rule(wide)).rule == wide
