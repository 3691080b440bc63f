"""Run the application until a signal, and then finish what was begun."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

import uvicorn
from fastapi import FastAPI

from p4ir.errors import ServeError

KEEP_ALIVE_S = 75
"""Time that a connection may be idle, in seconds: longer than clients keep one, so that none
sends a request into a connection that is just being closed."""
BACKLOG = 1024
"""Connections that wait to be accepted."""


def run(
    app: FastAPI,
    *,
    host: str,
    port: int,
    grace_s: float,
    ready: Callable[[str], None] = lambda address: None,
    stopping: Callable[[int], None] = lambda requests: None,
) -> None:
    """Serve until SIGTERM or Ctrl-C; then take no more, and finish within `grace_s` seconds.

    Args:
        app: What answers.
        host: Name or number of the address.
        port: Of the address; 0 takes any that is free.
        grace_s: Longest time for requests that were begun, in seconds.
        ready: Is told the URL, once clients may come.
        stopping: Is told, once the server is to end, how many requests it still answers.

    Raises:
        ServeError: the address cannot be had.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=max(1, round(grace_s)),
        timeout_keep_alive=KEEP_ALIVE_S,
        backlog=BACKLOG,
        server_header=False,
    )
    listening = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    ready(f"http://{shown}:{listening.getsockname()[1]}")
    # uvicorn raises the signal again when it is done; by then it has been obeyed.
    before = {each: signal.signal(each, _obeyed) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        _Server(config, stopping).run([listening])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        listening.close()


class _Server(uvicorn.Server):
    """A server that says at once that it was told to stop, and what it still has to do."""

    def __init__(self, config: uvicorn.Config, stopping: Callable[[int], None]) -> None:
        super().__init__(config)
        self._stopping = stopping

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping(len(self.server_state.tasks))
        await super().shutdown(sockets)


def end() -> NoReturn:
    """End the program, though a thread may still be at work for nobody, as the model is."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listening.close()
        why = getattr(error, "strerror", None) or error
        raise ServeError(f"{host}:{port}: cannot be listened on: {why}") from None
    return listening


def _obeyed(number: int, frame: FrameType | None) -> None:
    pass
