"""Batch jobs: rows a second, and memory while a hundred thousand rows go by.

The model is a stub, so that what is measured is reading, writing and keeping count. Each
job runs in a process of its own, `python -m benchmarks.batch IN OUT`, which samples its
own memory.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks.frame import REPEATS, Figure, Options

TITLE = "Batch jobs"
PACKAGES = ("p4ir", "pyarrow")
ROWS = 100_000
_EVERY_S = 0.05


def measure(options: Options) -> Iterator[Figure]:
    """Yield rates, and how much memory grows behind the first tenth of the rows."""
    rows = options.scaled(ROWS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = write_rows(folder / "in.csv", rows)
        for ending in ("jsonl", "parquet"):
            runs = [run_job(source, folder / f"{n}.{ending}") for n in range(repeats(options))]
            what = f"{rows:,} rows, CSV to {ending}"
            for clock in ("wall", "cpu"):
                rates = tuple(rows / run[f"{clock}_s"] for run in runs)
                yield Figure(f"{what}: rate, {clock} clock", rates, "rows/s")
            peaks = tuple(run["peak_mb"] for run in runs)
            yield Figure(f"{what}: most memory", peaks, "MB")
            growth = tuple(run["growth_percent"] for run in runs)
            note = "most behind the first tenth over that at its end"
            yield Figure(f"{what}: growth of memory", growth, "%", note)


def repeats(options: Options) -> int:
    """Return how often each job runs."""
    return 1 if options.quick else REPEATS


def write_rows(path: Path, rows: int) -> Path:
    """Write a table of clauses that are all different."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "clause"])
        for n in range(rows):
            clause = f"Door {n} shall have a handle no higher than {900 + n % 300} mm."
            writer.writerow([f"row-{n:06}", clause])
    return path


def run_job(source: Path, output: Path) -> dict[str, float]:
    """Run a job in a process of its own; return its rate and its memory."""
    done = subprocess.run(command(source, output), capture_output=True, text=True, check=True)
    output.unlink()
    found: dict[str, float] = json.loads(done.stdout)
    return found


def command(source: Path, output: Path) -> list[str]:
    """Return the command that runs a job in a process of its own."""
    return [sys.executable, "-m", "benchmarks.batch", str(source), str(output)]


def main(source: Path, output: Path) -> None:
    """Run a job here, and print what it took as JSON."""
    from benchmarks.stub import StubInterpreter
    from p4ir.batch.job import BatchJob
    from p4ir.batch.source import Source
    from p4ir.engines.local import LocalEngine

    rows = Source(source)
    job = BatchJob(rows, output)
    samples: list[tuple[int, int]] = []
    over = threading.Event()

    def sample() -> None:
        process = psutil.Process()
        while not over.wait(_EVERY_S):
            samples.append((job.part.done, process.memory_info().rss))

    sampler = threading.Thread(target=sample)
    sampler.start()
    started, cpu_started = time.perf_counter(), time.process_time()
    job.run(LocalEngine(StubInterpreter()))
    wall_s, cpu_s = time.perf_counter() - started, time.process_time() - cpu_started
    over.set()
    sampler.join()
    early = [rss for done, rss in samples if done <= len(rows) / 10]
    peak = max(rss for _, rss in samples)
    growth = 100 * (peak / early[-1] - 1)
    memory = {"peak_mb": peak / 1e6, "growth_percent": growth}
    print(json.dumps({"wall_s": wall_s, "cpu_s": cpu_s, **memory}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
