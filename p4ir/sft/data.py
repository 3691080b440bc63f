"""Clauses as pairs of prompt and completion."""

from __future__ import annotations

from collections.abc import Sequence

from p4ir.corpus.prompts import make_prompt
from p4ir.corpus.records import Record
from p4ir.rules import format_rule
from p4ir.rules.draft import write_draft
from p4ir.sft.config import SftRecipe


def training_pairs(records: Sequence[Record], recipe: SftRecipe) -> list[dict[str, str]]:
    """Return `prompt` and `completion` of each record, and of its paraphrase if wanted."""
    pairs: list[dict[str, str]] = []
    for record in records:
        assert record.rule is not None
        completion = format_rule(record.rule, recipe.notation)
        if recipe.drafts:
            completion = write_draft(record.rule) + completion
        texts = [record.clause]
        if recipe.corpus.paraphrases and record.paraphrase:
            texts.append(record.paraphrase)
        pairs.extend(
            {"prompt": make_prompt(text, recipe.corpus.clause_number), "completion": completion}
            for text in texts
        )
    return pairs
