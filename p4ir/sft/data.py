"""Clauses as pairs of prompt and completion."""

from __future__ import annotations

from collections.abc import Sequence

from p4ir.corpus.prompts import make_prompt
from p4ir.corpus.records import Record
from p4ir.sft.config import SftRecipe
from p4ir.training.data import completion_of


def training_pairs(records: Sequence[Record], recipe: SftRecipe) -> list[dict[str, str]]:
    """Return `prompt` and `completion` of each record, and of its paraphrase if wanted."""
    pairs: list[dict[str, str]] = []
    for record in records:
        assert record.rule is not None
        completion = completion_of(record.rule, recipe)
        texts = [record.clause]
        if recipe.corpus.paraphrases and record.paraphrase:
            texts.append(record.paraphrase)
        pairs.extend(
            {"prompt": make_prompt(text, recipe.corpus.clause_number), "completion": completion}
            for text in texts
        )
    return pairs
