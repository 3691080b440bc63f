"""Every worked example of data/GUIDE.md is a rule as the guide wants it."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from p4ir.corpus.no_requirement import NO_REQUIREMENT, is_no_requirement
from p4ir.rules import format_rule, parse_rule
from p4ir.rules.kinds import kind_of
from p4ir.rules.lint import lint

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "data" / "GUIDE.md").read_text(encoding="utf-8")
GRAMMAR = ROOT.parent / "shared" / "data" / "nzbc_lrml" / "lrml.lark"
UNUSED = {"prohibition", "avoid", "in", "onto", "over", "compare"}


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
def test_examples_keep_to_the_shape_of_section_1(text: str) -> None:
    rule = parse_rule(text)
    parents = rule.parents()
    for node in rule.nodes():
        above = rule.labels[parents[node.number]] if node.number else ""
        assert not (node.label in ("and", "or") and above == node.label)
        assert node.label not in UNUSED or node.is_leaf
        assert kind_of(node) != "entity.property" or node.label.count(".") == 1
        if node.label in ("obligation", "permission") and not node.is_leaf:
            assert above in ("then", "and")


@pytest.mark.parametrize("text", RULES)
def test_variables_are_defined_before_their_use_and_counted_from_0(text: str) -> None:
    labels = parse_rule(text).labels
    defined = [labels.index(name) for name in sorted(set(re.findall(r"\bx\d\b", text)))]
    assert [labels[index] for index in defined] == [f"x{n}" for n in range(len(defined))]
    assert all(first < second for first, second in pairwise(defined))


@pytest.mark.parametrize("text", RULES)
def test_the_grammar_of_the_published_data_reads_the_examples(text: str) -> None:
    lark = pytest.importorskip("lark")
    if not GRAMMAR.exists():
        pytest.skip("the grammar of NZBC-LRML is not beside the project")
    lark.Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr").parse(text)


def test_the_guide_gives_the_rule_of_sentences_without_requirement() -> None:
    assert format_rule(NO_REQUIREMENT) in [rule for _, rule in EXAMPLES]
    others = [rule for _, rule in EXAMPLES if not is_no_requirement(parse_rule(rule))]
    assert len(others) == len(EXAMPLES) - 1
