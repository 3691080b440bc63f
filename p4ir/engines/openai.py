"""The engine that asks an OpenAI-compatible endpoint, several clauses at a time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from itertools import islice

from p4ir.batch.progress import Advance
from p4ir.batch.rows import BatchRow
from p4ir.endpoint.client import Endpoint
from p4ir.endpoint.workers import Workers
from p4ir.errors import EndpointError
from p4ir.inference.generation import Completion
from p4ir.inference.interpretation import Interpretation, read_completion, refused
from p4ir.inference.refusal import why_refused
from p4ir.models import AdapterInfo

AHEAD = 4
"""Rows read ahead for each connection, so that a slow answer holds up no other."""
HARMLESS = "Every door shall have a handle."
"""A clause that tells a row at fault from an endpoint that is down."""

_Pending = tuple[BatchRow, "Future[Interpretation]"]


class OpenAIEngine:
    """Clauses to an endpoint and completions back, in order.

    Args:
        endpoint: The server; the engine closes it.
        ask: Returns what the model writes for a clause.
        model: How results name the model.
        info: The adapter that the server's model was made with, if it is one of ours.
        notation: Notation that the model writes.
        concurrency: Clauses that are asked for at the same time.
        constrained: Whether the server holds the model to the notation.
        examples_sha256: Hash of the examples that the model is shown, if it is shown any.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        ask: Callable[[str], Completion],
        *,
        model: str,
        info: AdapterInfo | None = None,
        notation: str = "lrml",
        concurrency: int = 8,
        constrained: bool = False,
        examples_sha256: str | None = None,
    ) -> None:
        self.model: str | None = model
        self.info = info
        self.examples_sha256 = examples_sha256
        self.constrained, self.beams, self.consensus = constrained, 1, 1
        self._endpoint, self._ask = endpoint, ask
        self._notation, self._concurrency = notation, concurrency

    def stream(
        self, rows: Iterable[BatchRow], advance: Advance
    ) -> Iterator[tuple[BatchRow, Interpretation]]:
        """Yield each row with its interpretation.

        Raises:
            EndpointError: the endpoint is of no use to any row.
        """
        rows = iter(rows)
        pending: deque[_Pending] = deque()
        workers = Workers(self._concurrency)
        try:
            while True:
                room = self._concurrency * AHEAD - len(pending)
                some = islice(rows, room)
                pending += [(row, workers.submit(self._interpret, row)) for row in some]
                if not pending:
                    return
                row, future = pending.popleft()
                found = self._result(row, future)
                advance(1)
                yield row, found
        finally:
            self._endpoint.close()
            for _, future in pending:
                future.cancel()
            workers.close()

    def _interpret(self, row: BatchRow) -> Interpretation:
        problem = row.problem or why_refused(row.clause)
        if problem:
            return refused(row.clause, problem)
        started = time.perf_counter()
        completion = self._ask(row.clause)
        seconds = time.perf_counter() - started
        return read_completion(row.clause, completion, self._notation, seconds)

    def _result(self, row: BatchRow, future: Future[Interpretation]) -> Interpretation:
        """Return a row's result; a row at fault itself gets one that says so."""
        try:
            return future.result()
        except EndpointError as error:
            if error.scope == "endpoint" or not self._works():
                raise
            return refused(row.clause, str(error))

    def _works(self) -> bool:
        """Say whether the endpoint has a completion for a clause that nothing is wrong with."""
        try:
            self._ask(HARMLESS)
        except EndpointError:
            return False
        return True
