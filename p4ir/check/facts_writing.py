"""The facts of a building written as JSON, as `p4ir.check.facts_json` reads them."""

from __future__ import annotations

import json
from typing import Any

from p4ir.check.facts import Building, Element, Value, is_list, quantity_in, values_of
from p4ir.check.facts_json import FORMAT
from p4ir.check.names import says_nothing
from p4ir.rules.units import Quantity


def format_building(building: Building) -> str:
    """Write the facts of a building as JSON, which `parse_building` reads back as they are."""
    facts: dict[str, Any] = {"format": FORMAT, "name": building.name, "source": building.source}
    facts["kinds"] = {kind: list(above) for kind, above in building.kinds.items()}
    facts["complete"] = sorted(building.complete)
    facts = {key: value for key, value in facts.items() if value}
    elements = ",\n".join(
        "    " + json.dumps(_element_object(element), ensure_ascii=False)
        for element in building.elements
    )
    head = json.dumps(facts, ensure_ascii=False, indent=2).removesuffix("\n}")
    return f'{head},\n  "elements": [\n{elements}\n  ]\n}}\n'


def _element_object(element: Element) -> dict[str, Any]:
    types = element.types[0] if len(element.types) == 1 else list(element.types)
    written: dict[str, Any] = {"id": element.id, "type": types, "name": element.name}
    written["globalId"] = element.global_id
    written["properties"] = {
        name: [*map(_value_object, values_of(held)), *[None] * (name in element.partial)]
        if is_list(held)
        else _value_object(values_of(held)[0])
        for name, held in element.properties.items()
    }
    written["relations"] = {name: list(ids) for name, ids in element.relations.items()}
    written["complete"] = sorted(element.complete)
    return {key: value for key, value in written.items() if value}


def _value_object(value: Value) -> object:
    if isinstance(value, Quantity):
        if value.unit:
            return {"value": value.magnitude, "unit": value.unit}
        return value.magnitude
    if isinstance(value, str) and (says_nothing(value) or quantity_in(value) is not None):
        return {"value": value}  # in an object, a text is never read as anything else
    return value
