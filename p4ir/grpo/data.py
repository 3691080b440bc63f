"""Clauses as prompts, with the columns that the rewards read."""

from __future__ import annotations

from collections.abc import Sequence

from p4ir.corpus.prompts import make_prompt
from p4ir.corpus.records import Record
from p4ir.grpo.config import GrpoRecipe
from p4ir.rules import format_rule


def prompts(records: Sequence[Record], recipe: GrpoRecipe) -> list[dict[str, str]]:
    """Return `prompt`, `clause`, `reference` (compact LRML), `notation` and `id` of each."""
    rows = []
    for record in records:
        assert record.rule is not None
        rows.append(
            {
                "prompt": make_prompt(record.clause, recipe.corpus.clause_number),
                "clause": record.clause,
                "reference": format_rule(record.rule),
                "notation": recipe.notation,
                "id": record.id,
            }
        )
    return rows
