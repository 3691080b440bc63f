"""The examples in Python of README.md and of the pages on inference and serving, as they stand."""

import re
from pathlib import Path

import pytest

import p4ir
from p4ir.corpus.no_requirement import NO_REQUIREMENT, is_no_requirement
from p4ir.inference.interpretation import Interpretation, refused
from p4ir.rules import NOTATIONS, format_rule, parse_rule

ROOT = Path(__file__).resolve().parents[2]
TEXT = "if(exist(door)),then(obligation(is(door,closed)))"


class Stand:
    """Stands in for an interpreter: gives what it is told to, whatever it is asked."""

    def __init__(self, *results):
        self.results = results

    def __call__(self, *_, **__):
        return self

    def interpret(self, clauses):
        return self.results


def programs(page):
    return re.findall(r"^```python\n(.*?)^```", (ROOT / page).read_text(), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(
    ("page", "name"), [("README.md", "Interpreter"), ("docs/serve.md", "ServedInterpreter")]
)
def test_the_loops_of_the_pages_go_on_behind_a_clause_without_a_rule(
    page, name, monkeypatch, capsys
):
    rule = Interpretation(clause="A door.", rule=parse_rule(TEXT), valid=True)
    stand = Stand(refused("", "the clause is empty"), rule)
    monkeypatch.setattr(p4ir, name, stand, raising=False)
    [program] = programs(page)
    exec(compile(program, page, "exec"), {})
    first, second = capsys.readouterr().out.splitlines()
    assert first == "no rule: the clause is empty"
    assert second.startswith(TEXT)


def test_the_page_tells_a_text_that_demands_nothing_apart(monkeypatch, capsys):
    [program] = [each for each in programs("docs/inference.md") if "is_no_requirement" in each]
    for rule, said in [(NO_REQUIREMENT, "demands nothing\n"), (parse_rule(TEXT), ""), (None, "")]:
        result = Interpretation(clause="", rule=rule, valid=rule is not None)
        monkeypatch.setattr(p4ir, "Interpreter", Stand(result), raising=False)
        exec(compile(program, "docs/inference.md", "exec"), {})
        assert capsys.readouterr().out == said


@pytest.mark.parametrize("page", ["docs/serve.md", "docs/batch.md", "docs/inference.md"])
def test_the_pages_show_the_rule_of_a_text_that_demands_nothing(page):
    assert f"`{format_rule(NO_REQUIREMENT)}`" in (ROOT / page).read_text()


@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_text_that_demands_nothing_is_told_apart_in_any_notation(notation):
    text = format_rule(NO_REQUIREMENT, notation)
    assert is_no_requirement(parse_rule(text, notation))
