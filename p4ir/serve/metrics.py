"""What Prometheus is told of a server."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 20, 60, 120)
_ROWS = (1, 2, 4, 8, 16, 32, 64)


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        self.registry = here = CollectorRegistry()
        self.requests = Counter(
            "p4ir_requests", "Requests, by path and status", ("path", "status"), registry=here
        )
        self.seconds = Histogram(
            "p4ir_request_seconds", "Time of requests", ("path",), buckets=_SECONDS, registry=here
        )
        self.clauses = Counter("p4ir_clauses", "Clauses, by outcome", ("outcome",), registry=here)
        self.under_way = Gauge(
            "p4ir_requests_under_way", "Requests that are being answered", registry=here
        )
        self.queued = Gauge("p4ir_queued_clauses", "Clauses that wait", registry=here)
        self.batch_size = Histogram(
            "p4ir_batch_clauses", "Clauses of a batch", buckets=_ROWS, registry=here
        )
        self.batch_seconds = Histogram(
            "p4ir_batch_seconds", "Time of a batch", buckets=_SECONDS, registry=here
        )

    def text(self) -> bytes:
        """Return the figures in Prometheus' text format."""
        return generate_latest(self.registry)
