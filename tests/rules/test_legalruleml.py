from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from p4ir.errors import NotationError, P4irError, RuleError, RuleSyntaxError
from p4ir.rules import Rule, format_rule, parse_rule
from p4ir.rules import legalruleml as xml
from p4ir.rules.entry import Entry
from p4ir.rules.legalruleml import parsing
from p4ir.rules.tree import MAX_DEPTH
from tests.rules.strategies import TRICKY_LABELS, rule_of, rules
from tests.shared_data import SHARED, development_texts, needs_shared

SCHEMA = SHARED / "schemas" / "legalruleml"
EXAMPLE = SCHEMA / "example.xml"
needs_schema = pytest.mark.skipif(
    not SCHEMA.exists(), reason=f"the LegalRuleML schema is not at {SCHEMA}"
)
NAMES = {"lrml": "http://docs.oasis-open.org/legalruleml/ns/v1.0/", "r": "http://ruleml.org/spec"}

CONVENTIONAL = "if(exist(gutter)),then(obligation(greaterThanEqual(gutter.area,4000 mm2)))"
ODD_RULES = [
    "if(a),then(b)",
    "if(a,b),then(c,obligation(d))",
    "if(and(a)),then(or(a))",
    "if(and(and(a,b))),then(and(and(a),b))",
    "if(and),then(or)",
    "if(not(a,b)),then(obligation(a,b))",
    "if(obligation(exist(a))),then(is(a,b))",
    "if(permission(not(a))),then(not(permission(a)))",
    "if(asPer(and(exist(a),b),x0)),then(asPer(obligation(a),en_1990))",
    "if(loop(forEach(wall.side),has(wall.side,lining))),then(loop(a,b))",
    "if(loop(forEach(a,b),c)),then(obligation(loop(forEach(f(a)),c)))",
    "if(loop(forEach(a),loop(forEach(b),is(a,b)))),then(loop(forEach(a)))",
    "if(forEach(a)),then(has(loop(forEach(a),b),c))",
    "if(is(a,1.5m)),then(is(a,1.5  m))",
    "if(is(a,1.5\u00a0m)),then(is(a,50%))",
    "if(is(a,500e)),then(is(a,5 e))",
    "if(is(a,007)),then(is(a,-0.50))",
    "if(is(a,1/8)),then(is(a,-1/08))",
    "if(is(a,en_1990_1 to en_1990_9)),then(is(a,b to c))",
    "if(is(a,'x')),then(is(a,''))",
    "if(is(a,' two  spaces ')),then(is(a,'(,)'))",
    "if(is(x1.area,x1)),then(is(a.b.c,.a))",
    "if(is(a\"b&c<d>,o'clock)),then(größe ½(a's %20,%41))",
    "if(fn:a(unit:b,:c)),then(a/b(/a,//b))",
    "if(is(prohibition,prohibition)),then(prohibition(prohibition))",
]


def assert_round_trip(rule: Rule) -> str:
    text = xml.format_rule(rule)
    assert xml.parse_rule(text) == rule
    assert xml.validate(text) == []
    return text


@pytest.mark.parametrize("text", ODD_RULES)
def test_an_odd_rule_comes_back_as_it_was_and_is_valid(text: str) -> None:
    written = assert_round_trip(parse_rule(text))
    if SCHEMA.exists():
        assert xml.validate(written, SCHEMA) == []


@given(rule=rules())
@settings(max_examples=100, deadline=None)
def test_any_rule_comes_back_as_it_was(rule: Rule) -> None:
    assert_round_trip(rule)


@needs_schema
@given(rule=rules())
@settings(max_examples=100, deadline=None)
def test_any_rule_is_valid_by_the_schema(rule: Rule) -> None:
    assert xml.validate(xml.format_rule(rule), SCHEMA) == []


