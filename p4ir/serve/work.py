"""What the server does without a model: check buildings, score rules."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from p4ir.errors import FactsError, P4irError, RuleError, RuleSyntaxError
from p4ir.metrics.scoring import read_prediction, score
from p4ir.metrics.tree_edit import steps_of
from p4ir.rules import Rule, parse_rule
from p4ir.rules.entry import Entry
from p4ir.rules.json_entries import parse_entry
from p4ir.serve.messages import CheckRequest, Pair, Score

if TYPE_CHECKING:
    from p4ir.check import Building, Finding

MAX_STEPS = 1_000_000_000
"""Steps of the tree edit distance that the pairs of a request may take: some five seconds.

A thread that has begun cannot be stopped. Pairs of rules of 100 nodes take 100,000 each.
"""
MAX_CHECK_S = 5.0
"""Processor time that the findings of a request may take; writing so many takes less than that.

How many there are, and what each takes, shows only when they are made.
"""


class RequestError(Exception):
    """A request cannot be met as it is; the message says why."""


def check_building(request: CheckRequest) -> dict[str, Any]:
    """Return the findings as `p4ir check` writes them to a JSON file.

    Raises:
        RequestError: a rule or the building is none, or they are too large to be checked.
    """
    from p4ir.check import parse_building
    from p4ir.check.report import write_json

    entries = [_entry(number, value) for number, value in enumerate(request.rules, 1)]
    try:
        building = parse_building(json.dumps(request.building))
    except FactsError as error:
        raise RequestError(f"the building: {error}") from None
    report: dict[str, Any] = json.loads(write_json(_find(entries, building), building))
    return report


def _find(entries: Sequence[Entry], building: Building) -> list[Finding]:
    from p4ir.check import iterate_findings

    started = time.thread_time()
    found: list[Finding] = []
    for finding in iterate_findings(entries, building):
        found.append(finding)
        if time.thread_time() - started > MAX_CHECK_S:
            raise RequestError(
                f"rule {finding.rule_id}: with it the check takes too long for one request; "
                "send fewer rules, or a smaller building"
            )
    return found


def score_pairs(pairs: Sequence[Pair]) -> list[Score]:
    """Return the score of each pair.

    Raises:
        RequestError: a reference is no rule, or the pairs are too large to be compared.
    """
    references = [_reference(number, pair) for number, pair in enumerate(pairs, 1)]
    steps = 0
    for number, (pair, reference) in enumerate(zip(pairs, references, strict=True), 1):
        prediction = read_prediction(pair.prediction)
        steps += steps_of(prediction) * steps_of(reference) if prediction else 0
        if steps > MAX_STEPS:
            raise RequestError(
                f"pair {number}: with it the rules are too large to be compared in one request; "
                "send fewer pairs, or smaller rules"
            )
    return [
        Score(**score(pair.prediction, reference)._asdict())
        for pair, reference in zip(pairs, references, strict=True)
    ]


def _reference(number: int, pair: Pair) -> Rule:
    try:
        return parse_rule(pair.reference)
    except (RuleSyntaxError, RuleError) as error:
        raise RequestError(f"pair {number}: the reference does not parse: {error}") from None


def _entry(number: int, value: str | dict[str, Any]) -> Entry:
    try:
        return parse_entry(value, set())
    except P4irError as error:
        raise RequestError(f"rule {number}: {error}") from None
