"""Batches that run in a process of their own, with all that is known of them on disk.

A batch is a folder: `clauses.csv` (or whatever file of clauses was given), `rules.jsonl`
when it is complete, `rules.jsonl.part` until then, `batch.json` with what was asked for,
and the log. The process is `p4ir batch`, so that a batch goes on wherever it was killed.
It holds a lock on the folder, which the system releases however it ends: whether a batch
runs can be told by anyone, at any time, without asking the process.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from p4ir.batch.source import BY_OPTION, Source
from p4ir.corpus.writing import write_text
from p4ir.errors import OutputError, P4irError
from p4ir.locks import lock

BATCH_SIZE = 4
"""Clauses generated together: a result every few seconds, for little less throughput."""
NICENESS = 10
"""How much a batch leaves the processor to those who wait for a single clause."""

_NO_PROBLEM = re.compile(r"drafts for expert review|^p4ir: \d+/\d+ clauses")
"""Lines of the log that everything being well writes too."""

State = Literal["running", "finished", "stopped"]

COMMAND = (sys.executable, "-c", "import sys, p4ir.cli; sys.exit(p4ir.cli.main())", "batch")
"""What takes a file of clauses, a file to write, and options."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a batch has come."""

    state: State
    done: int
    """Clauses done."""
    total: int
    """Clauses in all."""
    left_s: float | None = None
    """Estimate of the time left, in seconds; `None` while there is nothing to go by."""
    problem: str = ""
    """Why it stopped, in its own last words; empty unless it did."""


class BackgroundBatch:
    """A batch by its folder; `start_batch` makes one, `list_batches` finds those there are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rules = folder / "rules.jsonl"
        self.part = folder / "rules.jsonl.part"
        self._log = folder / "log.txt"
        self._process_file = folder / "process.json"
        said = json.loads((folder / "batch.json").read_text(encoding="utf-8"))
        self.name: str = said["name"]
        """What the batch is called: the name of its file."""
        self.clauses = folder / said["clauses"]
        """The file of clauses."""
        self.total: int = said["total"]
        self.started: float = said["started"]
        """When it was begun, in seconds since 1970."""
        self._arguments: list[str] = said["arguments"]

    @property
    def id(self) -> str:
        """The name of its folder."""
        return self.folder.name

    def resume(self) -> None:
        """Start its process, or do nothing if it runs or is finished.

        Raises:
            OutputError: the process cannot be started.
        """
        with self._lock_file() as file:
            # In this order: a process that ends while its lock is waited for has finished.
            if not lock(file, wait_s=1.0) or self.rules.exists():
                return
            done = self._done()
            arguments = [*COMMAND, str(self.clauses), str(self.rules), *self._arguments]
            self._process_file.unlink(missing_ok=True)
            try:
                with self._log.open("w", encoding="utf-8") as log:
                    process = subprocess.Popen(
                        arguments,
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                        start_new_session=True,
                        # The lock belongs to the open file, which the process now holds too.
                        pass_fds=(file.fileno(),),
                    )
            except OSError as error:
                raise OutputError(f"the batch cannot be started: {error.strerror}") from None
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
            now = {"pid": process.pid, "since": time.time(), "before": done}
            write_text(self._process_file, json.dumps(now))

    def stop(self) -> None:
        """Stop its process; what is done is kept."""
        if self._is_running():
            with suppress(ProcessLookupError, KeyError):
                os.kill(self._process()["pid"], signal.SIGTERM)

    def delete(self) -> None:
        """Stop it and remove it with its results."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def progress(self) -> Progress:
        """Say how far it has come."""
        # In this order: a process that ends in between has written all that it says it has.
        is_running = self._is_running()
        if self.rules.exists():
            return Progress(state="finished", done=self.total, total=self.total)
        done = self._done()
        if is_running:
            return Progress(state="running", done=done, total=self.total, left_s=self._left(done))
        return Progress(state="stopped", done=done, total=self.total, problem=self._last_words())

    def _left(self, done: int) -> float | None:
        process = self._process()
        new = done - process.get("before", done)
        if new <= 0:
            return None
        return float((time.time() - process["since"]) / new * (self.total - done))

    def _done(self) -> int:
        if not self.part.exists():
            return 0
        with self.part.open("rb") as file:
            return sum(line.endswith(b"\n") for line in file)

    def _is_running(self) -> bool:
        with self._lock_file() as file:
            return not lock(file, shared=True)

    def _lock_file(self) -> IO[bytes]:
        return (self.folder / "lock").open("ab")

    def _process(self) -> dict[str, Any]:
        try:
            process = json.loads(self._process_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return process if isinstance(process, dict) else {}

    def _last_words(self) -> str:
        try:
            lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        said = [line for line in lines if line.strip() and not _NO_PROBLEM.search(line)]
        return said[-1].removeprefix("p4ir: ") if said else ""


def start_batch(
    home: Path, name: str, data: bytes, arguments: Sequence[str] = (), *, how: str = BY_OPTION
) -> BackgroundBatch:
    """Keep a file of clauses in a folder of its own below `home` and start on it.

    Args:
        home: where batches are kept.
        name: the file's name; its ending says how it is read: a table as `p4ir batch` takes
            it, or a document (`p4ir.documents`).
        data: its content.
        arguments: further arguments of `p4ir batch`, such as `--adapter NAME`.
        how: what to do about a column that is called otherwise.

    Raises:
        CorpusError: the file has no clauses.
        DocumentError: it is no document that can be read.
        OutputError: the folder cannot be written.
    """
    batch = prepare_batch(home, name, data, arguments, how=how)
    batch.resume()
    return batch


def prepare_batch(
    home: Path, name: str, data: bytes, arguments: Sequence[str] = (), *, how: str = BY_OPTION
) -> BackgroundBatch:
    """Keep a file of clauses as a batch that is not started yet; see `start_batch`."""
    folder = home / f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:6]}"
    try:
        folder.mkdir(parents=True)
        clauses = _keep(folder, name, data)
        total = len(Source(clauses, how=how))
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise OutputError(f"{folder}: cannot be written: {error.strerror}") from None
    except P4irError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    said = {
        "name": Path(name).name,
        "clauses": clauses.name,
        "total": total,
        "started": time.time(),
        "arguments": ["--batch-size", str(BATCH_SIZE), *arguments],
    }
    write_text(folder / "batch.json", json.dumps(said, ensure_ascii=False, indent=2))
    return BackgroundBatch(folder)


def _keep(folder: Path, name: str, data: bytes) -> Path:
    path = folder / f"clauses{Path(name).suffix.lower()}"
    path.write_bytes(data)
    return path


def list_batches(home: Path) -> list[BackgroundBatch]:
    """Return the batches kept below a folder, the newest first; damaged ones are left out."""
    found = []
    for path in home.glob("*/batch.json"):
        with suppress(OSError, ValueError, KeyError):
            found.append(BackgroundBatch(path.parent))
    return sorted(found, key=lambda batch: batch.started, reverse=True)
