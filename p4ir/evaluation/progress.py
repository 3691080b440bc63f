"""A progress bar for work that is counted: rate and time left, on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def track(
    total: int, what: str = "clauses", every_s: float = 30.0
) -> Iterator[Callable[[int], None]]:
    """Yield a function that is told how many more are done; plain lines off a terminal."""
    if sys.stderr.isatty():
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
            task = progress.add_task("", total=total)
            yield lambda more: progress.advance(task, more)
        return
    done, started = 0, time.monotonic()
    said = started

    def advance(more: int) -> None:
        nonlocal done, said
        done += more
        now = time.monotonic()
        if more and now - said > every_s:
            said = now
            left = (now - started) / done * (total - done)
            print(f"p4ir: {done}/{total} {what}, about {left:.0f} s left", file=sys.stderr)

    yield advance
