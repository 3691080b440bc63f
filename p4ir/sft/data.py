"""Clauses as pairs of prompt and completion."""

from __future__ import annotations

from collections.abc import Sequence

from p4ir.corpus.prompts import clean_clause, make_channel_prompt, make_prompt
from p4ir.corpus.records import Record
from p4ir.rules import format_rule
from p4ir.sft.config import SftRecipe
from p4ir.training.data import completion_of


def training_pairs(records: Sequence[Record], recipe: SftRecipe) -> list[dict[str, str]]:
    """Return `prompt` and `completion` of each record, and of its paraphrase if wanted."""
    number = recipe.corpus.clause_number
    pairs: list[tuple[str, str]] = []
    for record in records:
        assert record.rule is not None
        texts = [record.clause]
        if recipe.corpus.paraphrases and record.paraphrase:
            texts.append(record.paraphrase)
        if recipe.writes == "clause":
            prompt = make_channel_prompt(format_rule(record.rule, recipe.notation))
            pairs.extend((prompt, clean_clause(text, number)) for text in texts)
        else:
            completion = completion_of(record.rule, recipe)
            pairs.extend((make_prompt(text, number), completion) for text in texts)
    return [{"prompt": prompt, "completion": completion} for prompt, completion in pairs]
