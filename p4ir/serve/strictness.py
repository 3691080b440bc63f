"""Bodies are read as strictly as files: a key that stands twice is refused, not the last taken."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute

from p4ir.errors import JsonTextError
from p4ir.json_text import read_json


class StrictRoute(APIRoute):
    """A route whose body is JSON that can be read in one way only."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers requests."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            return await handle(_StrictRequest(request.scope, request.receive))

        return handle_strictly


class _StrictRequest(Request):
    async def json(self) -> Any:
        try:
            return read_json(await self.body())
        except JsonTextError as error:
            raise HTTPException(400, str(error)) from None
