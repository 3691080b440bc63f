"""Validation by what is measured: rules are generated greedily and scored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from p4ir.corpus.prompts import ClauseNumber, make_prompt
from p4ir.corpus.records import Record
from p4ir.inference.generation import generate
from p4ir.inference.interpretation import Interpretation, read_completion
from p4ir.metrics import lrml_f1
from p4ir.metrics.scoring import score
from p4ir.training.merged import merged_copy
from p4ir.training.recipe import ValidationOptions


def validate(
    model: Any,
    tokenizer: Any,
    records: Sequence[Record],
    notation: str,
    clause_number: ClauseNumber,
    options: ValidationOptions,
) -> dict[str, float]:
    """Return the means of nTED, nLev, exact and valid, and LRML-F1, over the records.

    A completion that gives no rule counts as an empty one.
    """
    records = [record for record in records if record.rule is not None][: options.limit]
    results = write_rules(
        model, tokenizer, [r.clause for r in records], notation, clause_number, options
    )
    scores, valid = [], 0
    for record, result in zip(records, results, strict=True):
        assert record.rule is not None
        valid += result.valid
        scores.append(score(result.rule or "", record.rule))
    n = len(scores)
    return {
        "nted": sum(s.nted for s in scores) / n,
        "nlev": sum(s.nlev for s in scores) / n,
        "lrml_f1": lrml_f1((s.precision, s.recall) for s in scores),
        "exact": sum(s.exact for s in scores) / n,
        "valid": valid / n,
    }


def write_rules(
    model: Any,
    tokenizer: Any,
    clauses: Sequence[str],
    notation: str,
    clause_number: ClauseNumber,
    options: ValidationOptions,
) -> list[Interpretation]:
    """Have a model that is being trained write, greedily and freely, a rule for each clause."""
    was_training = model.training
    model.eval()
    try:
        completions = generate(
            merged_copy(model),
            tokenizer,
            [make_prompt(clause, clause_number) for clause in clauses],
            max_new_tokens=options.max_new_tokens,
            batch_size=options.batch_size,
        )
    finally:
        model.train(was_training)
    return [
        read_completion(clause, completion, notation)
        for clause, completion in zip(clauses, completions, strict=True)
    ]
