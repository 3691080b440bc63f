"""How long a check of an IFC model takes: 1,000 rules, 10,000 elements, one core.

    python benchmarks/checking_ifc.py [--rules N] [--elements N] [--model FILE]

The rules and the building are those of benchmarks/checking.py, written as IFC 4 by another
process first, so that the memory that is shown is that of reading and checking alone.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import tempfile
import time
from collections import Counter
from pathlib import Path

from checking import make_building, make_rules

from p4ir.check import check
from p4ir.check.ifc import read_ifc
from p4ir.check.ifc.writing import write_ifc

SEED = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=int, default=1000)
    parser.add_argument("--elements", type=int, default=10_000)
    parser.add_argument("--model", type=Path, help="read this one, and write none")
    args = parser.parse_args()
    entries = make_rules(args.rules, random.Random(SEED))
    with tempfile.TemporaryDirectory() as folder:
        model = args.model or Path(folder) / "building.ifc"
        if args.model is None:
            write = multiprocessing.get_context("spawn").Process(
                target=write_model, args=(args.rules, args.elements, model)
            )
            write.start()
            write.join()
        print(f"{len(entries)} rules, {model.stat().st_size / 2**20:.1f} MB of IFC")
        start = time.process_time()
        building = read_ifc(model)
        read = time.process_time()
        findings = check(entries, building)
        done = time.process_time()
    print(f"{len(building.elements)} elements")
    print(f"reading {read - start:.1f} s, checking {done - read:.1f} s, one core")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10:.0f} MB at most")
    counts = Counter(finding.verdict for finding in findings)
    print(f"{len(findings)} findings:", ", ".join(f"{n} {v}" for v, n in counts.most_common()))


def write_model(rules: int, elements: int, path: Path) -> None:
    """Write the building of the benchmark as IFC."""
    rng = random.Random(SEED)
    building = make_building(make_rules(rules, rng), elements, rng)
    write_ifc(building).write(str(path))


if __name__ == "__main__":
    main()
