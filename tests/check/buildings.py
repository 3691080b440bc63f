"""Small buildings for tests: `building(door("d1", width="860 mm"))`."""

from __future__ import annotations

import json
from typing import Any

from p4ir.check import Building, Finding, check, parse_building
from p4ir.rules import parse_rule
from p4ir.rules.entry import Entry


def element(
    id: str,
    type: str | list[str],
    /,
    *,
    within: str | None = None,
    relations: dict[str, Any] | None = None,
    complete: list[str] | None = None,
    **properties: Any,
) -> dict[str, Any]:
    """Return an element as JSON facts have it; being `within` one place is exact."""
    placed = {"within": within} if within else {}
    return {
        "id": id,
        "type": type,
        "properties": properties,
        "relations": placed | (relations or {}),
        "complete": complete or [],
    }


def building(
    *elements: dict[str, Any],
    complete: list[str] | None = None,
    kinds: dict[str, list[str]] | None = None,
) -> Building:
    """Return the building of some elements."""
    facts = {
        "format": "p4ir-building/1",
        "kinds": kinds or {},
        "complete": complete or [],
        "elements": list(elements),
    }
    return parse_building(json.dumps(facts))


def findings_of(rule: str, facts: Building) -> list[Finding]:
    """Return the findings of one rule."""
    return check([Entry(rule=parse_rule(rule))], facts)


def verdicts(rule: str, facts: Building) -> dict[str, str]:
    """Return the verdict on each element, by its id; empty where a finding has none."""
    return {
        finding.element.id if finding.element else "": finding.verdict
        for finding in findings_of(rule, facts)
    }


def verdict(rule: str, *elements: dict[str, Any], **more: Any) -> str:
    """Return the one verdict of a rule on a building of some elements."""
    (finding,) = findings_of(rule, building(*elements, **more))
    return finding.verdict


def code(rule: str, *elements: dict[str, Any], **more: Any) -> str:
    """Return the code of the reason of the one finding."""
    (finding,) = findings_of(rule, building(*elements, **more))
    return finding.reason.code
