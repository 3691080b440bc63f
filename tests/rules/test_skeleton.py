from __future__ import annotations

import ast
import keyword
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4ir.errors import P4irError, RuleError, RuleSyntaxError
from p4ir.rules import Rule, parse_rule, skeleton
from p4ir.rules.skeleton.identifiers import from_identifier, to_identifier
from p4ir.rules.tree import MAX_DEPTH, MAX_NODES
from tests.rules.strategies import TRICKY_LABELS, broken_texts, rule_of, rules
from tests.shared_data import development_texts, needs_shared


def written(condition: str, conclusion: str) -> str:
    """Return the lines of a skeleton below its head, without indentation, joined by `|`."""
    text = skeleton.format_rule(parse_rule(f"if({condition}),then({conclusion})"))
    head, *lines = text.split("\n")
    assert head == "def rule():"
    return "|".join(line.strip() for line in lines)


@pytest.mark.parametrize(
    ("condition", "conclusion", "expected"),
    [
        (
            "exist(door)",
            "obligation(has(door,closer))",
            "if exist(door):|require(has(door, closer))",
        ),
        ("a", "permission(b)", "if a:|permit(b)"),
        ("a", "prohibition(b)", "if a:|forbid(b)"),
        ("a", "obligation(not(exist(gap)))", "if a:|require(not exist(gap))"),
        ("a", "not(permission(b))", "if a:|not permit(b)"),
        ("a", "and(obligation(b),permission(c))", "if a:|require(b)|permit(c)"),
        ("a", "obligation(and(b,c))", "if a:|require(b and c)"),
        ("a", "and(obligation(b))", "if a:|and_(require(b))"),
        ("a", "and(and(b,c),or(d,e))", "if a:|b and c|d or e"),
        ("a,b", "c,d", "if (a, b):|(c, d)"),
        ("a,b", "and(c,d)", "if (a, b):|c|d"),
        ("and(a,or(b,not(c)))", "d", "if a and (b or not c):|d"),
        ("and(and(a,b),c)", "d", "if (a and b) and c:|d"),
        ("or(and(a,b),or(c,d))", "e", "if a and b or (c or d):|e"),
        ("not(and(a,b))", "not(not(c))", "if not (a and b):|not not c"),
        ("or(a)", "not(b,c)", "if or_(a):|not_(b, c)"),
        ("greaterThanEqual(door.width,850 mm)", "b", 'if door.width >= "850 mm":|b'),
        ("equal(count(a),-1)", "lessThan(a,'0.5 * x1')", "if count(a) == -1:|a < \"'0.5 * x1'\""),
        ("equal(a)", "greaterThan(a,b,c)", "if equal(a):|greater_than(a, b, c)"),
        ("greaterThan(lessThan(a,b),or(c,d))", "e", "if (a < b) > (c or d):|e"),
        ("not(equal(a,b))", "equal(not(a),b)", "if not a == b:|(not a) == b"),
        ("is(wall.fireRating,60)", "in(a,b)", "if is_(wall.fire_rating, 60):|in_(a, b)"),
        ("for(class,lambda)", "if(then)", "if for_(class_, lambda_):|if_(then)"),
        ("require(permit)", "forbid(require)", "if require_(permit):|forbid_(require)"),
        ("a(obligation)", "b(prohibition)", "if a(obligation):|b(prohibition)"),
        ("is(a,type_7)", "asPer(a,en_1990_2.1)", 'if is_(a, type__7):|as_per(a, "en_1990_2.1")'),
        ("fire rated(a)", "8(9)", 'if "fire rated"(a):|"8"(9)'),
        ("is(a,0.50)", "is(a,007)", 'if is_(a, 0.50):|is_(a, "007")'),
        ("is(a,1e5)", "is(a,1_0)", 'if is_(a, "1e5"):|is_(a, "1_0")'),
        ("is(a,é)", "is(a,a\u202eb)", 'if is_(a, "é"):|is_(a, "a\\u202eb")'),
        ('is(a,"b"\\n)', "is(a,b#c)", 'if is_(a, "\\"b\\"\\\\n"):|is_(a, "b#c")'),
        ("loop(forEach(wall.side),a)", "b", "if loop(for_each(wall.side), a):|b"),
        ("a.b.c", "a.class", "if a.b.c:|a.class_"),
    ],
)
def test_a_rule_reads_as_python(condition: str, conclusion: str, expected: str) -> None:
    rule = parse_rule(f"if({condition}),then({conclusion})")
    assert written(condition, conclusion) == expected
    assert skeleton.parse_rule(skeleton.format_rule(rule)) == rule


