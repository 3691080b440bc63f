"""What the server does without a model: check buildings, score rules."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from p4ir.errors import FactsError, P4irError, RuleError, RuleSyntaxError
from p4ir.metrics.scoring import score
from p4ir.rules import parse_rule
from p4ir.rules.entry import Entry
from p4ir.rules.json_entries import parse_entry
from p4ir.serve.messages import CheckRequest, Pair, Score


class RequestError(Exception):
    """A request cannot be met as it is; the message says why."""


def check_building(request: CheckRequest) -> dict[str, Any]:
    """Return the findings as `p4ir check` writes them to a JSON file.

    Raises:
        RequestError: a rule or the building is none.
    """
    from p4ir.check import check, parse_building
    from p4ir.check.report import write_json

    entries = [_entry(number, value) for number, value in enumerate(request.rules, 1)]
    try:
        building = parse_building(json.dumps(request.building))
    except FactsError as error:
        raise RequestError(f"the building: {error}") from None
    report: dict[str, Any] = json.loads(write_json(check(entries, building), building))
    return report


def score_pairs(pairs: Sequence[Pair]) -> list[Score]:
    """Return the score of each pair.

    Raises:
        RequestError: a reference is no rule.
    """
    scores = []
    for number, pair in enumerate(pairs, 1):
        try:
            reference = parse_rule(pair.reference)
        except (RuleSyntaxError, RuleError) as error:
            raise RequestError(f"pair {number}: the reference does not parse: {error}") from None
        scores.append(Score(**score(pair.prediction, reference)._asdict()))
    return scores


def _entry(number: int, value: str | dict[str, Any]) -> Entry:
    try:
        return parse_entry(value, set())
    except P4irError as error:
        raise RequestError(f"rule {number}: {error}") from None
