"""The HTTP API: /interpret, /check, /score, /healthz, /metrics."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI, Response

from p4ir import __version__
from p4ir.batch.rows import BatchRow
from p4ir.engines.local import LocalEngine
from p4ir.engines.openai import HARMLESS
from p4ir.inference.interpretation import Interpretation, to_json_object
from p4ir.rules import NOTATIONS
from p4ir.serve.batcher import Batcher
from p4ir.serve.desk import Desk
from p4ir.serve.guard import Guard, Limits
from p4ir.serve.messages import (
    CheckAnswer,
    CheckRequest,
    Health,
    InterpretAnswer,
    InterpretRequest,
    Rule,
    ScoreAnswer,
    ScoreRequest,
)
from p4ir.serve.metrics import Metrics
from p4ir.serve.refusals import add_refusals, refusals
from p4ir.serve.strictness import ClausesRoute, StrictRoute
from p4ir.serve.work import RequestError, check_building, score_pairs


def create_app(
    engine: LocalEngine,
    *,
    batch_size: int,
    limits: Limits | None = None,
    token: str = "",
    clause_s: float = 0.0,
) -> FastAPI:
    """Return the application.

    Args:
        engine: What turns clauses into rules.
        batch_size: Most clauses that it is given at a time.
        limits: What is put up with.
        token: What clients have to send as a bearer token; none if empty.
        clause_s: Time that a clause takes, as `warm_up` says; 0 where it is not known.
    """
    limits, metrics, desk = limits or Limits(), Metrics(), Desk()
    # For more than the queue takes there would never be room.
    limits = limits._replace(clauses=min(limits.clauses, limits.queue))

    def interpret(clauses: Sequence[str]) -> list[Interpretation]:
        return engine.interpret([BatchRow("", clause) for clause in clauses])

    batcher = Batcher(
        interpret,
        batch_size=batch_size,
        queue_size=limits.queue,
        metrics=metrics,
        clause_s=clause_s,
    )

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
        # A path with a slash too many is none, rather than an answer without a body.
        redirect_slashes=False,
    )
    app.router.route_class = StrictRoute
    add_refusals(app)
    _add_interpret(app, engine, batcher, limits)
    _add_check(app, desk, limits)
    _add_score(app, desk, limits)
    _add_state(app, engine, metrics, limits)
    _add_start(app)
    paths = frozenset(getattr(route, "path", "") for route in app.routes)
    app.add_middleware(Guard, limits=limits, token=token, paths=paths, metrics=metrics)
    return app


def warm_up(engine: LocalEngine) -> float:
    """Interpret a clause, so that the first client's is not slower; return its time in seconds."""
    started = time.perf_counter()
    engine.interpret([BatchRow("", HARMLESS)])
    return time.perf_counter() - started


def _add_interpret(app: FastAPI, engine: LocalEngine, batcher: Batcher, limits: Limits) -> None:
    async def interpret(request: InterpretRequest) -> InterpretAnswer:
        """Turn clauses into rules. One that is no clause gives a result that says so."""
        if request.to not in NOTATIONS:
            there = ", ".join(NOTATIONS)
            raise RequestError(f"no notation {request.to!r}; there are {there}")
        _check_count(len(request.clauses), limits.clauses)
        found = await batcher.interpret(request.clauses, limits.timeout_s)
        results = [_rule(each, n, engine, request.to) for n, each in enumerate(found, 1)]
        return InterpretAnswer(results=results)

    app.router.add_api_route(
        "/interpret",
        interpret,
        methods=["POST"],
        responses=refusals(),
        route_class_override=ClausesRoute,
    )


def _rule(found: Interpretation, number: int, engine: LocalEngine, to: str) -> Rule:
    return Rule(
        **to_json_object(found, str(number), engine, to),
        repairs=list(found.repairs),
        node_confidence=[round(each, 4) for each in found.node_confidence],
        completion=found.completion,
    )


def _add_check(app: FastAPI, desk: Desk, limits: Limits) -> None:
    @app.post("/check", responses=refusals())
    async def check(request: CheckRequest) -> CheckAnswer:
        """Check a building against rules. What the facts do not say is unknown."""
        _check_count(len(request.rules), limits.rules)
        report = await desk.do(partial(check_building, request), limits.timeout_s)
        return CheckAnswer(**report)


def _add_score(app: FastAPI, desk: Desk, limits: Limits) -> None:
    @app.post("/score", responses=refusals())
    async def score(request: ScoreRequest) -> ScoreAnswer:
        """Score rules against reference rules."""
        _check_count(len(request.pairs), limits.clauses)
        return ScoreAnswer(
            scores=await desk.do(partial(score_pairs, request.pairs), limits.timeout_s)
        )


def _add_state(app: FastAPI, engine: LocalEngine, metrics: Metrics, limits: Limits) -> None:
    @app.get("/healthz")
    async def healthz() -> Health:
        """Say that the server works. Needs no token."""
        return Health(
            status="ok",
            version=__version__,
            model=engine.model,
            adapter=engine.info.name if engine.info else None,
            licence=engine.info.licence if engine.info else None,
            adapter_sha256=engine.info.sha256 if engine.info else None,
            constrained=engine.constrained,
            beams=engine.beams,
            consensus=engine.consensus,
            max_clauses=limits.clauses,
        )

    @app.get("/metrics", response_class=Response, responses=refusals(401, 429))
    async def say_metrics() -> Response:
        """Return figures for Prometheus."""
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _add_start(app: FastAPI) -> None:
    @app.get("/", responses=refusals(401, 429))
    async def start() -> dict[str, str]:
        """Say which paths there are."""
        said = {
            f"{method.upper()} {path}": str(described["description"])
            for path, methods in app.openapi()["paths"].items()
            for method, described in methods.items()
        }
        return {**said, "GET /docs": "Describe all of these to a browser."}


def _check_count(count: int, most: int) -> None:
    if count > most:
        raise RequestError(f"{count} are too many; at most {most} a request")