@given(rule=rules())
@settings(max_examples=100, deadline=None)
def test_any_rule_comes_back_as_it_was(rule: Rule) -> None:
    text = skeleton.format_rule(rule)
    assert skeleton.parse_rule(text) == rule
    repaired = skeleton.repair_rule(text)
    assert (repaired.rule, repaired.repairs) == (rule, ())


@pytest.mark.parametrize("label", TRICKY_LABELS)
def test_a_label_comes_back_wherever_it_stands(label: str) -> None:
    inner = (label, [label, ("and", [label]), ("or", [label, (label, [label])]), label])
    rule = rule_of(("if", [label, inner]), ("then", [("equal", [label, inner])]))
    assert skeleton.parse_rule(skeleton.format_rule(rule)) == rule


@needs_shared
def test_the_development_rules_come_back_and_are_python() -> None:
    for text in development_texts():
        rule = parse_rule(text)
        source = skeleton.format_rule(rule)
        compile(source, "rule.py", "exec")
        assert skeleton.parse_rule(source) == rule
        assert all(len(line) <= 100 for line in source.split("\n"))


LONG = (
    "if(and(exist(accessRoute),or(is(accessRoute.location,outside),is(accessRoute.location,"
    "atrium)),has(accessRoute,handrail))),then(obligation(and(greaterThanEqual(accessRoute.width,"
    "1200 mm),not(and(has(accessRoute,threshold),greaterThan(threshold.height,20 mm))),asPer("
    "handrail,or(and(firstStandardOfHandrails,secondStandardOfHandrails),thirdStandard_2)))))"
)


def test_a_long_rule_breaks_at_its_operators() -> None:
    assert skeleton.format_rule(parse_rule(LONG)) == (
        "def rule():\n"
        "    if (\n"
        "        exist(access_route)\n"
        "        and (is_(access_route.location, outside) or is_(access_route.location, atrium))\n"
        "        and has(access_route, handrail)\n"
        "    ):\n"
        "        require(\n"
        '            access_route.width >= "1200 mm"\n'
        '            and not (has(access_route, threshold) and threshold.height > "20 mm")\n'
        "            and as_per(\n"
        "                handrail,\n"
        "                first_standard_of_handrails and second_standard_of_handrails"
        " or third_standard__2,\n"
        "            )\n"
        "        )"
    )
    assert skeleton.parse_rule(skeleton.format_rule(parse_rule(LONG))) == parse_rule(LONG)


@pytest.mark.parametrize("functor", ["f", "and", "or", "not", "equal", "é", "obligation"])
def test_the_deepest_rule_comes_back(functor: str) -> None:
    long = "a" * 30
    term: object = "x"
    for _ in range(MAX_DEPTH - 3):
        term = (functor, [term] if functor == "not" else [long, term])
    for below in ([term], [term, term]):
        rule = rule_of(("if", below), ("then", below))
        assert skeleton.parse_rule(skeleton.format_rule(rule)) == rule


def test_the_widest_rule_comes_back() -> None:
    wide = rule_of(("if", ["a"] * (MAX_NODES - 4)), ("then", ["b"]))
    assert skeleton.parse_rule(skeleton.format_rule(wide)) == wide


@given(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}(\.[A-Za-z_]{1,3})?", fullmatch=True))
@settings(max_examples=200, deadline=None)
def test_a_name_is_an_identifier_that_spells_its_label(label: str) -> None:
    name = to_identifier(label)
    assert name is not None
    assert all(part.isidentifier() and not keyword.iskeyword(part) for part in name.split("."))
    assert from_identifier(name) == label


@pytest.mark.parametrize("word", keyword.kwlist)
def test_every_keyword_can_be_a_label_and_a_functor(word: str) -> None:
    rule = parse_rule(f"if({word}({word},a.{word},{word}_)),then({word})")
    text = skeleton.format_rule(rule)
    assert f"a.{word}_" in text
    assert skeleton.parse_rule(text) == rule


