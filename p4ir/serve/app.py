"""The HTTP API: /interpret, /check, /score, /healthz, /metrics."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from p4ir import __version__
from p4ir.batch.rows import BatchRow
from p4ir.engines.local import LocalEngine
from p4ir.errors import RuleError, RuleSyntaxError
from p4ir.inference.interpreter import Interpretation, to_json_object
from p4ir.metrics.scoring import score
from p4ir.rules import NOTATIONS, parse_rule
from p4ir.serve.batcher import Batcher, BusyError
from p4ir.serve.desk import Desk
from p4ir.serve.guard import Guard, Limits, busy, refuse
from p4ir.serve.messages import (
    Health,
    InterpretAnswer,
    InterpretRequest,
    Rule,
    Score,
    ScoreAnswer,
    ScoreRequest,
)
from p4ir.serve.metrics import Metrics

_BUSY: dict[int | str, dict[str, Any]] = {
    429: {"description": "No room: come again after the seconds in Retry-After"}
}


def create_app(
    engine: LocalEngine, *, batch_size: int, limits: Limits | None = None, token: str = ""
) -> FastAPI:
    """Return the application.

    Args:
        engine: What turns clauses into rules.
        batch_size: Most clauses that it is given at a time.
        limits: What is put up with.
        token: What clients have to send as a bearer token; none if empty.
    """
    limits, metrics, desk = limits or Limits(), Metrics(), Desk()

    def interpret(clauses: Sequence[str]) -> list[Interpretation]:
        return engine.interpret([BatchRow("", clause) for clause in clauses])

    batcher = Batcher(interpret, batch_size=batch_size, queue_size=limits.queue, metrics=metrics)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        batcher.start()
        yield
        await batcher.stop()
        desk.close()

    app = FastAPI(
        title="p4ir",
        version=__version__,
        summary="From clauses of building codes to rules that a computer can check.",
        lifespan=lifespan,
    )
    _add_errors(app)
    _add_interpret(app, engine, batcher, limits)
    _add_score(app, desk, limits)
    _add_state(app, engine, metrics, limits)
    paths = frozenset(getattr(route, "path", "") for route in app.routes)
    app.add_middleware(Guard, limits=limits, token=token, paths=paths, metrics=metrics)
    return app


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(BusyError)
    async def say_busy(request: Request, error: BusyError) -> JSONResponse:
        return busy(error.retry_after_s)

    @app.exception_handler(TimeoutError)
    async def say_late(request: Request, error: TimeoutError) -> JSONResponse:
        return refuse(504, "it took too long")


def _add_interpret(app: FastAPI, engine: LocalEngine, batcher: Batcher, limits: Limits) -> None:
    @app.post("/interpret", responses=_BUSY)
    async def interpret(request: InterpretRequest) -> InterpretAnswer:
        """Turn clauses into rules. One that is no clause gives a result that says so."""
        if request.to not in NOTATIONS:
            there = ", ".join(NOTATIONS)
            raise HTTPException(422, f"no notation {request.to!r}; there are {there}")
        _check_count(len(request.clauses), limits)
        found = await batcher.interpret(request.clauses, limits.timeout_s)
        objects = [
            to_json_object(each, str(number), engine, request.to)
            for number, each in enumerate(found, 1)
        ]
        return InterpretAnswer(results=[Rule(**each) for each in objects])


def _add_score(app: FastAPI, desk: Desk, limits: Limits) -> None:
    def compare(request: ScoreRequest) -> list[Score]:
        scores = []
        for number, pair in enumerate(request.pairs, 1):
            try:
                reference = parse_rule(pair.reference)
            except (RuleSyntaxError, RuleError) as error:
                why = f"pair {number}: the reference does not parse: {error}"
                raise HTTPException(422, why) from None
            scores.append(Score(**score(pair.prediction, reference)._asdict()))
        return scores

    @app.post("/score", responses=_BUSY)
    async def score_pairs(request: ScoreRequest) -> ScoreAnswer:
        """Score rules against reference rules."""
        _check_count(len(request.pairs), limits)
        return ScoreAnswer(scores=await desk.do(partial(compare, request), limits.timeout_s))


def _add_state(app: FastAPI, engine: LocalEngine, metrics: Metrics, limits: Limits) -> None:
    @app.get("/healthz")
    async def healthz() -> Health:
        """Say that the server works. Needs no token."""
        return Health(
            status="ok",
            version=__version__,
            model=engine.model,
            adapter=engine.info.name if engine.info else None,
            max_clauses=limits.clauses,
        )

    @app.get("/metrics", response_class=Response)
    async def say_metrics() -> Response:
        """Return figures for Prometheus."""
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _check_count(count: int, limits: Limits) -> None:
    if count > limits.clauses:
        raise HTTPException(422, f"{count} are too many; at most {limits.clauses} a request")
