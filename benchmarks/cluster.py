"""A batch job on a Ray cluster of two workers on this machine: is its output the local one's?

One worker is killed in the middle of a second run. The model is a stub.
"""

from __future__ import annotations

import functools
import hashlib
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from benchmarks.batch import write_rows
from benchmarks.frame import Figure, Options
from benchmarks.stub import StubInterpreter
from p4ir.batch.job import BatchJob
from p4ir.batch.source import Source
from p4ir.engines.engine import Engine
from p4ir.engines.local import LocalEngine

TITLE = "Batch jobs on a Ray cluster"
PACKAGES = ("p4ir", "ray")
ROWS = 10_000
WORKERS = 2
PAUSE_S = 0.02
"""Time that the stub takes for a batch, in seconds."""
ROOT = Path(__file__).resolve().parents[1]


class Marked(StubInterpreter):
    """Leaves a file named after its process, so that a worker can be found."""

    def __init__(self, folder: str) -> None:
        super().__init__(pause_s=PAUSE_S)
        (Path(folder) / str(os.getpid())).touch()


def measure(options: Options) -> Iterator[Figure]:
    """Yield rates, and in how many bytes outputs differ from that of the local engine."""
    import ray

    rows = options.scaled(ROWS)
    os.environ.setdefault("RAY_AUTH_MODE", "disabled")  # else a token is written to the home
    ray.init(
        num_cpus=WORKERS,
        object_store_memory=80 * 2**20,
        include_dashboard=False,
        log_to_driver=False,
        runtime_env={"env_vars": {"PYTHONPATH": str(ROOT)}},
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = write_rows(folder / "in.csv", rows)
        local = run(source, folder / "local.jsonl", LocalEngine(StubInterpreter(pause_s=PAUSE_S)))
        yield Figure(f"{rows:,} rows, local", (rows / local.seconds,), "rows/s")
        for what, kill in (("", None), (", a worker killed", kill_a_worker)):
            pids = folder / f"pids{what}"
            pids.mkdir()
            output = folder / f"ray{what}.jsonl"
            found = run(source, output, engine(pids), kill and functools.partial(kill, pids))
            same = "the same" if found.digest == local.digest else "NOT the same"
            began = len(list(pids.iterdir()))
            note = f"output {same} as the local one, byte for byte; {began} workers began"
            rate = (rows / found.seconds,)
            yield Figure(f"{rows:,} rows, {WORKERS} workers{what}", rate, "rows/s", note)
    ray.shutdown()


class Run:
    """What became of a job."""

    def __init__(self, output: Path, seconds: float) -> None:
        self.digest = hashlib.sha256(output.read_bytes()).hexdigest()
        self.seconds = seconds


def engine(pids: Path) -> Engine:
    """Return an engine whose workers leave files in a folder."""
    from p4ir.engines.ray import RayEngine

    stub = StubInterpreter()
    return RayEngine(
        functools.partial(Marked, str(pids)),
        model=stub.model,
        info=stub.info,
        constrained=stub.constrained,
        beams=stub.beams,
        consensus=stub.consensus,
        workers=WORKERS,
        batch_size=stub.batch_size,
    )


def run(
    source: Path, output: Path, engine: Engine, meanwhile: Callable[[Path], None] | None = None
) -> Run:
    """Run a job, and something else meanwhile, which is told the part of the output."""
    part = output.with_name(f"{output.name}.part")
    other = threading.Thread(target=meanwhile, args=(part,)) if meanwhile else None
    started = time.perf_counter()
    if other:
        other.start()
    BatchJob(Source(source), output).run(engine)
    seconds = time.perf_counter() - started
    if other:
        other.join()
    return Run(output, seconds)


def kill_a_worker(pids: Path, part: Path) -> None:
    """Kill one of the workers as soon as there are results."""
    while not part.exists() or not part.stat().st_size:
        time.sleep(0.01)
    victim = next(int(p.name) for p in pids.iterdir() if psutil.pid_exists(int(p.name)))
    os.kill(victim, signal.SIGKILL)
