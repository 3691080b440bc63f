"""Facts typed into a table, a row a property, as the facts of a building."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from p4ir.check.facts import Building
from p4ir.check.facts_json import FORMAT, parse_building
from p4ir.errors import FactsError
from p4ir.rules.vocabulary import ARITIES

COLUMNS = ("element", "type", "property", "value")
"""The columns of the table. A row without a property says only that the element is there."""

_WORDS: Mapping[str, object] = {"yes": True, "true": True, "no": False, "false": False}


def building_of_rows(rows: Iterable[Mapping[str, Any]], name: str = "typed facts") -> Building:
    """Return the facts that a table states.

    Rows of one element belong together; what it is need only stand in one of them. A
    property of several rows is an open list of their values. Where the property is a
    relation (`within`, `has`, …) and the value another element, it is that relation.

    Args:
        rows: values by `COLUMNS`; empty ones may be missing, empty rows are skipped.
        name: what the building is called.

    Raises:
        FactsError: a row names no element, an element has no type, a value cannot be read.

    >>> rows = [{"element": "D1", "type": "door", "property": "width", "value": "800 mm"}]
    >>> building_of_rows(rows).elements[0].properties["width"].unit
    'mm'
    """
    read = [{key: " ".join(str(row.get(key) or "").split()) for key in COLUMNS} for row in rows]
    read = [row for row in read if any(row.values())]
    if not read:
        raise FactsError("there are no facts yet: name an element and say what it is")
    nameless = next((row for row in read if not row["element"]), None)
    if nameless is not None:
        said = ", ".join(value for value in nameless.values() if value)
        raise FactsError(f"the row with {said[:60]!r} names no element; give it one")
    names = {row["element"] for row in read}
    elements: dict[str, dict[str, Any]] = {}
    for row in read:
        element = elements.setdefault(
            row["element"],
            {"id": row["element"], "type": [], "properties": {}, "relations": {}},
        )
        if row["type"] and row["type"] not in element["type"]:
            element["type"].append(row["type"])
        _add_fact(element, row["property"], row["value"], names)
    facts = {"format": FORMAT, "name": name, "elements": list(elements.values())}
    return parse_building(json.dumps(facts), name)


def _add_fact(element: dict[str, Any], key: str, value: str, names: set[str]) -> None:
    if not key:
        return
    if key in ARITIES and value in names:
        element["relations"].setdefault(key, []).append(value)
        return
    said = _WORDS.get(value.lower(), value)
    properties = element["properties"]
    if key not in properties:
        properties[key] = said
    elif isinstance(properties[key], list):
        properties[key].append(said)
    else:
        properties[key] = [properties[key], said]