@pytest.mark.parametrize("label", TRICKY_LABELS)
def test_a_label_comes_back_wherever_it_stands(label: str) -> None:
    inner = (label, [label, ("and", [label]), (label, [label, (label, [label])])])
    loop = ("loop", [("forEach", [label]), ("has", [label, "b"])])
    assert_round_trip(rule_of(("if", [label, inner, loop]), ("then", [("not", [inner])])))


@needs_schema
def test_the_deepest_rule_is_written_read_and_valid() -> None:
    term: object = "'a'"
    for number in range(MAX_DEPTH - 3):
        term = ("not" if number % 2 else "and", [term])
    deep = rule_of(("if", [term]), ("then", [term]))
    assert xml.validate(assert_round_trip(deep), SCHEMA) == []


@needs_shared
@needs_schema
def test_the_development_rules_are_one_valid_document() -> None:
    written = [
        Entry(rule=parse_rule(text), id=str(n)) for n, text in enumerate(development_texts())
    ]
    assert len(written) == 601
    document = xml.format_document(written)
    assert xml.validate(document, SCHEMA) == []
    assert xml.read_document(document) == (written, [])


def find(text: str, path: str) -> list[etree._Element]:
    found = etree.fromstring(text.encode()).xpath(path, namespaces=NAMES)
    assert isinstance(found, list)
    return found  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "path", "count"),
    [
        (CONVENTIONAL, "//lrml:PrescriptiveStatement/r:Rule/r:then/lrml:Obligation/r:Atom", 1),
        (
            "if(a),then(not(permission(b)))",
            "//lrml:PrescriptiveStatement//r:Neg/lrml:Permission",
            1,
        ),
        ("if(a),then(prohibition(b))", "//r:then/lrml:Prohibition", 1),
        ("if(a),then(f(obligation(b)))", "//lrml:PrescriptiveStatement", 1),
        ("if(obligation(a)),then(applyTo(a,b))", "//lrml:ConstitutiveStatement", 1),
        ("if(a),then(is(a,obligation))", "//lrml:ConstitutiveStatement", 1),
        ("if(and(a,or(b,not(c)))),then(d)", "//r:if/r:And/r:Or/r:Neg/r:Atom", 1),
        ("if(is(a.b,7 mm)),then(c)", "//r:Expr[r:Fun/@iri='unit:mm']/r:Data[.='7']", 1),
        ("if(is(a.b,7mm)),then(c)", "//r:Expr[r:Fun/@iri='unit:mm']/r:Ind[.='7mm']", 1),
        ("if(is(a.b,7)),then(c)", "//r:Expr[r:Fun/@iri='entity:b']/r:Var[.='a']", 1),
        ("if(is(a.b,or(c,d))),then(e)", "//r:Expr/r:Ind[.='c' or .='d']", 2),
        ("if(is(a,500e)),then(c)", "//r:Atom/r:Ind[.='500e']", 1),
        ("if(asPer(a,en_1990)),then(c)", "//r:Ind[@iri=':ref-en_1990']", 1),
        ("if(asPer(a,en_1990)),then(is(b,en_1990))", "//lrml:Reference[@refID='en_1990']", 1),
        ("if(loop(forEach(a.b),is(a.b,c))),then(d)", "//r:Forall//r:Var[.='a.b']", 2),
        ("if(asPer(and(a,b),c)),then(d)", "//r:Atom/r:Expr[r:Fun/@iri='fn:and']", 1),
        ("if(a,b),then(c)", "//r:if/r:And[@style='term:several']/r:Atom", 2),
    ],
)
def test_a_construct_becomes_the_standard_s_own_element(text: str, path: str, count: int) -> None:
    assert len(find(xml.format_rule(parse_rule(text)), path)) == count


RULE = parse_rule(CONVENTIONAL)


