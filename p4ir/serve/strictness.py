"""Bodies are read as strictly as files: a key that stands twice is refused, not the last taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute

from p4ir.errors import JsonTextError
from p4ir.json_text import read_json

_JSON_TYPE = re.compile(r"\s*application/([^\s;]+\+)?json\s*(;|$)", re.IGNORECASE)


class StrictRoute(APIRoute):
    """A route whose body is JSON that can be read in one way only."""

    mend_halves = False
    """Whether U+FFFD stands for half of a character, which is refused otherwise."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers requests."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            if self.body_field and not _JSON_TYPE.match(request.headers.get("content-type", "")):
                raise HTTPException(415, "the body must come with content-type: application/json")
            return await handle(_StrictRequest(request, self.mend_halves))

        return handle_strictly


class ClausesRoute(StrictRoute):
    """A strict route for clauses: one that is no text gets a result, and spoils no other."""

    mend_halves = True


class _StrictRequest(Request):
    def __init__(self, request: Request, mend_halves: bool) -> None:
        super().__init__(request.scope, request.receive)
        self._mend_halves = mend_halves

    async def json(self) -> Any:
        try:
            return read_json(await self.body(), mend_halves=self._mend_halves)
        except JsonTextError as error:
            raise HTTPException(400, str(error)) from None
