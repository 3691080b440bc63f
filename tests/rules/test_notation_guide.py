"""The guide shows one rule in every notation; the code writes it so."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from p4ir.rules import NOTATIONS, format_rule, parse_rule
from p4ir.rules.legalruleml.names import BASE, VOCABULARIES
from p4ir.rules.vocabulary import ARITIES

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "notation.md").read_text(encoding="utf-8")


def shown_in(notation: str) -> str:
    section = GUIDE.split(f"\n## {notation}\n")[1].split("\n## ")[0]
    return re.findall(r"```\w+\n(.*?)\n```", section, re.DOTALL)[0]


RULE = parse_rule(shown_in("lrml"))


@pytest.mark.parametrize("notation", ["lrml", "json", "outline", "skeleton"])
def test_the_guide_shows_what_the_code_writes(notation: str) -> None:
    assert shown_in(notation) == format_rule(RULE, notation)


def test_the_guide_shows_the_statement_that_the_code_writes() -> None:
    assert textwrap.indent(shown_in("legalruleml"), " " * 4) in format_rule(RULE, "legalruleml")


def test_the_guide_names_every_notation_and_every_functor() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| .*`p4ir\.rules\.", GUIDE, re.MULTILINE)) == set(
        NOTATIONS
    )
    assert all(re.search(rf"\b{functor}\b", GUIDE) for functor in ARITIES)
    assert all(f"`{prefix}`" in GUIDE for prefix in VOCABULARIES)
    assert BASE.endswith("/p4ir/")
