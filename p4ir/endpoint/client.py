"""`Endpoint`: requests to a server, repeated as long as that may help.

The server is an OpenAI-compatible one, or `p4ir serve`. The key comes from the environment
(`P4IR_API_KEY`, for api.openai.com also `OPENAI_API_KEY`; of `p4ir serve`, `P4IR_TOKEN`),
goes into a header and nowhere else: what a server answers is quoted with the key struck out.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import httpx2

from p4ir.endpoint.retry import Gate, Patience, retry_after_s
from p4ir.errors import EndpointError, first_line

MAX_ANSWER_BYTES = 8 * 1024 * 1024

_OPENAI = "api.openai.com"
_COME_LATER = {429, 503, 529}
_MAY_PASS = {408, 409, 425, 500, 502, 504}

T = TypeVar("T")


class Kind(NamedTuple):
    """What is particular to a kind of server."""

    root: str
    """Path that is added to a URL without one."""
    key: str
    """Variable of the environment that holds the key."""
    example: str
    """What a URL looks like."""


OPENAI = Kind("/v1", "P4IR_API_KEY", "http://localhost:8000/v1")
P4IR = Kind("", "P4IR_TOKEN", "http://localhost:8000")


class Endpoint:
    """A server and how to ask it; safe to use from many threads.

    Args:
        url: Base URL, such as `http://localhost:8000/v1`.
        kind: What kind of server it is.
        timeout_s: Longest time for one answer, in seconds.
        connections: Requests at the same time.
        patience: When to give up.

    Raises:
        EndpointError: the URL is none.
    """

    def __init__(
        self,
        url: str,
        *,
        kind: Kind = OPENAI,
        timeout_s: float = 120.0,
        connections: int = 8,
        patience: Patience | None = None,
    ) -> None:
        self.url, self._kind = _base(url, kind), kind
        self.timeout_s, self.patience = timeout_s, patience or Patience()
        self._key = read_key(self.url, kind)
        self._closed = threading.Event()
        self._gate = Gate(self._sleep)
        self._random = random.Random()
        self._client = httpx2.Client(
            headers={"Authorization": f"Bearer {self._key}"} if self._key else {},
            timeout=timeout_s,
            limits=httpx2.Limits(max_connections=connections),
        )

    def close(self) -> None:
        """End what is under way, and close the connections."""
        self._closed.set()
        self._client.close()

    def get(self, path: str, read: Callable[[dict[str, Any]], T]) -> T:
        """Return what `read` makes of the answer to a GET."""
        return self._ask("GET", path, None, read)

    def post(self, path: str, body: Mapping[str, Any], read: Callable[[dict[str, Any]], T]) -> T:
        """Return what `read` makes of the answer to a POST.

        Args:
            path: below the base URL, or from the server's root with a leading `/`.
            body: the JSON object to send.
            read: raises `AttributeError`, `LookupError`, `TypeError` or `ValueError` where
                the answer is not what it should be; then the request is repeated.

        Raises:
            EndpointError: see its `scope`.
        """
        return self._ask("POST", path, body, read)

    def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        read: Callable[[dict[str, Any]], T],
    ) -> T:
        started, failures, unsaid = time.monotonic(), 0, 0
        while True:
            self._gate.wait()
            try:
                return read(self._once(method, path, body))
            except _AgainError as why:
                reason, failure = str(why), why
            except (AttributeError, LookupError, TypeError, ValueError) as why:
                reason = f"answers what was not asked for ({first_line(why)})"
                failure = _AgainError("")
            # One that only says to come later has not failed, within limits.
            failures += 0 if failure.later else 1
            # Pauses double as long as the endpoint does not say itself when to come.
            unsaid += failure.after_s is None
            pause_s = self.patience.pause_s(max(1, unsaid), self._random)
            if failure.after_s is not None:
                pause_s = max(pause_s, failure.after_s)
                self._gate.shut_for(failure.after_s)
            is_late = time.monotonic() + pause_s - started > self.patience.limit_s
            if self._closed.is_set() or failures >= self.patience.tries or is_late:
                raise EndpointError(f"{self.url}: {reason}", scope=failure.scope)
            self._sleep(pause_s)

    def _once(self, method: str, path: str, body: Mapping[str, Any] | None) -> dict[str, Any]:
        url = httpx2.URL(self.url).join(path) if path[0] == "/" else f"{self.url}/{path}"
        try:
            with self._client.stream(method, url, json=body) as response:
                answer = self._read(response)
        except httpx2.TimeoutException:
            raise _AgainError(f"no answer within {self.timeout_s:g} s", scope="unknown") from None
        except httpx2.ConnectError as error:
            raise _AgainError(f"cannot be reached: {first_line(error)}", scope="endpoint") from None
        except httpx2.HTTPError as error:
            raise _AgainError(f"broke off: {first_line(error)}") from None
        self._check(response, answer)
        try:
            found = json.loads(answer)
        except (ValueError, RecursionError):
            raise _AgainError(f"answers what is no JSON: {self._quote(answer)}") from None
        if not isinstance(found, dict):
            raise _AgainError(f"answers what is no JSON object: {self._quote(answer)}")
        return found

    def _read(self, response: httpx2.Response) -> bytes:
        deadline = time.monotonic() + self.timeout_s
        answer = bytearray()
        for some in response.iter_bytes():
            answer += some
            if len(answer) > MAX_ANSWER_BYTES:
                raise _AgainError(f"answers more than {MAX_ANSWER_BYTES} bytes")
            if time.monotonic() > deadline:
                raise httpx2.ReadTimeout("slow")
        return bytes(answer)

    def _check(self, response: httpx2.Response, answer: bytes) -> None:
        status = response.status_code
        if response.is_success:
            return
        said = f"HTTP {status}"
        if status in _COME_LATER:
            after_s = retry_after_s(response.headers)
            why = self._quote(answer) if answer else "busy"
            raise _AgainError(f"{said}: {why}", after_s=after_s, later=True, scope="endpoint")
        if status in _MAY_PASS:
            raise _AgainError(f"{said}: {self._quote(answer)}")
        if status in (401, 403):
            name = self._kind.key
            advice = f"the key in {name} was refused" if self._key else f"set {name} to a key"
            raise EndpointError(f"{self.url}: {said}: {advice}", scope="endpoint")
        if response.is_redirect:
            raise EndpointError(f"{self.url}: {said}: points elsewhere", scope="endpoint")
        is_everybody = status in (404, 405)
        raise EndpointError(
            f"{self.url}: {said}: {self._quote(answer)}",
            scope="endpoint" if is_everybody else "request",
        )

    def _quote(self, answer: bytes) -> str:
        """Return the first words of an answer, on one line and without the key."""
        text = answer[:4000].decode(errors="replace")
        try:
            said = json.loads(answer)
            error = said.get("error") or said["detail"]
            text = error["message"] if isinstance(error, dict) else str(error)
        except (AttributeError, ValueError, LookupError, TypeError, RecursionError):
            pass
        text = text.replace(self._key, "***") if self._key else text
        return " ".join(text.split())[:200] or "nothing"

    def _sleep(self, seconds: float) -> None:
        self._closed.wait(seconds)


class _AgainError(Exception):
    """A request failed in a way that may pass."""

    def __init__(
        self,
        message: str,
        *,
        after_s: float | None = None,
        later: bool = False,
        scope: Any = "unknown",
    ) -> None:
        super().__init__(message)
        self.after_s, self.later, self.scope = after_s, later, scope


def read_key(url: str, kind: Kind) -> str:
    """Return the key for a server from the environment; empty if there is none.

    Raises:
        EndpointError: it is no key that could be sent.
    """
    other = os.environ.get("OPENAI_API_KEY", "") if urlsplit(url).hostname == _OPENAI else ""
    key = (os.environ.get(kind.key, "") or other).strip()
    if not key.isascii() or not key.isprintable():
        raise EndpointError(f"the key in {kind.key} holds characters that no key has")
    return key


def _base(url: str, kind: Kind) -> str:
    """Return a URL without the slash at its end, and with the usual path where it has none."""
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_url = False
    # A part of the URL that may hold a key is not repeated.
    if not is_url:
        raise EndpointError(f"the URL of the endpoint is none; give {kind.example} or so")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise EndpointError(
            f"{parts.hostname}: the URL must end with its path, and hold no name or key; put "
            f"the key into {kind.key}"
        )
    return url.rstrip("/") + ("" if parts.path.strip("/") else kind.root)
