"""A batch job that is killed again and again, with SIGKILL: does every row come out once?

A hundred thousand rows, twenty kills: every second one at any moment of the process's life
(also while it loads, or reads what was done), the others while it writes.
"""

from __future__ import annotations

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
LONGEST_S = 4.0
"""Longest life of a process that is killed at any moment, in seconds."""
WRITING_S = 0.5
"""Longest time that the others write, in seconds."""


def measure(options: Options) -> Iterator[Figure]:
    """Yield how many rows were lost or came twice, and what going on costs."""
    rows, rng = options.scaled(ROWS), random.Random(11)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, output = write_rows(folder / "in.csv", rows), folder / "out.jsonl"
        kept = [kill_once(source, output, n, rng) for n in range(KILLS)]
        started = time.perf_counter()
        subprocess.run(command(source, output), check=True, stdout=subprocess.DEVNULL)
        last_s = time.perf_counter() - started
        seen = Counter(line[:18] for line in output.read_bytes().splitlines())
    expected = Counter(f'{{"id": "row-{n:06}'.encode() for n in range(rows))
    told = f"{rows:,} rows, {KILLS} kills at random moments"
    yield Figure(f"{told}: rows missing", (float((expected - seen).total()),), "rows")
    yield Figure(f"{told}: rows more than once", (float((seen - expected).total()),), "rows")
    note = f"the last process, which found {kept[-1]:,} rows done"
    yield Figure(f"{told}: going on to the end", (last_s,), "s", note)


def kill_once(source: Path, output: Path, number: int, rng: random.Random) -> int:
    """Start the job, kill it at some moment, and return how many rows it leaves."""
    part = output.with_name(f"{output.name}.part")
    before = part.stat().st_size if part.exists() else 0
    with subprocess.Popen(command(source, output), stdout=subprocess.DEVNULL) as process:
        if number % 2:
            while not part.exists() or part.stat().st_size <= before:
                assert process.poll() is None, "the job ended before it could be killed"
                time.sleep(0.005)
            time.sleep(rng.uniform(0, WRITING_S))
        else:
            time.sleep(rng.uniform(0, LONGEST_S))
        assert process.poll() is None, "the job ended before it could be killed"
        process.kill()
    kept = part.read_bytes().count(b"\n") if part.exists() else 0
    print(f"kill {number + 1}: {kept} rows are kept", file=sys.stderr, flush=True)
    return kept
