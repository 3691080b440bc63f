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
            left_s = (now - self._started) / new * (self._total - self._done)
            count = f"{self._done}/{self._total} {self._what}"
            print(f"p4ir: {count}, about {left_s:.0f} s left", file=sys.stderr)


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

    with Progress(
        TextColumn(what),
        BarColumn(30),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    ) as progress:
        task = progress.add_task("", total=total, completed=done)
        yield lambda more: progress.advance(task, more)