def test_names_may_be_written_in_camel_case_and_comparisons_as_calls() -> None:
    text = "def fire_door():  # 3.2\n  if greaterThan(wallHeight, 3):\n    require(x)\n"
    assert skeleton.parse_rule(text) == parse_rule(
        "if(greaterThan(wallHeight,3)),then(obligation(x))"
    )


def test_what_nests_deeper_than_python_parses_stands_apart() -> None:
    text = "x"
    for number in range(90):
        text = f"f{number}({text})"
    rule = parse_rule(f"if({text}),then(a)")
    source = skeleton.format_rule(rule)
    assert source.index("    part_1 = ") < source.index("    part_2 = ") < source.index("    if")
    assert skeleton.parse_rule(source) == rule
    assert skeleton.repair_rule(source).repairs == ()


PYTHON_THAT_IS_NO_SKELETON = [
    ("def rule():\n    part_1 = a\n    if b:\n        c", 2, 14, "'a'"),
    ("def rule():\n    part_1 = a\n    part_1 = a\n    if part_1:\n        c", 3, 5, "part_1"),
    ("def rule():\n    part_1 = a\n    if part_1:\n        c\n    d", 3, 5, "if part_1"),
    ("def rule():\n    part_1 = part_2 = a\n    if part_1:\n        c", 2, 5, "part_1"),
    ("def rule():\n    part = a\n    if part:\n        c", 2, 5, "part = a"),
    ("", 1, 1, "nothing"),
    ("# nothing", 1, 1, "nothing"),
    ("import os", 1, 1, "import os"),
    ("if a:\n    b", 1, 1, "if a:"),
    ("def rule():\n    if a:\n        b\n\nimport os", 5, 1, "import os"),
    ("def rule():\n    if a:\n        b\ndef other():\n    if a:\n        b", 4, 1, "def other"),
    ("async def rule():\n    if a:\n        b", 1, 1, "async def"),
    ("class Rule:\n    pass", 1, 1, "class Rule"),
    ("def rule(a):\n    if a:\n        b", 1, 1, "def rule"),
    ("def rule(*, a=1):\n    if a:\n        b", 1, 1, "def rule"),
    ("def rule() -> a:\n    if a:\n        b", 1, 1, "def rule"),
    ("@a\ndef rule():\n    if a:\n        b", 2, 1, "def rule"),
    ('def rule():\n    """Say."""\n    if a:\n        b', 2, 5, "Say."),
    ("def rule():\n    require(a)", 2, 5, "require(a)"),
    ("def rule():\n    if a:\n        b\n    else:\n        c", 5, 9, "'c'"),
    ("def rule():\n    if a:\n        b\n    elif c:\n        d", 4, 5, "elif c"),
    ("def rule():\n    if a:\n        pass", 3, 9, "pass"),
    ("def rule():\n    if a:\n        return b", 3, 9, "return b"),
    ("def rule():\n    if a:\n        b = 1", 3, 9, "b = 1"),
    ("def rule():\n    if a:\n        if b:\n            c", 3, 9, "if b"),
    ("def rule():\n    while a:\n        b", 2, 5, "while a"),
    ("def rule():\n    if a()(b):\n        c", 2, 8, "a()"),
    ("def rule():\n    if f(a)(b):\n        c", 2, 8, "f(a)"),
    ("def rule():\n    if f():\n        c", 2, 8, "f()"),
    ("def rule():\n    if f(a=1):\n        c", 2, 8, "f(a=1)"),
    ("def rule():\n    if f(*a):\n        c", 2, 10, "*a"),
    ("def rule():\n    if f(**a):\n        c", 2, 8, "f(**a)"),
    ("def rule():\n    if f(b for b in c):\n        c", 2, 9, "for b in c"),
    ("def rule():\n    if [b for b in c]:\n        c", 2, 8, "for b in c"),
    ("def rule():\n    if lambda: a:\n        c", 2, 8, "lambda"),
    ("def rule():\n    if (a := b):\n        c", 2, 9, "a := b"),
    ("def rule():\n    if a < b < c:\n        c", 2, 8, "a < b < c"),
    ("def rule():\n    if a != b:\n        c", 2, 8, "a != b"),
    ("def rule():\n    if a is b:\n        c", 2, 8, "a is b"),
    ("def rule():\n    if a in b:\n        c", 2, 8, "a in b"),
    ("def rule():\n    if a + b:\n        c", 2, 8, "a + b"),
    ("def rule():\n    if -a:\n        c", 2, 8, "-a"),
    ("def rule():\n    if a[0]:\n        c", 2, 8, "a[0]"),
    ("def rule():\n    if [a]:\n        c", 2, 8, "[a]"),
    ("def rule():\n    if {a: b}:\n        c", 2, 8, "{a: b}"),
    ("def rule():\n    if ():\n        c", 2, 8, "()"),
    ("def rule():\n    if f((a, b)):\n        c", 2, 10, "(a, b)"),
    ("def rule():\n    if a:\n        b, c\n        d", 3, 9, "b, c"),
    ("def rule():\n    if f(a).b:\n        c", 2, 8, "f(a).b"),
    ("def rule():\n    if a.b(c).d(e):\n        c", 2, 8, "a.b(c).d"),
    ("def rule():\n    if a if b else c:\n        d", 2, 8, "a if b else c"),
    ("def rule():\n    if True:\n        c", 2, 8, "True"),
    ("def rule():\n    if None:\n        c", 2, 8, "None"),
    ("def rule():\n    if ...:\n        c", 2, 8, "..."),
    ("def rule():\n    if 1_000:\n        c", 2, 8, "1_000"),
    ("def rule():\n    if 0x1f:\n        c", 2, 8, "0x1f"),
    ("def rule():\n    if 1j:\n        c", 2, 8, "1j"),
    ("def rule():\n    if 8(a):\n        c", 2, 8, "8"),
    ("def rule():\n    if b'a':\n        c", 2, 8, "a"),
    ("def rule():\n    if f'{a}':\n        c", 2, 8, "a"),
    ('def rule():\n    if "":\n        c', 2, 8, '""'),
    ('def rule():\n    if "a, b":\n        c', 2, 8, "a, b"),
    ('def rule():\n    if "a\\nb":\n        c', 2, 8, "nb"),
    ('def rule():\n    if is_(é, "ü") and [x]:\n        c', 2, 24, "[x]"),
    ("def rule():\n    if a:\n        yield b", 3, 9, "yield b"),
    ("def rule():\n    if a:\n        await b", 3, 9, "await b"),
    ("def rule():\n    if a:\n        del b", 3, 9, "del b"),
]


