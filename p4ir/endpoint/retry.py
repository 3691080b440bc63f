"""When to ask an endpoint again: back-off with jitter, and what the endpoint itself says."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to go on asking."""

    tries: int = 6
    """Times that a request is made before it counts as failed."""
    base_s: float = 0.5
    """Pause after the first failure, in seconds; each is twice as long as the one before."""
    longest_s: float = 30.0
    """Longest pause of our own choice, in seconds."""
    limit_s: float = 600.0
    """Longest time that one request is held back by an endpoint that says to come later."""

    def pause_s(self, failures: int, rng: random.Random) -> float:
        """Return how long to wait after so many failures, at least half the full pause."""
        full = min(self.longest_s, self.base_s * 2.0 ** (failures - 1))
        return full * rng.uniform(0.5, 1.0)


class Gate:
    """Holds every request back while the endpoint wants to be left alone."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep, self._lock = sleep, threading.Lock()
        self._opens_at = 0.0

    def shut_for(self, seconds: float) -> None:
        """Let no request pass for some time."""
        with self._lock:
            self._opens_at = max(self._opens_at, time.monotonic() + seconds)

    def wait(self) -> None:
        """Wait until requests may pass."""
        while (left := self._opens_at - time.monotonic()) > 0:
            self._sleep(left)


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that `Retry-After` asks for, given as a number or as a date."""
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            then = parsedate_to_datetime(value)
        except ValueError:
            return None
        then = then if then.tzinfo else then.replace(tzinfo=UTC)
        seconds = (then - datetime.now(UTC)).total_seconds()
    # Neither a time in the past nor `nan` or `inf` is one to wait for.
    return max(0.0, seconds) if seconds < 1e9 else None
