"""`OUT.part`: the results of a job that is not done yet, a JSON line each.

It says itself how far the job has come. A line that was not written to its end is cut;
every other belongs to the row of the same number, or the part to another job.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from p4ir.batch.rows import BatchRow, Rows
from p4ir.errors import OutputExistsError
from p4ir.locks import lock

_MAKERS = ("model", "adapter", "notation", "constrained", "beams", "consensus")


class Part:
    """The results so far.

    Raises:
        OutputExistsError: the part belongs to another input.
    """

    def __init__(self, path: Path, rows: Rows) -> None:
        self.path, self._rows = path, rows
        self._file: BinaryIO | None = None
        self._recover()

    def _recover(self) -> Iterator[BatchRow]:
        """Return the rows that are left; count those that are done."""
        self.done = self.failed = self.mended = 0
        self._first: dict[str, Any] = {}
        rows = iter(self._rows)
        if not self.path.exists():
            return rows
        end = 0
        with self.path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._check(line, next(rows, None))
                end += len(line)
        if end < self.path.stat().st_size:
            os.truncate(self.path, end)
        return rows

    @contextmanager
    def opened(self) -> Iterator[Iterator[BatchRow]]:
        """Open the part for this process alone; nothing is left of it if nothing was done.

        Yields the rows that are left.
        """
        with self.path.open("ab") as self._file:
            if not lock(self._file):
                output = self.path.with_suffix("")
                raise OutputExistsError(f"{output}: another process is writing it")
            try:
                yield self._recover()
                os.fsync(self._file.fileno())
            finally:
                with suppress(OSError):
                    if not self.path.stat().st_size:
                        self.path.unlink()

    def write(self, result: Mapping[str, Any]) -> None:
        """Add the result of the next row; it is in the file when this returns."""
        assert self._file is not None
        self._file.write(json.dumps(result, ensure_ascii=False).encode() + b"\n")
        self._file.flush()
        self._count(result)

    def check_maker(self, ours: Mapping[str, Any]) -> None:
        """Refuse to go on with rules that another model wrote, or in another notation."""
        theirs = {"beams": 1, **self._first}  # which there were not at first
        for key in _MAKERS:
            if self.done and theirs.get(key) != ours[key]:
                raise OutputExistsError(
                    f"{self.path} was made with the {key} {theirs.get(key)}, not "
                    f"{ours[key]}: remove it or give --overwrite"
                )

    def _check(self, line: bytes, row: BatchRow | None) -> None:
        try:
            result = json.loads(line)
            known = (result["id"], result["clause"]) if row else None
        except (ValueError, KeyError, TypeError):
            known = None
        if row is None or known != row[:2]:
            raise OutputExistsError(
                f"{self.path} was not made from this input: remove it or give --overwrite"
            )
        self._first = self._first or result
        self._count(result)

    def _count(self, result: Mapping[str, Any]) -> None:
        self.done += 1
        self.failed += not result["rule"]
        self.mended += bool(result["rule"]) and not result["valid"]