@pytest.mark.parametrize(("text", "line", "column", "found"), PYTHON_THAT_IS_NO_SKELETON)
def test_other_python_is_refused_by_its_place(
    text: str, line: int, column: int, found: str
) -> None:
    ast.parse(text)
    with pytest.raises(RuleSyntaxError) as refusal:
        skeleton.parse_rule(text)
    assert (refusal.value.line, refusal.value.column) == (line, column)
    assert found in refusal.value.found.replace("\\\\", "\\")


@pytest.mark.parametrize(
    "text",
    [
        "def rule(:",
        "def rule():\n    if a\n        b",
        "def rule():\n    if a:\n        f(b",
        "def rule():\n    if a:\n        'b",
        "def rule():\n    if class:\n        b",
        "if(a),then(b)",
        "\x00",
        "\ud800",
        "<a/>",
        "def rule():\n    if " + "(" * 300 + "a" + ")" * 300 + ":\n        b",
        "def rule():\n    if " + "not " * 50_000 + "a:\n        b",
        "def rule():\n    if " + "a." * 50_000 + "a:\n        b",
        "def rule():\n    if " + "-" * 50_000 + "1:\n        b",
        "def rule():\n    if " + "a + " * 50_000 + "a:\n        b",
    ],
)
def test_what_is_no_python_is_refused_in_a_line(text: str) -> None:
    start = time.process_time()
    with pytest.raises(P4irError) as refusal:
        skeleton.parse_rule(text)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 400
    assert time.process_time() - start < 5


def test_nothing_is_executed(tmp_path: object) -> None:
    text = 'def rule():\n    if exist(door):\n        __import__("os").abort()'
    with pytest.raises(RuleSyntaxError, match="abort"):
        skeleton.parse_rule(text)
    name = parse_rule("if(exist(door)),then(__import__(os))")
    assert skeleton.parse_rule(skeleton.format_rule(name)) == name


GOOD = "def rule():\n    if exist(door) and not is_(door.use, 7):\n        require(has(door, lock))"


