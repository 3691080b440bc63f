"""Work for a processor rather than the model: a few threads, and a few requests in wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from p4ir.serve.batcher import BusyError

T = TypeVar("T")


class Desk:
    """Threads that do what requests ask for, as many at a time as there are threads.

    Args:
        threads: How many.
        waiting: Most requests that are at work or wait.
    """

    def __init__(self, *, threads: int = 2, waiting: int = 32) -> None:
        self._pool = ThreadPoolExecutor(threads, "desk")
        self._left = waiting

    async def do(self, work: Callable[[], T], timeout_s: float) -> T:
        """Return what `work` does.

        Raises:
            BusyError: too many wait already.
            TimeoutError: it took too long. A thread that has begun goes on until it is done,
                and counts until then.
        """
        if self._left <= 0:
            raise BusyError(1)
        self._left -= 1
        future = asyncio.get_running_loop().run_in_executor(self._pool, work)
        future.add_done_callback(self._leave)
        async with asyncio.timeout(timeout_s):
            return await asyncio.shield(future)

    def _leave(self, future: asyncio.Future[T]) -> None:
        self._left += 1
        if not future.cancelled():
            future.exception()  # seen, even where nobody waits for it any more

    def close(self) -> None:
        """Begin nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
