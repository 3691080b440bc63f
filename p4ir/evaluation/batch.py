"""A file of clauses to a file of rules, exactly one result a row, resumable.

Results go to `OUT.part`, a line each, flushed chunk by chunk, and the file gets its
name when it is complete. A killed job finds its part, drops a half-written last line
and goes on behind it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from p4ir.corpus.columns import choose_columns
from p4ir.corpus.tables import Row, read_table
from p4ir.errors import CorpusError, OutputError, OutputExistsError
from p4ir.evaluation.progress import Advance, track
from p4ir.inference.interpreter import Interpreter, refused, to_json_object
from p4ir.inference.refusal import writable

CHUNK = 4
"""Batches between two writes: enough rows for batches of like length."""

_MAKERS = ("model", "adapter", "notation", "constrained", "consensus")


class BatchRow(NamedTuple):
    """A row of the input."""

    id: str
    clause: str
    problem: str = ""
    """Why the row cannot be interpreted; empty if it can."""


class BatchJob:
    """Some rows, one output, and how far it has come.

    Raises:
        OutputExistsError: the output exists, or its part belongs to another input.
        OutputError: the output cannot be written.
    """

    def __init__(self, rows: Sequence[BatchRow], output: Path, overwrite: bool = False) -> None:
        self.rows, self.output = rows, output
        self.part = output.with_name(output.name + ".part")
        # Beside an output, a part is that of a job which was told to replace it.
        is_told = overwrite or self.part.exists()
        if output.is_dir() or (output.exists() and not is_told):
            advice = "give another name" if output.is_dir() else "give --overwrite to replace it"
            raise OutputExistsError(f"{output} exists: {advice}")
        if not os.access(output.parent, os.W_OK):
            why = "is no folder that can be written to"
            raise OutputError(f"{output}: {output.parent} {why}")
        self._anew = overwrite
        if overwrite:
            self.part.unlink(missing_ok=True)
        self.done = self._recover()

    def run(self, interpreter: Interpreter, notation: str = "lrml") -> tuple[int, int]:
        """Interpret the rows that are left.

        Returns:
            The numbers of rows without a rule and of rules that had to be mended.
        """
        try:
            with self._open_part() as file, track(len(self.rows), self.done) as advance:
                self._check_maker(to_json_object(refused("", ""), "", interpreter, notation))
                for results in self._results(interpreter, notation, advance):
                    file.writelines(json.dumps(r, ensure_ascii=False) + "\n" for r in results)
                    file.flush()
                    self.done += len(results)
                os.fsync(file.fileno())
            return self._finish()
        except KeyboardInterrupt:
            raise KeyboardInterrupt(self._kept()) from None
        except OutputError:
            raise
        except OSError as error:
            raise OutputError(
                f"{self.output} could not be written: {error.strerror}; {self._kept()}"
            ) from error

    def _results(
        self, interpreter: Interpreter, notation: str, advance: Advance
    ) -> Iterator[list[dict[str, Any]]]:
        size = interpreter.batch_size * CHUNK
        for start in range(self.done, len(self.rows), size):
            rows = self.rows[start : start + size]
            good = [row.clause for row in rows if not row.problem]
            found = iter(interpreter.interpret(good, on_batch=advance))
            results = [
                refused(row.clause, row.problem) if row.problem else next(found) for row in rows
            ]
            advance(len(rows) - len(good))
            yield [
                to_json_object(result, row.id, interpreter, notation)
                for row, result in zip(rows, results, strict=True)
            ]

    @contextmanager
    def _open_part(self) -> Iterator[TextIO]:
        """Open the part for this process alone; nothing is left of it if nothing was done."""
        with self.part.open("a", encoding="utf-8") as file:
            _lock(file, self.output)
            try:
                self.done = self._recover()
                yield file
            finally:
                with suppress(OSError):
                    if not self.part.stat().st_size:
                        self.part.unlink()

    def _recover(self) -> int:
        """Return the number of rows done, and cut what was not written to its end."""
        if not self.part.exists():
            return 0
        done = end = 0
        with self.part.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                if done == len(self.rows) or _identity(line) != self.rows[done][:2]:
                    raise OutputExistsError(
                        f"{self.part} was not made from this input: remove it or give --overwrite"
                    )
                done, end = done + 1, end + len(line)
        if end < self.part.stat().st_size:
            os.truncate(self.part, end)
        return done

    def _check_maker(self, ours: dict[str, Any]) -> None:
        """Refuse to go on with rules that another model wrote, or in another notation."""
        if not self.done:
            return
        with self.part.open(encoding="utf-8") as file:
            first = json.loads(file.readline())
        for key in _MAKERS:
            if first.get(key) != ours[key]:
                raise OutputExistsError(
                    f"{self.part} was made with the {key} {first.get(key)}, not {ours[key]}: "
                    "remove it or give --overwrite"
                )

    def _kept(self) -> str:
        if not self.done:
            return "nothing was done"
        return (
            f"{self.done} of {len(self.rows)} rows are kept in {self.part.name}, "
            f"the same command{' without --overwrite' * self._anew} goes on from there"
        )

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

    Where there is no id, a row is called as `read_corpus` would call it.

    Raises:
        CorpusError: the file is no table, or has no column with clauses.
    """
    table = read_table(source)
    if not table.rows:
        raise CorpusError(f"{source}: has no rows")
    columns = choose_columns(str(source), table.columns, need_rules=False)
    rows: list[BatchRow] = []
    seen: set[str] = set()
    for row in table.rows:
        clause, problem = row.values.get(columns["clause"]), row.problem or ""
        if not problem and not isinstance(clause, str):
            problem = "the clause is missing" if clause is None else "the clause is no text"
        name = _name(row, columns, source.stem)
        if name in seen and not problem:
            problem = f"the id {name!r} stands in an earlier row"
        seen.add(name)
        rows.append(BatchRow(name, writable(clause if isinstance(clause, str) else ""), problem))
    return rows


def _name(row: Row, columns: dict[str, str], stem: str) -> str:
    def text(field: str) -> str:
        value = row.values.get(columns.get(field, ""))
        return "" if value is None else writable(str(value))

    if text("id"):
        return text("id")
    if text("document") and text("number"):
        return f"{text('document')}/{text('number')}"
    return f"{stem}/{row.place.split()[-1]}"


def _identity(line: bytes) -> tuple[str, str] | None:
    try:
        result = json.loads(line)
        return result["id"], result["clause"]
    except (ValueError, KeyError, TypeError):
        return None


def _lock(file: TextIO, output: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OutputExistsError(f"{output}: another process is writing it") from None
