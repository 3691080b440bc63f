"""What stands before the routes: the token, limits of size and number, and the figures."""

from __future__ import annotations

import asyncio
import hmac
import time
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from p4ir.serve.metrics import Metrics
from p4ir.serve.refusals import busy, refuse

OPEN = ("/healthz",)
"""Paths that need no token."""


class Limits(NamedTuple):
    """What a server puts up with."""

    clauses: int = 64
    """Most clauses, or pairs of rules, of a request."""
    rules: int = 1000
    """Most rules that a building is checked against in a request."""
    queue: int = 256
    """Most clauses that wait for the model."""
    requests: int = 512
    """Most requests at the same time."""
    body_bytes: int = 8 * 1024 * 1024
    """Longest body of a request, in bytes."""
    timeout_s: float = 120.0
    """Longest time for a request, in seconds."""


class Guard:
    """Lets a request through to the application, or answers it itself.

    Args:
        app: What comes after.
        limits: What is put up with.
        token: What a client has to show; anybody may come where it is empty.
        paths: Paths that there are; others are counted as one.
        metrics: Are told of every request.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limits: Limits,
        token: str,
        paths: frozenset[str],
        metrics: Metrics,
    ) -> None:
        self._app, self._limits, self._metrics = app, limits, metrics
        self._token, self._paths = token.encode(), paths
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._count(1)
        try:
            await self._answer(scope, receive, counted)
        finally:
            self._count(-1)
            path = scope["path"] if scope["path"] in self._paths else "other"
            self._metrics.requests.labels(path, str(status)).inc()
            self._metrics.seconds.labels(path).observe(time.perf_counter() - started)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        if scope["path"] not in OPEN and not self._is_known(headers.get(b"authorization", b"")):
            more = {"WWW-Authenticate": "Bearer"}
            await refuse(401, "the token is missing or wrong", more)(scope, receive, send)
        elif self._requests > self._limits.requests and scope["path"] not in OPEN:
            await busy(1)(scope, receive, send)
        else:
            try:
                async with asyncio.timeout(self._limits.timeout_s):
                    body = await self._read(headers, receive)
            except TimeoutError:
                await refuse(408, "the request did not come to its end")(scope, receive, send)
            except _TooLongError:
                most = f"the body may have at most {self._limits.body_bytes} bytes"
                await refuse(413, most, {"Connection": "close"})(scope, receive, send)
            else:
                await self._app(scope, _Again(body, receive), send)

    def _count(self, more: int) -> None:
        self._requests += more
        self._metrics.under_way.set(self._requests)

    def _is_known(self, given: bytes) -> bool:
        scheme, _, token = given.partition(b" ")
        # In constant time: how long it takes must not tell how much of it was right.
        is_right = hmac.compare_digest(token.strip(), self._token)
        return not self._token or (scheme.lower() == b"bearer" and is_right)

    async def _read(self, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        length = headers.get(b"content-length", b"")
        if length.isdigit() and int(length) > self._limits.body_bytes:
            raise _TooLongError
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > self._limits.body_bytes:
                raise _TooLongError
            if not message.get("more_body", False):
                return bytes(body)


class _TooLongError(Exception):
    """A body is longer than is put up with."""


class _Again:
    """A body that was read, to be received again; then whatever else comes."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}
