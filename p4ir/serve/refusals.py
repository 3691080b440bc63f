"""Answers that say why there is no other: `{"detail": why}`, one text, whatever went wrong."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from p4ir.serve.batcher import BusyError
from p4ir.serve.messages import Refusal
from p4ir.serve.work import RequestError

_SHOWN_PROBLEMS = 5
_SHOWN_CHARS = 60
_WHY = {
    400: "The body is no JSON, or JSON that can be read in more than one way",
    401: "The token is missing or wrong",
    408: "The body did not come to its end in time",
    413: "The body is too large",
    415: "The content type is not application/json",
    422: "Something in the request is not as it should be",
    429: "No room: come again after the seconds in Retry-After",
    500: "The server failed on this request; others go on",
    504: "It took too long",
}
Responses = dict[int | str, dict[str, Any]]


def refusals(*statuses: int) -> Responses:
    """Return what OpenAPI is told of refusals with these statuses; of all where none is given."""
    told = {status: _WHY[status] for status in statuses} or _WHY
    return {status: {"model": Refusal, "description": why} for status, why in told.items()}


def refuse(status: int, why: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return an answer that says why there is no other."""
    return JSONResponse({"detail": why}, status, headers)


def busy(retry_after_s: int) -> JSONResponse:
    """Return the answer of a server without room."""
    headers = {"Retry-After": str(retry_after_s)}
    return refuse(429, f"busy; come again in {retry_after_s} s", headers)


def add_refusals(app: FastAPI) -> None:
    """Have an application answer errors with refusals."""

    @app.exception_handler(BusyError)
    async def say_busy(request: Request, error: BusyError) -> JSONResponse:
        return busy(error.retry_after_s)

    @app.exception_handler(TimeoutError)
    async def say_late(request: Request, error: TimeoutError) -> JSONResponse:
        return refuse(504, "it took too long")

    @app.exception_handler(RequestError)
    async def say_wrong(request: Request, error: RequestError) -> JSONResponse:
        return refuse(422, str(error))

    @app.exception_handler(RequestValidationError)
    async def say_misfit(request: Request, error: RequestValidationError) -> JSONResponse:
        return refuse(422, _name_misfits(error))

    @app.exception_handler(Exception)
    async def say_failed(request: Request, error: Exception) -> JSONResponse:
        return refuse(500, "the server failed on this request; its log says why")


def _name_misfits(error: RequestValidationError) -> str:
    """Say what is wrong and where, without the values: those may be no JSON, as NaN is none."""
    problems = error.errors()
    listed = [f"{_place(each['loc'])}: {each['msg']}" for each in problems[:_SHOWN_PROBLEMS]]
    left = len(problems) - len(listed)
    return "; ".join(listed) + (f"; and {left} more" if left else "")


def _place(location: tuple[str | int, ...]) -> str:
    """Write a place in a body; items are counted from 1, as in answers."""
    parts = [
        f"item {part + 1}" if isinstance(part, int) else part[:_SHOWN_CHARS]
        for part in location[1:]
    ]
    return ", ".join(parts) or "the body"