def test_what_is_known_about_a_rule_comes_back_with_it() -> None:
    entries = [
        Entry(
            rule=RULE,
            id="4.2 <a>",
            clause='Gutters & drains\n\tshall be "wide" – 4000 mm².',
            document="Code of Practice X/1",
            number="4.2",
            paraphrase="  A gutter is at least 4000 mm2.",
            model="base",
            adapter="default",
            status="draft",
        ),
        Entry(rule=RULE, document="Code of Practice X/1", number="4.2"),
        Entry(rule=RULE, id="s", document="Code of Practice X/1"),
        Entry(rule=RULE, id="s", number="9"),
        Entry(rule=RULE, id="rule-5", clause="A clause."),
        Entry(rule=RULE, id="防火"),
        Entry(rule=RULE),
    ]
    document = xml.format_document(entries)
    assert xml.read_document(document) == (entries, [])
    assert xml.validate(document, SCHEMA if SCHEMA.exists() else None) == []
    assert len(find(document, "//lrml:LegalReference")) == 3
    assert len(find(document, "//lrml:Association[1]/lrml:toTarget")) == 2


@pytest.mark.parametrize(
    "ids", [("rule-2", ""), ("", "rule-1"), ("rule-2", "rule-2", "", "rule-3")]
)
def test_a_rule_without_an_id_gets_none_from_one_that_is_called_by_its_number(
    ids: tuple[str, ...],
) -> None:
    entries = [Entry(rule=RULE, id=id_, number="1") for id_ in ids]
    document = xml.format_document(entries)
    assert xml.read_document(document) == (entries, [])
    assert xml.validate(document, SCHEMA if SCHEMA.exists() else None) == []


@given(texts=st.lists(st.text(max_size=12), min_size=7, max_size=7))
@settings(max_examples=100, deadline=None)
def test_no_text_about_a_rule_makes_a_document_invalid(texts: list[str]) -> None:
    names = ("id", "clause", "document", "number", "paraphrase", "model", "status")
    entry = Entry(rule=RULE, **dict(zip(names, texts, strict=True)))
    document = xml.format_document([entry, entry])
    assert xml.validate(document, SCHEMA if SCHEMA.exists() else None) == []
    back = xml.read_document(document)
    assert not back.problems
    if all(text.isprintable() for text in texts):
        assert back.entries == [entry, entry]


def test_ten_thousand_rules_take_seconds_and_a_late_problem_has_its_line() -> None:
    entries = [
        Entry(rule=parse_rule(f"if(exist(a{n})),then(obligation(has(a{n},{n} mm)))"), id=f"r{n}")
        for n in range(10_000)
    ]
    start = time.process_time()
    document = xml.format_document(entries)
    assert xml.read_document(document).entries == entries
    assert xml.validate(document, SCHEMA if SCHEMA.exists() else None) == []
    assert time.process_time() - start < 60
    at = document.rindex("<ruleml:Data ")
    broken = f"{document[:at]}<ruleml:Slot/>{document[at:]}"
    read = xml.read_document(broken)
    line = broken[:at].count("\n") + 1
    assert line > 200_000
    assert len(read.entries) == 9_999
    assert [(p.line, p.found) for p in read.problems] == [(line, "<ruleml:Slot>")]
    if SCHEMA.exists():
        assert {problem.line for problem in xml.validate(broken, SCHEMA)} == {line}


LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol">
{}]>
<lrml:LegalRuleML xmlns:lrml="{lrml}" a="&lol9;"><lrml:Comment>&lol9;</lrml:Comment>
</lrml:LegalRuleML>""".replace("{lrml}", NAMES["lrml"]).format(
    "\n".join(
        f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">'.replace("lol0", "lol") for n in range(1, 10)
    )
)


@pytest.mark.parametrize("source", [LAUGHS, LAUGHS.encode(), LAUGHS.encode("utf-16")])
def test_entities_are_never_expanded(source: str | bytes) -> None:
    start = time.process_time()
    with pytest.raises(RuleSyntaxError):
        xml.read_document(source)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "{path}">]>',
        '<!DOCTYPE a SYSTEM "{path}">',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "{path}"> %x;]>',
        '<!-- a --> <?b c?>\n<!DOCTYPE a PUBLIC "-//X//Y" "http://127.0.0.1:9/x.dtd">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_nothing_outside_the_document_is_read(tmp_path: Path, doctype: str, encoding: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    head = f'<?xml version="1.0" encoding="{encoding}"?>' + doctype.replace("{path}", str(secret))
    text = head + xml.format_rule(RULE).split("?>", 1)[1].replace("gutter<", "&x;<")
    with pytest.raises(RuleSyntaxError, match=r"document type|ntity") as refusal:
        xml.read_document(text.encode(encoding))
    assert "secret" not in str(refusal.value).replace(str(secret), "")


def test_a_document_type_in_a_comment_is_none() -> None:
    text = xml.format_rule(RULE).replace("?>\n", "?>\n<!-- <!DOCTYPE a> -->\n")
    assert xml.parse_rule(text) == RULE


def test_many_comments_before_the_root_take_no_time() -> None:
    text = xml.format_rule(RULE).replace("?>\n", "?>\n" + "<!-- a -->" * 20_000, 1)
    start = time.process_time()
    assert xml.parse_rule(text) == RULE
    assert time.process_time() - start < 2


def test_a_document_above_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "MAX_BYTES", 1_000)
    with pytest.raises(RuleError, match="more than"):
        xml.read_document(xml.format_rule(RULE))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "XML"),
        ("if(a),then(b)", "line 1, column 1: .*expected XML"),
        ("<a><b></a>", "line 1, column .*expected XML"),
        ("<html/>", "found <html>, expected <lrml:LegalRuleML>"),
        (
            '<r:RuleML xmlns:r="http://ruleml.org/spec"/>',
            "found <ruleml:RuleML>, expected <lrml:LegalRuleML>",
        ),
        (xml.format_document([]), "a document of 0 rules"),
        (xml.format_document([Entry(rule=RULE)] * 2), "a document of 2 rules"),
        ("\ud800", "XML"),
    ],
)
def test_foreign_xml_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(RuleSyntaxError, match=message):
        xml.parse_rule(text)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<ruleml:if>", "<ruleml:If>", "XML"),
        ("lrml:Obligation", "lrml:Right", "found <lrml:Right>, expected Atom"),
        ("<lrml:Obligation>", '<lrml:Obligation over="#a">', "over of <lrml:Obligation>"),
        ("ruleml:Atom", "ruleml:Equal", "found <ruleml:Equal>"),
        ('iri="fn:exist"', 'iri="https://example.org/exist"', "vocabulary of p4ir"),
        ('iri="fn:exist"', 'iri="entity:exist"', "expected a functor"),
        ('iri="fn:exist"', 'iri="fn:%FF"', "percent-encoded UTF-8"),
        ('iri="fn:exist"', 'iri="fn:a%28b"', "expected a name"),
        ('iri="fn:exist"', 'iri="fn:"', "expected a name"),
        ('<ruleml:Rel iri="fn:exist"/>', "", "Rel first"),
        ("xs:decimal", "xs:date", "a number or a string"),
        ("xs:decimal", "xs:string", "a property, a quantity"),
        ("<ruleml:Var>gutter<", "<ruleml:Var>a(b)<", r"found 'a\(b\)'"),
        ("<ruleml:Var>gutter<", "<ruleml:Var> <", "found nothing"),
        ("<ruleml:Var>gutter<", '<ruleml:Var type="fn:a">gutter<', "type of <ruleml:Var>"),
        ("<ruleml:Var>gutter</ruleml:Var>", "<ruleml:slot/>", "<ruleml:slot>"),
        ("<ruleml:Var>gutter</ruleml:Var>", "<ruleml:Expr/>", "Fun first"),
        ("<lrml:Obligation>", "<lrml:Obligation>must", "elements only"),
        ('closure="universal"', 'closure="existential"', "closure of <ruleml:Rule>"),
        ("lrml:PrescriptiveStatement", "lrml:FactualStatement", "a prescriptive or"),
        ("<ruleml:then>", "<ruleml:else/><ruleml:then>", "<ruleml:else>"),
        ("</ruleml:then>", "</ruleml:then><ruleml:else/>", "the end of the rule"),
    ],
)
def test_xml_that_is_no_rule_of_ours_is_refused_by_its_element(
    old: str, new: str, message: str
) -> None:
    text = xml.format_rule(RULE)
    assert old in text
    with pytest.raises(RuleSyntaxError, match=message) as refusal:
        xml.parse_rule(text.replace(old, new))
    assert refusal.value.line > 1


def test_two_formulas_where_one_belongs_are_refused() -> None:
    text = xml.format_rule(RULE)
    atom = text[text.index("<ruleml:Atom>") : text.index("</ruleml:if>")]
    with pytest.raises(RuleSyntaxError, match="one formula in <ruleml:if>"):
        xml.parse_rule(text.replace(atom, atom * 2, 1))
    with pytest.raises(RuleSyntaxError, match="<ruleml:if> without one"):
        xml.parse_rule(text.replace(atom, "", 1))
    with pytest.raises(RuleSyntaxError, match="<ruleml:And> with 0 formulas"):
        xml.parse_rule(text.replace(atom, "<ruleml:And/>", 1))
    with pytest.raises(RuleSyntaxError, match="<ruleml:Neg> with 2 formulas"):
        xml.parse_rule(text.replace(atom, f"<ruleml:Neg>{atom * 2}</ruleml:Neg>", 1))


def test_a_quantity_that_contradicts_its_spelling_is_refused() -> None:
    text = xml.format_rule(parse_rule("if(is(a.b,1.5m)),then(c)"))
    with pytest.raises(RuleSyntaxError, match="quantity"):
        xml.parse_rule(text.replace(">1.5<", ">2.5<"))


def test_lines_that_another_program_wrapped_are_joined() -> None:
    text = xml.format_rule(parse_rule("if(has space(a b,c)),then(d)"))
    wrapped = text.replace("<ruleml:Var>a b<", "<ruleml:Var>\n    a\n    b\n  <")
    assert xml.parse_rule(wrapped) == parse_rule("if(has space(a b,c)),then(d)")


def test_an_office_may_publish_the_vocabularies_below_its_own_address() -> None:
    text = xml.format_rule(RULE).replace("https://github.com/p4ir/", "https://example.org/office/")
    assert xml.parse_rule(text) == RULE


def test_good_statements_are_read_beside_bad_ones() -> None:
    document = xml.format_document([Entry(rule=RULE, id=name) for name in ("a", "b", "c")])
    broken = document.replace("ruleml:then", "ruleml:so", 2)
    read = xml.read_document(broken)
    assert [entry.id for entry in read.entries] == ["b", "c"]
    assert [problem.found for problem in read.problems] == ["<ruleml:so>"]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('key="b"', 'key="a"', "key 'a' 2 times"),
        ('keyref="#a"', 'keyref="#z"', "keyref '#z'"),
        ('iri="fn:exist"', 'iri="zzz:exist"', "prefix 'zzz'"),
        ('iri="fn:exist"', 'iri="fn:ex ist"', "iri 'fn:ex ist'"),
        ('<lrml:toTarget keyref="#a"/>', "", "<lrml:Association> without <lrml:toTarget>"),
        ("ruleml:if>", "ruleml:If>", "<ruleml:Rule> without <ruleml:if>"),
    ],
)
def test_what_the_schema_leaves_out_is_checked(old: str, new: str, found: str) -> None:
    entries = [Entry(rule=RULE, id="a", number="1"), Entry(rule=RULE, id="b")]
    text = xml.format_document(entries)
    assert xml.validate(text) == []
    assert old in text
    broken = text.replace(old, new)
    problems = xml.validate(broken)
    assert any(problem.found.startswith(found) for problem in problems)
    assert all(1 < problem.line < broken.count("\n") for problem in problems)


@pytest.mark.parametrize(
    "name", ["Statements", "LegalReferences", "References", "Associations", "LegalRuleML"]
)
def test_an_empty_category_is_a_problem(name: str) -> None:
    inner = "" if name == "LegalRuleML" else f"<lrml:{name}/>"
    text = f'<lrml:LegalRuleML xmlns:lrml="{NAMES["lrml"]}">{inner}</lrml:LegalRuleML>'
    assert [problem.found for problem in xml.validate(text)] == [f"<lrml:{name}> without content"]


@pytest.mark.parametrize("tag", ["lrml:Obligation", "lrml:Right", "ruleml:Or"])
def test_an_empty_operator_is_a_problem(tag: str) -> None:
    text = xml.format_rule(RULE)
    broken = text.replace("<ruleml:then>", f"<ruleml:then><{tag}/>")
    assert [p.found for p in xml.validate(broken)] == [f"<{tag}> without content"]
    # RuleML: an Or of one formula is that formula.
    assert xml.validate(xml.format_rule(parse_rule("if(or(a)),then(b)"))) == []


@needs_schema
def test_the_schema_finds_what_it_forbids_with_the_line() -> None:
    text = xml.format_rule(RULE)
    broken = text.replace(">4000<", ">four<")
    line = next(n for n, t in enumerate(broken.split("\n"), 1) if ">four<" in t)
    problems = xml.validate(broken, SCHEMA / "compact" / "lrml-compact.xsd")
    assert {problem.line for problem in problems} == {line}
    assert all("four" in problem.found or "decimal" in problem.found for problem in problems)


@needs_schema
def test_the_standard_s_own_kind_of_document_is_read() -> None:
    assert xml.validate(EXAMPLE.read_bytes(), SCHEMA) == []
    read = xml.read_document(EXAMPLE.read_bytes())
    assert len(read.entries) == 3
    assert [problem.found for problem in read.problems] == ["<ruleml:And> with 0 formulas"]


@pytest.mark.parametrize("content", [None, "<a/>", "no schema", "<a"])
def test_a_schema_that_is_none_is_refused(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "lrml-compact.xsd"
    if content is not None:
        path.write_text(content)
    with pytest.raises(NotationError, match="schema"):
        xml.validate(xml.format_rule(RULE), path if content else tmp_path)


def test_half_a_rule_is_not_written() -> None:
    with pytest.raises(RuleError, match="if"):
        format_rule(rule_of(("if", ["a"])), "legalruleml")


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_any_damage_is_a_rule_or_a_clear_line(data: st.DataObject) -> None:
    text = xml.format_rule(RULE)
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 30))
    put_in = data.draw(st.text("<>/&;:\"'= arul\n#x0[]!-", max_size=6))
    damaged = text[:start] + put_in + text[start + length :]
    try:
        rule, message = xml.parse_rule(damaged), ""
    except P4irError as error:
        rule, message = RULE, str(error)
    assert "\n" not in message
    assert xml.parse_rule(xml.format_rule(rule)) == rule


def test_a_hostile_depth_is_refused() -> None:
    text = xml.format_rule(RULE)
    for tag in ("ruleml:And", "ruleml:Neg", "lrml:Obligation"):
        deep = text.replace("<ruleml:Atom>", f"<{tag}>" * 240 + "<ruleml:Atom>", 1)
        deep = deep.replace("</ruleml:Atom>", "</ruleml:Atom>" + f"</{tag}>" * 240, 1)
        with pytest.raises(P4irError, match=f"{MAX_DEPTH} deep"):
            xml.parse_rule(deep)
    with pytest.raises(P4irError):
        xml.parse_rule(text.replace("<ruleml:Atom>", "<ruleml:And>" * 100_000, 1))


def test_elements_without_end_are_refused_in_plain_words() -> None:
    with pytest.raises(RuleSyntaxError, match="found elements nested too deep, expected XML"):
        xml.parse_rule("<a>" * 1000)
