"""A progress bar for work that is counted: rate and time left, on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int], None]
"""Is told how many more are done."""


@contextmanager
def track(
    total: int, done: int = 0, what: str = "clauses", every_s: float = 30.0
) -> Iterator[Advance]:
    """Yield a function that is told how many more are done; plain lines off a terminal.

    Args:
        total: How many there are.
        done: How many were done before, at no cost now.
        what: What is counted.
        every_s: Time between two lines, in seconds.
    """
    if sys.stderr.isatty():
        with _bar(total, done, what) as advance:
            yield advance
    else:
        yield _Lines(total, done, what, every_s)


class _Lines:
    def __init__(self, total: int, done: int, what: str, every_s: float) -> None:
        self._total, self._before, self._done = total, done, done
        self._what, self._every_s = what, every_s
        self._started = self._said = time.monotonic()

    def __call__(self, more: int) -> None:
        self._done += more
        now = time.monotonic()
        new = self._done - self._before
        if new and now - self._said > self._every_s:
            self._said = now
            rate = new / (now - self._started)
            left_s = (self._total - self._done) / rate
            count = f"{self._done}/{self._total} {self._what}"
            line = f"p4ir: {count}, {_number(rate)} a second, about {left_s:.0f} s left"
            print(line, file=sys.stderr)


@contextmanager
def _bar(total: int, done: int, what: str) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn(what),
        BarColumn(30),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]} a second"),
        TimeRemainingColumn(),
    )
    started, before = time.monotonic(), done
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=total, completed=done, rate="0")

        def advance(more: int) -> None:
            nonlocal done
            done += more
            rate = (done - before) / max(1e-9, time.monotonic() - started)
            progress.update(task, completed=done, rate=_number(rate))

        yield advance


def _number(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"
