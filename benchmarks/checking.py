"""A check of 10,000 elements against 1,000 rules, from JSON and from IFC, on one core.

Each is read and checked in a process of its own, `python -m benchmarks.checking FILE RULES`,
so that the memory that is shown is that of reading and checking alone.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from benchmarks.frame import Figure, Options
from benchmarks.made_building import make_building, make_rules

TITLE = "Checking buildings"
PACKAGES = ("p4ir", "ifcopenshell")
RULES, ELEMENTS = 1_000, 10_000
REPEATS = 3
SEED = 7


def measure(options: Options) -> Iterator[Figure]:
    """Yield the times of reading and of checking, and the most memory of both."""
    rules, elements = options.scaled(RULES), options.scaled(ELEMENTS)
    with tempfile.TemporaryDirectory() as folder:
        for path in write_buildings(Path(folder), rules, elements):
            runs = [run_check(path, rules) for _ in range(1 if options.quick else REPEATS)]
            what = f"{rules:,} rules, {elements:,} elements, {path.suffix[1:].upper()}"
            size = f"{path.stat().st_size / 1e6:.1f} MB"
            yield Figure(f"{what}: reading, cpu clock", _of(runs, "read_s"), "s", size)
            note = f"{runs[0]['findings']:,.0f} findings"
            yield Figure(f"{what}: checking, cpu clock", _of(runs, "check_s"), "s", note)
            yield Figure(f"{what}: most memory", _of(runs, "peak_mb"), "MB")


def write_buildings(folder: Path, rules: int, elements: int) -> Iterator[Path]:
    """Write the building as JSON, and as IFC where ifcopenshell is installed."""
    from p4ir.check import format_building

    rng = random.Random(SEED)
    building = make_building(make_rules(rules, rng), elements, rng)
    path = folder / "building.json"
    path.write_text(format_building(building), encoding="utf-8")
    yield path
    if find_spec("ifcopenshell") is not None:
        from p4ir.check.ifc.writing import write_ifc

        path = folder / "building.ifc"
        write_ifc(building).write(str(path))
        yield path


def run_check(building: Path, rules: int) -> dict[str, float]:
    """Run a check in a process of its own; return its times and its memory."""
    command = [sys.executable, "-m", "benchmarks.checking", str(building), str(rules)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main(path: Path, rules: int) -> None:
    """Read and check here, and print what it took as JSON."""
    from p4ir.check import check
    from p4ir.check.sources import read_facts

    entries = make_rules(rules, random.Random(SEED))
    started = time.process_time()
    building = read_facts(str(path))
    read = time.process_time()
    findings = check(entries, building)
    done = time.process_time()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    times = {"read_s": read - started, "check_s": done - read}
    print(json.dumps({**times, "peak_mb": peak_mb, "findings": len(findings)}))


def _of(runs: list[dict[str, float]], name: str) -> tuple[float, ...]:
    return tuple(run[name] for run in runs)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
