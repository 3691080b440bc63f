"""Interpret a corpus, score what came out, write it down."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from p4ir.corpus.records import Record
from p4ir.corpus.writing import write_jsonl, write_text
from p4ir.errors import OutputError
from p4ir.evaluation.batch import BatchJob
from p4ir.evaluation.predictions import Scored, read_predictions, score_predictions
from p4ir.evaluation.summary import as_markdown
from p4ir.inference.interpreter import Interpreter
from p4ir.metrics.scoring import reduce
from p4ir.metrics.significance import Interval


def evaluate(
    records: Sequence[Record],
    interpreter: Interpreter,
    output: Path,
    *,
    seed: int = 0,
    overwrite: bool = False,
) -> dict[str, Interval]:
    """Interpret and score clauses that have reference rules.

    Writes `predictions.jsonl`, `scores.jsonl` and `report.md` to the folder. Interrupted,
    it goes on where it stopped.

    Returns:
        Each metric's mean with its 95% interval, resampled by document.

    Raises:
        OutputError: the folder holds an evaluation already, or cannot be written.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{output}: cannot be made: {error.strerror}") from None
    clauses, predictions = output / "clauses.jsonl", output / "predictions.jsonl"
    write_jsonl(records, clauses)
    try:
        BatchJob(clauses, predictions, overwrite=overwrite).run(interpreter)
    finally:
        clauses.unlink()
    scored = score_predictions(read_predictions(predictions).rules, records)
    figures = reduce(scored.scores, scored.documents, rng=np.random.default_rng(seed))
    _write_scores(records, scored, output / "scores.jsonl")
    write_text(output / "report.md", _report(figures, scored, interpreter))
    return figures


def _write_scores(records: Sequence[Record], scored: Scored, path: Path) -> None:
    lines = [
        json.dumps({"id": record.id, "document": record.document, **score._asdict()})
        for record, score in zip(records, scored.scores, strict=True)
    ]
    write_text(path, "\n".join(lines) + "\n")


def _report(figures: Mapping[str, Interval], scored: Scored, interpreter: Interpreter) -> str:
    adapter = interpreter.info.name if interpreter.info else "none"
    by_document: dict[str, list[float]] = {}
    for document, score in zip(scored.documents, scored.scores, strict=True):
        by_document.setdefault(document, []).append(score.nted)
    rows = "\n".join(
        f"| {document} | {len(values)} | {sum(values) / len(values):.3f} |"
        for document, values in sorted(by_document.items())
    )
    return f"""# Evaluation

Base model {interpreter.model}, adapter {adapter}; {len(scored.scores)} clauses of
{len(by_document)} documents. Means with 95% intervals, resampled by document;
definitions in docs/metrics.md.

{as_markdown(figures)}

| document | clauses | nTED |
|---|---:|---:|
{rows}
"""
