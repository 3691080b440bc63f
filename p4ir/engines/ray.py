"""The engine of a Ray cluster: Ray Data spreads the rows over workers with a model each.

Rows go out in blocks and come back in order. What a worker that dies was at is done again
by another. Ray is an extra (`pip install p4ir[ray]`).
"""

from __future__ import annotations

import logging
import pickle
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from p4ir.batch.progress import Advance
from p4ir.batch.rows import BatchRow
from p4ir.engines.local import CHUNK, LocalEngine
from p4ir.errors import EndpointError, ModelError, first_line
from p4ir.inference.interpretation import Interpretation
from p4ir.inference.interpreter import Interpreter
from p4ir.inference.rows import BEAMS
from p4ir.models import AdapterInfo

ROWS = 50_000
"""Rows that are handed to the cluster together; for each such lot the workers start anew."""
BLOCK_BYTES = 4 * 2**20
"""Memory that Ray sets aside for the results of a block; by default thirty times as much."""
REACHED_WITHIN_S = 5.0
"""Longest time for a connection to a cluster, in seconds."""


class RayEngine:
    """Clauses to the workers of a Ray cluster and rules back, in order.

    Args:
        make: Makes the interpreter; called once on each worker. Has to be picklable.
        model: How results name the model.
        info: The adapter, if there is one.
        constrained: Whether the interpreters hold the model to its notation.
        beams: Beginnings of a rule that they follow side by side.
        consensus: Rules that they write for each clause.
        workers: How many workers to start.
        batch_size: Clauses that a worker generates together.
        address: The cluster's; one on this machine is started where it is absent.
        gpus: GPUs that each worker takes.

    Raises:
        ModelError: Ray is not installed, or the cluster cannot be reached.
    """

    def __init__(
        self,
        make: Callable[[], Interpreter],
        *,
        model: str | None,
        info: AdapterInfo | None,
        constrained: bool = True,
        beams: int = BEAMS,
        consensus: int = 1,
        workers: int = 2,
        batch_size: int = 16,
        address: str | None = None,
        gpus: float = 0,
    ) -> None:
        self.model, self.info = model, info
        self.constrained, self.beams, self.consensus = constrained, beams, consensus
        self._make, self._workers, self._gpus = make, workers, gpus
        self._batch_size = batch_size
        self._ray = _connect(address, workers)

    def stream(
        self, rows: Iterable[BatchRow], advance: Advance
    ) -> Iterator[tuple[BatchRow, Interpretation]]:
        """Yield each row with its interpretation.

        Raises:
            EndpointError: the workers cannot work, as where they find no model.
        """
        rows = iter(rows)
        while some := list(islice(rows, ROWS)):
            for row, result in zip(some, self._results(some), strict=True):
                advance(1)
                yield row, result

    def _results(self, rows: Sequence[BatchRow]) -> Iterator[Interpretation]:
        data = self._ray.data
        context = data.DataContext.get_current()
        context.execution_options.preserve_order = True
        context.target_max_block_size = BLOCK_BYTES
        context.enable_progress_bars = False  # there is one already
        items = [{"clause": row.clause, "problem": row.problem} for row in rows]
        # A block is what a worker takes at a time, and what is lost when it dies.
        size = self._batch_size * CHUNK
        blocks = -(-len(rows) // size)
        results = data.from_items(items, override_num_blocks=blocks).map_batches(
            _Worker,
            fn_constructor_args=(self._make,),
            batch_size=size,
            compute=data.ActorPoolStrategy(size=self._workers),
            num_cpus=1,
            num_gpus=self._gpus,
        )
        try:
            for row in results.iter_rows():
                yield pickle.loads(row["result"])
        except self._ray.exceptions.RayError as error:
            # Above the last line stands where on the worker it happened.
            why = str(error).strip().rsplit("\n", 1)[-1]
            raise EndpointError(f"the workers of the Ray cluster: {why}") from error


class _Worker:
    """An interpreter on a worker of the cluster."""

    def __init__(self, make: Callable[[], Interpreter]) -> None:
        self._engine = LocalEngine(make())

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        pairs = zip(batch["clause"], batch["problem"], strict=True)
        rows = [BatchRow("", str(clause), str(problem)) for clause, problem in pairs]
        return {"result": [pickle.dumps(result) for result in self._engine.interpret(rows)]}


def _connect(address: str | None, workers: int) -> Any:
    try:
        import ray
        import ray.data
    except ImportError:
        raise ModelError("the engine ray is an extra: pip install 'p4ir[ray]'") from None
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    if ray.is_initialized():
        return ray
    options: dict[str, Any] = {"num_cpus": workers}
    if address:
        _check_reachable(address)
        options = {"address": address}
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        ray.init(**options, **quiet, include_dashboard=False)
    except (ConnectionError, ValueError, RuntimeError) as error:
        why = f"cannot be reached: {first_line(error)}"
        raise ModelError(f"the Ray cluster {address} {why}") from None
    return ray


def _check_reachable(address: str) -> None:
    """Refuse an address that nobody answers at: Ray itself would try for a quarter of an hour.

    Raises:
        ModelError: nobody does, or it is no address.
    """
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if address == "auto":
        return
    if not colon or not host or not port.isascii() or not port.isdigit():
        raise ModelError(f"--address {address}: expected HOST:PORT, ray://HOST:PORT or auto")
    try:
        socket.create_connection((host.strip("[]"), int(port)), REACHED_WITHIN_S).close()
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or error
        raise ModelError(f"the Ray cluster {address} cannot be reached: {why}") from None
