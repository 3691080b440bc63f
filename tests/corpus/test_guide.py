"""Every worked example of data/GUIDE.md is a rule as the guide wants it."""

import re
from pathlib import Path

import pytest

from p4ir.corpus.conventions import UNUSED, broken_conventions
from p4ir.corpus.no_requirement import NO_REQUIREMENT, is_no_requirement
from p4ir.rules import format_rule, parse_rule
from p4ir.rules.grounding import ground
from p4ir.rules.lint import lint
from p4ir.rules.units import is_known_unit

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "data" / "GUIDE.md").read_text(encoding="utf-8")
GRAMMAR = ROOT.parent / "shared" / "data" / "nzbc_lrml" / "lrml.lark"


def read_examples() -> list[tuple[str, str]]:
    """Return the (clause, rule) pairs of the guide's blocks."""
    pairs = []
    for block in re.findall(r"```lrml\n(.*?)```", GUIDE, flags=re.DOTALL):
        lines = block.splitlines()
        assert len(lines) % 2 == 0
        assert all(line.startswith("# ") for line in lines[::2])
        pairs += [(clause[2:], rule) for clause, rule in zip(lines[::2], lines[1::2], strict=True)]
    return pairs


EXAMPLES = read_examples()
RULES = [pytest.param(rule, id=clause[:40]) for clause, rule in EXAMPLES]


def test_each_section_on_patterns_has_an_example() -> None:
    sections = re.split(r"^## ", GUIDE, flags=re.MULTILINE)[1:]
    bare = [section.split("\n")[0] for section in sections if "```lrml" not in section]
    assert bare == ["3. Relations", "11. The record"]


@pytest.mark.parametrize("text", RULES)
def test_examples_lint_clean_and_are_written_as_they_print(text: str) -> None:
    rule = parse_rule(text)
    assert lint(rule) == []
    assert format_rule(rule) == text


@pytest.mark.parametrize("text", RULES)
def test_examples_keep_to_the_conventions(text: str) -> None:
    assert broken_conventions(parse_rule(text)) == []


@pytest.mark.parametrize(("clause", "text"), EXAMPLES)
def test_numbers_and_references_of_examples_stand_in_their_clauses(clause: str, text: str) -> None:
    rule = parse_rule(text)
    assert is_no_requirement(rule) or ground(rule, clause).invented == ()


def test_the_functors_and_units_of_the_guide_are_those_of_the_program() -> None:
    unused = GUIDE.split("Pick the first row that fits; ")[1].split(" are not used")[0]
    assert set(re.findall(r"`(\w+)`", unused)) == UNUSED
    units = GUIDE.split("**Units**, exactly: `")[1].split("`")[0].split()
    assert [unit for unit in units if not is_known_unit(unit)] == []
    assert len(units) > 40


def test_the_grammar_of_the_published_data_reads_the_examples() -> None:
    lark = pytest.importorskip("lark")
    if not GRAMMAR.exists():
        pytest.skip("the grammar of NZBC-LRML is not beside the project")
    parser = lark.Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr")
    for _, text in EXAMPLES:
        assert parser.parse(text).data == "start"


def test_the_guide_gives_the_rule_of_sentences_without_requirement() -> None:
    assert format_rule(NO_REQUIREMENT) in [rule for _, rule in EXAMPLES]
    others = [rule for _, rule in EXAMPLES if not is_no_requirement(parse_rule(rule))]
    assert len(others) == len(EXAMPLES) - 1
