"""`ServedInterpreter`: the interpreter of `p4ir serve` on another machine, asked over HTTP.

It speaks as `Interpreter` does, so whatever takes that takes this. Requests that the server
turns away are made again when it says so. Where it asks for a token, the environment has to
hold it (`P4IR_TOKEN`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypedDict

from p4ir.endpoint.client import P4IR, Endpoint
from p4ir.endpoint.retry import Patience
from p4ir.inference.interpretation import Interpretation, doubts, refused
from p4ir.inference.refusal import list_clauses, why_refused
from p4ir.models import AdapterLabel
from p4ir.rules import parse_rule


class ServedAdapter(NamedTuple):
    """The adapter that a server works with."""

    name: str
    licence: str | None
    sha256: str | None = None


class ServedInterpreter:
    """A model behind `p4ir serve`.

    Args:
        url: The server's, such as `http://localhost:8000`.
        batch_size: Clauses of a request, at most; the server may take fewer.
        timeout_s: Longest time for one answer, in seconds.
        patience: When to give up.

    Raises:
        EndpointError: the server cannot be reached, refuses the token, or is none of p4ir's.
    """

    def __init__(
        self,
        url: str,
        *,
        batch_size: int = 16,
        timeout_s: float = 180.0,
        patience: Patience | None = None,
    ) -> None:
        self._endpoint = Endpoint(url, kind=P4IR, timeout_s=timeout_s, patience=patience)
        self.url = self._endpoint.url
        health = self._endpoint.get("healthz", _read_health)
        self.model: str | None = health["model"]
        self.info: AdapterLabel | None = health["info"]
        self.constrained = health["constrained"]
        self.beams, self.consensus = health["beams"], health["consensus"]
        self.batch_size = min(batch_size, health["max_clauses"])

    def interpret(
        self, clauses: str | Sequence[str], on_batch: Callable[[int], None] = lambda done: None
    ) -> list[Interpretation]:
        """Turn clauses into rules, in the order given; one clause may be a plain string.

        Raises:
            TypeError: a clause is no string.
            EndpointError: the server does not answer as it should.
        """
        clauses = list_clauses(clauses)
        # What is refused anyway is not sent: it may be larger than a request may be.
        found = {each: refused(each, why) for each in clauses if (why := why_refused(each))}
        good = [clause for clause in dict.fromkeys(clauses) if clause not in found]
        on_batch(len(clauses) - len(good))
        for start in range(0, len(good), self.batch_size):
            some = good[start : start + self.batch_size]
            found.update(zip(some, self._ask(some), strict=True))
            on_batch(len(some))
        return [found[clause] for clause in clauses]

    def stream(
        self, clauses: str | Sequence[str], chunk: int | None = None
    ) -> Iterator[Interpretation]:
        """Yield interpretations in order as they become ready, `chunk` clauses at a time.

        Raises:
            TypeError: a clause is no string.
            EndpointError: the server does not answer as it should.
        """
        clauses, chunk = list_clauses(clauses), chunk or self.batch_size
        for start in range(0, len(clauses), chunk):
            yield from self.interpret(clauses[start : start + chunk])

    def _ask(self, clauses: Sequence[str]) -> list[Interpretation]:
        def read(answer: Mapping[str, Any]) -> list[Interpretation]:
            results = answer["results"]
            if [each["clause"] for each in results] != list(clauses):
                raise ValueError("results for other clauses")
            return [_read_result(each) for each in results]

        return self._endpoint.post("interpret", {"clauses": clauses, "to": "lrml"}, read)


class _Health(TypedDict):
    model: str | None
    info: ServedAdapter | None
    constrained: bool
    beams: int
    consensus: int
    max_clauses: int


def _read_health(answer: Mapping[str, Any]) -> _Health:
    name, sha256 = answer["adapter"], answer.get("adapter_sha256")  # new: others do without
    return {
        "model": answer["model"],
        "info": None if name is None else ServedAdapter(str(name), answer["licence"], sha256),
        "constrained": bool(answer["constrained"]),
        "beams": int(answer["beams"]),
        "consensus": int(answer["consensus"]),
        "max_clauses": int(answer["max_clauses"]),
    }


def _read_result(said: Mapping[str, Any]) -> Interpretation:
    """Return a result as the server's interpreter gave it; what follows from it is found anew."""
    clause = said["clause"]
    rule = parse_rule(said["rule"]) if said["rule"] else None
    return Interpretation(
        clause=clause,
        rule=rule,
        valid=bool(said["valid"]),
        repairs=tuple(map(str, said["repairs"])),
        problem=str(said["problem"]),
        confidence=None if said["confidence"] is None else float(said["confidence"]),
        node_confidence=tuple(map(float, said["node_confidence"])),
        completion=str(said["completion"]),
        **(doubts(rule, clause) if rule else {}),
    )