@pytest.mark.parametrize(
    ("text", "rule", "repairs"),
    [
        (GOOD[:-1], "", ["closed 1 bracket"]),
        (GOOD[:-2], "", ["closed 2 brackets"]),
        (GOOD + ")", "", ["dropped a closing bracket"]),
        (GOOD.replace("exist(door)", "exist(door"), "", None),
        (GOOD.replace(":\n        r", "\n        r"), "", ["added a colon"]),
        (GOOD.replace("(door, lock", "(door lock"), "", ["added a comma"]),
        (GOOD.replace("(door, lock", "(door,, lock"), "", ["dropped what had no operand"]),
        (GOOD.replace("not is_", "not is"), "", ["wrote 'is_' for 'is'"]),
        (GOOD.replace("def rule():\n", ""), "", ["added 'def rule():'"]),
        (GOOD.replace("    if", "  if").replace("        ", "  "), "", ["mended the layout"]),
        (f"The rule:\n```python\n{GOOD}\n```\nDone.", "", ["before", "after"]),
        (f"{GOOD}\n\n{GOOD}", "", ["cut text after the rule"]),
        (f"{GOOD}\n    return None", "", ["cut text after the rule"]),
        (f"{GOOD}\n        return None", "", ["cut text after the rule"]),
        (f'{GOOD[:-6]}, "350 mm', "350 mm", ["mended a string", "closed 2 brackets"]),
        (f"{GOOD[:-6]}, \"'2 * x1", "'2 * x1'", ["mended a string", "closed 2 brackets"]),
        (f"{GOOD[:-1]} and has(, ", "", ["dropped what had no operand", "dropped 'has' without"]),
        (f"{GOOD[:-1]} and exist(", "", ["dropped what had no operand", "dropped 'exist' without"]),
        (GOOD.replace("lock", "lock$"), "", ["dropped what is no name"]),
    ],
)
def test_a_broken_skeleton_is_mended_and_it_is_said(
    text: str, rule: str, repairs: list[str] | None
) -> None:
    with pytest.raises(RuleSyntaxError):
        skeleton.parse_rule(text)
    repaired = skeleton.repair_rule(text)
    assert len(repaired.spans) == repaired.rule.size
    if repairs is not None:
        assert all(any(part in said for said in repaired.repairs) for part in repairs)
        assert len(repairs) <= len(repaired.repairs)
    if rule:
        assert rule in repaired.rule.labels
    elif repairs is not None and "no operand" not in str(repairs[0]):
        assert repaired.rule == skeleton.parse_rule(GOOD)


@pytest.mark.parametrize("text", ["", "no rule", "def rule():", "def rule():\n    if a:", "if :"])
def test_what_has_no_condition_or_no_conclusion_cannot_be_mended(text: str) -> None:
    with pytest.raises(RuleSyntaxError):
        skeleton.repair_rule(text)


@given(text=broken_texts("skeleton"))
@settings(max_examples=100, deadline=None)
def test_any_broken_skeleton_is_a_rule_or_a_clear_line(text: str) -> None:
    try:
        repaired = skeleton.repair_rule(text)
    except (RuleSyntaxError, RuleError):
        return
    assert repaired.rule.is_complete
    assert skeleton.parse_rule(skeleton.format_rule(repaired.rule)) == repaired.rule
    assert all(0 <= start <= end <= len(text) for start, end in repaired.spans)


def test_spans_say_where_each_label_stands_also_in_a_broken_text() -> None:
    expected = [
        *("", "if", "and", "exist", "door", "not", "is_", "door.use", "7"),
        *("", "require", "has", "door", "lock"),
    ]
    for text in (GOOD, GOOD[:-2], f"é {GOOD}"[2:] + ")", f"Here — it is:\n{GOOD}\n"):
        spans = skeleton.repair_rule(text).spans
        assert [text[start:end] for start, end in spans] == expected


def test_mending_a_long_text_takes_no_time() -> None:
    for junk in ("(", ")", "a ", '"', ", ", "not ", "f(", "\n", "and ", "#"):
        text = GOOD + junk * 20_000
        start = time.process_time()
        try:
            rule = skeleton.repair_rule(text).rule
        except P4irError:
            rule = None
        assert time.process_time() - start < 5
        assert rule is None or rule.is_complete


def test_half_a_rule_is_not_written() -> None:
    with pytest.raises(RuleError, match="if"):
        skeleton.format_rule(rule_of(("if", ["a"])))
