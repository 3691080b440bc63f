"""A batch job that is killed again and again, with SIGKILL: does every row come out once?

A hundred thousand rows, twenty kills: every second one at any moment of the process's life
(also while it loads, or reads what was done), the others at random rows of the output.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.batch import ROWS, command, write_rows
from benchmarks.frame import Figure, Options

TITLE = "Batch jobs, killed"
PACKAGES = ("p4ir",)
KILLS = 20
LONGEST_S = 2.0
"""Longest life of a process that is killed at any moment, in seconds."""
LAST = 0.9
"""Share of the rows behind which no kill is planned."""


def measure(options: Options) -> Iterator[Figure]:
    """Yield how many rows were lost or came twice, and what going on costs."""
    rows, rng = options.scaled(ROWS), random.Random(11)
    targets = sorted(rng.sample(range(int(rows * LAST)), KILLS // 2))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, output = write_rows(folder / "in.csv", rows), folder / "out.jsonl"
        for target in targets:
            kill_once(source, output, rng.uniform(0, LONGEST_S))
            kept = kill_at(source, output, target)
        started = time.perf_counter()
        subprocess.run(command(source, output), check=True, stdout=subprocess.DEVNULL)
        last_s = time.perf_counter() - started
        with output.open("rb") as lines:
            seen = Counter(json.loads(line)["id"] for line in lines)
    expected = Counter(f"row-{n:06}" for n in range(rows))
    told = f"{rows:,} rows, {KILLS} kills at random moments"
    yield Figure(f"{told}: rows missing", (float((expected - seen).total()),), "rows")
    yield Figure(f"{told}: rows more than once", (float((seen - expected).total()),), "rows")
    yield Figure(f"{told}: the last process", (last_s,), "s", f"found {kept:,} rows done")


def kill_once(source: Path, output: Path, after_s: float) -> None:
    """Start the job, and kill it after some time."""
    with subprocess.Popen(command(source, output), stdout=subprocess.DEVNULL) as process:
        time.sleep(after_s)
        kill(process)


def kill_at(source: Path, output: Path, rows: int) -> int:
    """Start the job, kill it once more rows than that are done, and return how many are."""
    part = output.with_name(f"{output.name}.part")
    before = part.stat().st_size if part.exists() else 0
    with subprocess.Popen(command(source, output), stdout=subprocess.DEVNULL) as process:
        while not part.exists() or part.stat().st_size <= max(before, rows * row_bytes(part)):
            assert process.poll() is None, "the job ended before it could be killed"
            time.sleep(0.002)
        kill(process)
    kept = part.read_bytes().count(b"\n")
    print(f"killed; {kept} rows are kept", file=sys.stderr, flush=True)
    return kept


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a job that still runs."""
    assert process.poll() is None, "the job ended before it could be killed"
    process.kill()


def row_bytes(part: Path) -> int:
    """Return about how long a row of a part is."""
    with part.open("rb") as file:
        return len(file.readline())
