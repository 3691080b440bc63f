"""What requests and answers consist of; the OpenAPI description is made from these."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from p4ir.corpus.reading import MAX_CLAUSE_CHARS


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class InterpretRequest(_Request):
    """Clauses to turn into rules."""

    clauses: list[str] = Field(min_length=1, examples=[["Every stair shall have a handrail."]])
    """Regulation text, a clause each."""
    to: str = Field("lrml", examples=["lrml"])
    """Notation of the rules: lrml, json, outline, skeleton, legalruleml."""


class Rule(BaseModel):
    """What was made of a clause: the object that `p4ir interpret --json` prints, and more."""

    model_config = ConfigDict(extra="allow")

    id: str
    """Place of the clause in the request, from 1."""
    clause: str
    rule: str
    """The rule in the notation asked for; empty if there is none."""
    valid: bool
    """Whether nothing had to be mended."""
    repaired: bool
    confidence: float | None
    """From 0 to 1: how probable the rule is; with `consensus` above 1, how much of it the other
    rules agree with. Null where that is not known."""
    lint: list[str]
    """What looks wrong with the rule."""
    ungrounded: list[str]
    """Words of the rule that the clause does not support."""
    mismatches: list[str]
    """Where rule and clause say different things: numbers, units, references and bounds."""
    problem: str
    """Why there is no rule or it is not valid, that it ended early or that a likelier one was not
    taken; empty if all is well."""
    repairs: list[str]
    """What had to be mended, each in a line."""
    node_confidence: list[float]
    """The confidence of each node's label, in preorder; empty if there is no rule, or where it is
    not known."""
    completion: str
    """What the model wrote, in its own notation."""
    model: str | None
    adapter: str | None
    notation: str
    constrained: bool
    """Whether the model was held to its notation."""
    beams: int
    """Beginnings of the rule that were followed side by side."""
    consensus: int
    """Rules written for the clause, of which this is the one nearest to the others."""


class InterpretAnswer(BaseModel):
    """Rules, in the order of the clauses. Drafts for expert review."""

    results: list[Rule]


class CheckRequest(_Request):
    """Rules, and the facts of a building (docs/checking.md)."""

    rules: list[str | dict[str, Any]] = Field(min_length=1)
    """Each a rule in any notation, or an object with the key `rule` and perhaps `id`, `clause`."""
    building: dict[str, Any]
    """Facts in the format p4ir-building/1."""


class CheckAnswer(BaseModel):
    """What `p4ir check --output FILE.json` writes."""

    model_config = ConfigDict(extra="allow")

    counts: dict[str, int]
    """Verdict to the number of findings."""
    rules: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    """Each with the rule, the element, the verdict (pass, fail, unknown …) and the reason."""


class Pair(_Request):
    """A rule and what an expert wrote for the same clause."""

    prediction: str
    """Compact LRML; need not parse."""
    reference: str
    """Compact LRML that parses."""


class ScoreRequest(_Request):
    """Pairs of rules to compare."""

    pairs: list[Pair] = Field(min_length=1)


class Score(BaseModel):
    """How a rule compares with its reference; definitions in docs/metrics.md."""

    ted: int
    nted: float
    lev: int
    nlev: float
    precision: float
    recall: float
    exact: bool
    exact_unordered: bool
    valid: bool
    size: int
    reference_size: int


class ScoreAnswer(BaseModel):
    """Scores, in the order of the pairs."""

    scores: list[Score]


class Refusal(BaseModel):
    """Why there is no other answer."""

    detail: str


class Health(BaseModel):
    """Whether the server works, and with what."""

    status: str
    version: str
    model: str | None
    adapter: str | None
    licence: str | None
    """The adapter's, as SPDX identifier."""
    adapter_sha256: str | None
    """What tells the adapter from another of its name; null where that is not known."""
    constrained: bool
    """Whether the model is held to its notation."""
    beams: int
    """Beginnings of a rule that are followed side by side."""
    consensus: int
    """Rules written for each clause, of which one is taken."""
    max_clause_chars: int = MAX_CLAUSE_CHARS
    max_clauses: int
    """Most clauses, or pairs, of a request."""
