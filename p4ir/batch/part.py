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
_DIGESTS = {"adapter_sha256": "adapter of that name", "examples_sha256": "set of examples"}
"""What is compared where the part says it, and what is another where they differ."""


class Part:
    """The results so far.

    Args:
        path: where it lies, or is to.
        rows: the input.
        anew: forget what is there as soon as no other process can be writing it.

    Raises:
        OutputExistsError: the part belongs to another input.
    """

    def __init__(self, path: Path, rows: Rows, anew: bool = False) -> None:
        self.path, self._rows, self._anew = path, rows, anew
        self._file: BinaryIO | None = None
        self._recover()

    def _recover(self) -> Iterator[BatchRow]:
        """Return the rows that are left; count those that are done."""
        self.done = self.failed = self.mended = 0
        self._first: dict[str, Any] = {}
        rows = iter(self._rows)
        if self._anew or not self.path.exists():
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
            # A process that finished since has made the file into its output.
            if not lock(self._file) or not self._is_there():
                output = self.path.with_suffix("")
                raise OutputExistsError(f"{output}: another process is writing it")
            try:
                if self._anew:
                    self._file.truncate(0)
                    self._anew = False
                yield self._recover()
            finally:
                with suppress(OSError, ValueError):
                    if self._is_there() and not self.path.stat().st_size:
                        self.path.unlink()

    def sync(self) -> None:
        """Bring the results to the disk: nothing more will be written."""
        assert self._file is not None
        os.fsync(self._file.fileno())
        if os.name == "nt":  # where no open file can be renamed, and there are no locks
            self._file.close()

    def _is_there(self) -> bool:
        """Say whether the open file still goes by its name."""
        assert self._file is not None
        try:
            return os.path.samestat(os.fstat(self._file.fileno()), self.path.stat())
        except OSError:
            return False

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
        for key, what in _DIGESTS.items():
            if self.done and key in theirs and theirs[key] != ours.get(key):
                raise OutputExistsError(
                    f"{self.path} was made with another {what}: remove it or give --overwrite"
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
