"""A file of clauses to a file of rules, exactly one result a row, resumable.

Results go to `OUT.part`, a line each, flushed chunk by chunk, and the file gets its
name when it is complete. A killed job finds its part, drops a half-written last line
and goes on behind it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from p4ir.corpus.columns import choose_columns
from p4ir.corpus.tables import read_table
from p4ir.errors import CorpusError, OutputError
from p4ir.inference.interpreter import Interpretation, Interpreter, to_json_object

CHUNK = 8
"""Batches between two writes: enough rows for batches of like length."""


class BatchRow(NamedTuple):
    """A row of the input."""

    id: str
    clause: str
    problem: str
    """Why the row cannot be interpreted; empty if it can."""


class BatchJob:
    """One input, one output, and how far it has come.

    Raises:
        CorpusError: the input cannot be read as a table with clauses.
        OutputError: the output exists, or its part belongs to another input.
    """

    def __init__(self, source: Path, output: Path, overwrite: bool = False) -> None:
        self.rows = read_rows(source)
        self.output = output
        self.part = output.with_name(output.name + ".part")
        if output.exists() and not overwrite:
            raise OutputError(f"{output} exists: give --overwrite to replace it, or another name")
        if overwrite:
            self.part.unlink(missing_ok=True)
        self.done = self._recover()

    def run(self, interpreter: Interpreter, notation: str = "lrml") -> tuple[int, int]:
        """Interpret the rows that are left.

        Returns:
            The numbers of rows without a rule and of rules that had to be mended.
        """
        from p4ir.evaluation.progress import track

        try:
            with self.part.open("a", encoding="utf-8") as file, track(len(self.rows)) as advance:
                advance(self.done)
                for results in self._results(interpreter, notation, advance):
                    file.writelines(json.dumps(r, ensure_ascii=False) + "\n" for r in results)
                    file.flush()
                os.fsync(file.fileno())
            return self._finish()
        except OSError as error:
            raise OutputError(
                f"{self.output} could not be written: {error.strerror}; what is done is kept in "
                f"{self.part.name}, the same command goes on from there"
            ) from error

    def _results(
        self, interpreter: Interpreter, notation: str, advance: Any
    ) -> Iterator[list[dict[str, Any]]]:
        size = interpreter.batch_size * CHUNK
        for start in range(self.done, len(self.rows), size):
            rows = self.rows[start : start + size]
            good = [row for row in rows if not row.problem]
            found = iter(interpreter.interpret([row.clause for row in good], on_batch=advance))
            results = []
            for row in rows:
                if row.problem:
                    advance(1)
                    result = Interpretation(
                        clause=row.clause, rule=None, valid=False, problem=row.problem
                    )
                else:
                    result = next(found)
                results.append(to_json_object(result, row.id, interpreter, notation))
            yield results

    def _recover(self) -> int:
        """Return the number of rows done, and cut what was not written to its end."""
        if not self.part.exists():
            return 0
        data = self.part.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        try:
            found = [json.loads(line)["id"] for line in whole.splitlines()]
        except (ValueError, KeyError, TypeError):
            found = [None]
        if found != [row.id for row in self.rows[: len(found)]]:
            raise OutputError(
                f"{self.part} was not made from this input: remove it or give --overwrite"
            )
        if len(whole) < len(data):
            with self.part.open("r+b") as file:
                file.truncate(len(whole))
        return len(found)

    def _finish(self) -> tuple[int, int]:
        failed = mended = 0
        with self.part.open(encoding="utf-8") as file:
            for line in file:
                result = json.loads(line)
                failed += not result["rule"]
                mended += bool(result["rule"]) and not result["valid"]
        os.replace(self.part, self.output)
        return failed, mended


def read_rows(source: Path) -> list[BatchRow]:
    """Read the rows of a file; a row that is no clause is kept, with its problem.

    Raises:
        CorpusError: the file is no table, or has no column with clauses.
    """
    table = read_table(source)
    if not table.rows:
        raise CorpusError(f"{source}: has no rows")
    columns = choose_columns(str(source), table.columns, need_rules=False)
    rows: list[BatchRow] = []
    seen: set[str] = set()
    for number, row in enumerate(table.rows, 1):
        problem = row.problem or ""
        clause = row.values.get(columns["clause"])
        identifier = row.values.get(columns["id"]) if "id" in columns else None
        if not problem and not isinstance(clause, str):
            problem = "the clause is missing" if clause is None else "the clause is no text"
        name = str(identifier) if identifier not in (None, "") else str(number)
        if name in seen and not problem:
            problem = f"the id {name!r} stands in an earlier row"
        seen.add(name)
        rows.append(BatchRow(name, clause if isinstance(clause, str) else "", problem))
    return rows
