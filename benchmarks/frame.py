"""What every benchmark shares: how often to measure, and how a figure is written down.

A benchmark is a module of this folder with a `TITLE`, the `PACKAGES` whose versions matter
(names on the package index) and `measure(options)`, which yields `Figure`s as they are
ready. A figure keeps every value that was measured: the table gives median and spread.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

REPEATS = 5


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the user chose."""

    quick: bool = False
    """Whether a tenth of the work will do: to see that a benchmark runs."""
    corpus: str | None = None
    """File of clauses with rules; made-up ones where absent."""
    pairs: int | None = None
    """Pairs of rules on which a distance is held against its peers; few where absent."""

    def scaled(self, count: int) -> int:
        """Return how much work to do where the full benchmark does `count` of it."""
        return max(1, count // 10) if self.quick else count


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    """What was measured, the peer's name included."""
    values: tuple[float, ...]
    """Every value measured, in `unit`."""
    unit: str = "s"
    note: str = ""
    """How it compares, or on what it was measured."""

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)


def timed(
    what: str,
    run: Callable[[], object],
    *,
    per: int = 1,
    unit: Literal["s", "ms", "µs"] = "s",
    repeats: int = REPEATS,
    clock: Literal["wall", "cpu"] = "wall",
    note: str = "",
) -> Figure:
    """Time a call a few times, after one call that does not count; or once, as it is.

    Args:
        what: what is measured.
        run: the work.
        per: how many things one call does; the figure is the time for one of them.
        unit: of the figure.
        repeats: how often to measure; 1 is for work that takes minutes.
        clock: `cpu` leaves out what else runs on the machine, and what waits.
        note: stands in the last column.
    """
    read = time.process_time if clock == "cpu" else time.perf_counter
    factor = {"s": 1.0, "ms": 1e3, "µs": 1e6}[unit] / per
    if repeats > 1:
        run()
    values = []
    for _ in range(repeats):
        started = read()
        run()
        values.append(factor * (read() - started))
    return Figure(what, tuple(values), unit, note)


def table(figures: Iterable[Figure]) -> Iterator[str]:
    """Yield the lines of a Markdown table, each as soon as its figure is there."""
    yield "| what | median | lowest to highest | n | |"
    yield "|---|---:|---|---:|---|"
    for figure in figures:
        low, high = min(figure.values), max(figure.values)
        count = len(figure.values)
        spread = f"{_number(low)} to {_number(high)}" if count > 1 else "–"
        median = f"{_number(figure.median)} {figure.unit}".rstrip()
        yield f"| {figure.what} | {median} | {spread} | {count} | {figure.note} |"


def machine() -> str:
    """Say in a line what the figures were measured on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = ""
    if hasattr(os, "sysconf"):
        gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        memory = f", {gib:.0f} GiB memory"
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    return (
        f"{_processor()}, {cores} cores{memory}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}{load}"
    )


def versions(packages: Iterable[str]) -> str:
    """Say in a line which versions of some packages were measured."""

    def one(name: str) -> str:
        try:
            return f"{name} {version(name)}"
        except PackageNotFoundError:
            return f"{name} (not installed)"

    return ", ".join(map(one, packages))


def _number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
