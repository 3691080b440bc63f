"""Clauses of many requests, put together into the batches that a model likes best.

The queue is bounded, in clauses and in time: a request that finds no room, or would hardly be
answered before its time is over, is turned away at once, with the time after which to come
again, rather than kept waiting for nothing.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from p4ir.inference.interpretation import Interpretation
from p4ir.serve.metrics import Metrics

LONGEST_RETRY_S = 60
_SMOOTHING = 0.2
_FORESEEN = 0.5
"""Share of a request's time that its answer may take as far as can be foreseen."""

Interpret = Callable[[Sequence[str]], list[Interpretation]]
_Waiting = tuple[str, "asyncio.Future[Interpretation]"]


class BusyError(Exception):
    """There is no room for a request; `retry_after_s` says when there should be."""

    def __init__(self, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(f"busy; come again in {retry_after_s} s")


class Batcher:
    """A bounded queue of clauses before a model.

    Args:
        interpret: Interprets some clauses; called by one thread at a time.
        batch_size: Most clauses of a call.
        queue_size: Most clauses that wait.
        clause_s: Time that a clause takes, in seconds; 0 where it is not known yet.
        linger_s: How long a batch that is not full waits for more, in seconds.
        metrics: Are told what happens.
    """

    def __init__(
        self,
        interpret: Interpret,
        *,
        batch_size: int,
        queue_size: int,
        metrics: Metrics,
        clause_s: float = 0.0,
        linger_s: float = 0.01,
    ) -> None:
        self._interpret, self._metrics = interpret, metrics
        self._batch_size, self._queue_size, self._linger_s = batch_size, queue_size, linger_s
        self._queue: deque[_Waiting] = deque()
        self._arrived = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "model")
        self._clause_s = clause_s
        """Time that a clause takes, in seconds: a running mean."""
        self._at_work = 0
        """Clauses that the model is at."""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to work."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Stop once nothing waits any more."""
        while self._queue and self._task and not self._task.done():
            await asyncio.sleep(0.01)
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def interpret(self, clauses: Sequence[str], timeout_s: float) -> list[Interpretation]:
        """Interpret the clauses of a request.

        Raises:
            BusyError: the queue has no room for all of them, or is too long for their time.
            TimeoutError: it took too long; what had not begun is given up.
        """
        before = len(self._queue) + self._at_work
        foreseen_s = (before + len(clauses)) * self._clause_s
        is_late = before > 0 and foreseen_s > _FORESEEN * timeout_s
        if is_late or len(self._queue) + len(clauses) > self._queue_size:
            raise BusyError(self._retry_after_s())
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[Interpretation]] = [loop.create_future() for _ in clauses]
        self._queue.extend(zip(clauses, futures, strict=True))
        self._metrics.queued.set(len(self._queue))
        self._arrived.set()
        try:
            async with asyncio.timeout(timeout_s):
                return await asyncio.gather(*futures)
        finally:
            for future in futures:
                future.cancel()

    def _retry_after_s(self) -> int:
        wait_s = (len(self._queue) + self._at_work) * self._clause_s
        return max(1, min(LONGEST_RETRY_S, math.ceil(wait_s)))

    async def _work(self) -> None:
        while True:
            await self._arrived.wait()
            if len(self._queue) < self._batch_size:
                await asyncio.sleep(self._linger_s)
            batch = self._take()
            if batch:
                await self._run(batch)

    def _take(self) -> list[_Waiting]:
        """Take a batch from the queue, without what nobody waits for any more."""
        batch: list[_Waiting] = []
        while self._queue and len(batch) < self._batch_size:
            clause, future = self._queue.popleft()
            if not future.done():
                batch.append((clause, future))
        if not self._queue:
            self._arrived.clear()
        self._metrics.queued.set(len(self._queue))
        return batch

    async def _run(self, batch: list[_Waiting]) -> None:
        clauses = [clause for clause, _ in batch]
        loop, started = asyncio.get_running_loop(), time.perf_counter()
        self._at_work = len(batch)
        try:
            results = await loop.run_in_executor(self._thread, self._interpret, clauses)
        except Exception as error:  # whatever a model raises must not stop the others
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        finally:
            self._at_work = 0
        seconds = time.perf_counter() - started
        known, new = self._clause_s, seconds / len(batch)
        self._clause_s = known + _SMOOTHING * (new - known) if known else new
        self._metrics.batch_size.observe(len(batch))
        self._metrics.batch_seconds.observe(seconds)
        for (_, future), result in zip(batch, results, strict=True):
            self._metrics.clauses.labels("rule" if result.rule else "no rule").inc()
            if not future.done():
                future.set_result(result)
