"""`python -m benchmarks [NAME …]`: run benchmarks, print a table of each and keep them all.

The file that is written says on what machine, with which versions and when they ran.
"""

from __future__ import annotations

import argparse
import pkgutil
import sys
from datetime import date
from importlib import import_module
from pathlib import Path

import benchmarks
from benchmarks.frame import Options, machine, table, versions


def main() -> int:
    """Run what was asked for."""
    there = names()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(there)}")
    parser.add_argument("--quick", action="store_true", help="a tenth of the work")
    parser.add_argument("--corpus", help="clauses with rules; made-up ones where absent")
    parser.add_argument(
        "--pairs", type=int, metavar="N", help="pairs of rules on which peers must agree"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="Markdown file to write")
    args = parser.parse_args()
    unknown = [name for name in args.names if name not in there]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}; there are {', '.join(there)}")
    lines = ["# Benchmarks", "", f"{date.today()}: {machine()}.", ""]
    print("\n".join(lines), flush=True)
    options = Options(quick=args.quick, corpus=args.corpus, pairs=args.pairs)
    for name in args.names or there:
        lines += run(name, options)
    if args.output:
        args.output.write_text("\n".join(lines), encoding="utf-8")
        print(f"written to {args.output}", file=sys.stderr)
    return 0


def run(name: str, options: Options) -> list[str]:
    """Run a benchmark, print its table line by line, and return the lines."""
    module = import_module(f"benchmarks.{name}")
    lines = [f"## {module.TITLE}", "", f"{versions(module.PACKAGES)}.", ""]
    print("\n".join(lines), flush=True)
    for line in table(module.measure(options)):
        print(line, flush=True)
        lines.append(line)
    print(flush=True)
    return [*lines, ""]


def names() -> list[str]:
    """Return the benchmarks that there are: the modules of the folder that measure."""
    folder = Path(benchmarks.__file__).parent
    modules = sorted(module.name for module in pkgutil.iter_modules([str(folder)]))
    return [name for name in modules if "\nTITLE = " in (folder / f"{name}.py").read_text()]


if __name__ == "__main__":
    sys.exit(main())
