"""Interpret a corpus, score what came out, write it down.

`predictions.jsonl`  what `p4ir batch` writes   `scores.jsonl`  each clause's score
`report.md`, `report.html`  figures with intervals, by document, and of the confidence
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from p4ir.batch.job import BatchJob
from p4ir.batch.rows import BatchRow
from p4ir.corpus.records import Record
from p4ir.corpus.writing import check_folder, write_text
from p4ir.counting import counted
from p4ir.engines.local import LocalEngine
from p4ir.errors import OutputError, OutputExistsError
from p4ir.evaluation.account import TITLE, account
from p4ir.evaluation.blocks import Paragraph
from p4ir.evaluation.compare import documents_of
from p4ir.evaluation.html import write_html
from p4ir.evaluation.markdown import write_markdown
from p4ir.evaluation.systems import Answers, align, read_predictions
from p4ir.inference.interpreter import Interpreter
from p4ir.metrics.scoring import ClauseScore, reduce, score
from p4ir.metrics.significance import Interval


class Evaluation:
    """A folder with what a model made of clauses that have reference rules.

    Interrupted, the same evaluation goes on where it stopped.

    Raises:
        OutputError: it is no folder, or not to be written to.
        OutputExistsError: it holds an evaluation already.
    """

    def __init__(self, records: Sequence[Record], output: Path, *, overwrite: bool = False) -> None:
        self.records, self.output, self._overwrite = records, output, overwrite
        self.predictions = output / "predictions.jsonl"
        self.report = output / "report.md"
        self._part = output / "predictions.jsonl.part"
        check_folder(output)
        if self.report.exists() and not overwrite and not self._part.exists():
            raise OutputExistsError(
                f"{output} holds an evaluation: give --overwrite to replace it, or --output"
            )

    def run(self, interpreter: Interpreter, seed: int = 0) -> dict[str, Interval]:
        """Interpret and score; write predictions, scores and the report.

        Returns:
            Each metric's mean with its 95% interval, resampled by document.

        Raises:
            OutputError: a file cannot be written.
        """
        try:
            self.output.mkdir(parents=True, exist_ok=True)
            if self.predictions.exists() and not self._overwrite and not self._part.exists():
                # It was stopped before the report: what was interpreted need not be again.
                os.replace(self.predictions, self._part)
        except OSError as error:
            raise OutputError(f"{self.output}: cannot be written: {error.strerror}") from None
        rows = [BatchRow(record.id, record.clause) for record in self.records]
        job = BatchJob(rows, self.predictions, self._overwrite)
        failed, mended = job.run(LocalEngine(interpreter))
        answers = align(read_predictions(self.predictions), self.records)
        scores, figures = score_answers(answers, self.records, seed)
        lines = [
            json.dumps({"id": record.id, "document": record.document, **each._asdict()})
            for record, each in zip(self.records, scores, strict=True)
        ]
        write_text(self.output / "scores.jsonl", "\n".join(lines) + "\n")
        blocks = [
            Paragraph(_made_by(interpreter)),
            Paragraph(f"{counted(failed, 'completion')} gave no rule, {mended} had to be mended."),
            *account(self.records, answers, self.predictions, seed),
        ]
        write_text(self.output / "report.html", write_html(TITLE, blocks))
        write_text(self.report, write_markdown(TITLE, blocks))
        return figures


def score_answers(
    answers: Answers, records: Sequence[Record], seed: int = 0
) -> tuple[list[ClauseScore], dict[str, Interval]]:
    """Score predictions against reference rules.

    Returns:
        The score of each clause, and each metric's mean with its 95% interval, resampled
        by document where the corpus names documents.
    """
    scores = []
    for text, record in zip(answers.texts, records, strict=True):
        assert record.rule is not None
        scores.append(score(text, record.rule))
    return scores, reduce(scores, documents_of(records), rng=np.random.default_rng(seed))


def _made_by(interpreter: Interpreter) -> str:
    adapter = f"adapter {interpreter.info.name}" if interpreter.info else "no adapter"
    held = "held to its notation" if interpreter.constrained else "not held to a notation"
    chosen = f", {interpreter.beams} beams" * (interpreter.beams > 1)
    chosen += f", consensus of {interpreter.consensus} rules" * (interpreter.consensus > 1)
    return f"Base model {interpreter.model}, {adapter}, {held}{chosen}."
