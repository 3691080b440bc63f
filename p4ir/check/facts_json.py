"""The facts of a building as JSON (docs/checking.md; `facts.schema.json` beside this file)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from p4ir.check.facts import Building, Element, Property, Value, quantity_in, rating_in, refusal
from p4ir.check.names import key_of, says_nothing
from p4ir.errors import FactsError, JsonTextError
from p4ir.json_text import read_json
from p4ir.json_text import shown as _show
from p4ir.rules.units import Quantity, known_unit

FORMAT = "p4ir-building/1"
MAX_BYTES = 256 * 2**20
"""Size above which facts are not read, in bytes."""

_BUILDING_KEYS = frozenset({"format", "name", "source", "kinds", "complete", "elements"})
_ELEMENT_KEYS = frozenset({"id", "type", "name", "globalId", "properties", "relations", "complete"})


def read_building(path: str | Path) -> Building:
    """Read the facts of a building from a file.

    Raises:
        FactsError: it cannot be read, or is not as it should be; all that is wrong is listed.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FactsError(f"{path}: cannot be read: {error.strerror}") from None
    return parse_building(data, path.name)


def parse_building(data: bytes | str, source: str = "") -> Building:
    """Read the facts of a building.

    Args:
        data: JSON, in UTF-8.
        source: where it comes from, for messages; a `source` among the facts goes first.

    Raises:
        FactsError: it is not as it should be; `problems` lists all that is wrong.
    """
    where = f"{source}: " if source else ""
    if len(data) > MAX_BYTES:
        raise FactsError(f"{where}more than {MAX_BYTES // 2**20} MB; split the building")
    try:
        value = read_json(data)
    except JsonTextError as error:
        raise FactsError(f"{where}{error}") from None
    reader = _Reader()
    building = reader.building(value, source)
    if reader.problems or building is None:
        raise refusal(source, reader.problems)
    return building


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


class _Reader:
    """Reads JSON values, and notes all that is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def building(self, value: object, source: str) -> Building | None:
        if not isinstance(value, dict):
            self.problems.append(f'found {_kind(value)}, expected an object with "elements"')
            return None
        if value.get("format") != FORMAT:
            self.problems.append(f'"format" is {_show(value.get("format"))}, expected "{FORMAT}"')
        self._only(value, _BUILDING_KEYS, "the building")
        elements = value.get("elements")
        if not isinstance(elements, list):
            self.problems.append(f'"elements" is {_kind(elements)}, expected a list')
            return None
        read = [self._element(one, place) for place, one in enumerate(elements, 1)]
        about = {name: self._text(value, name, "the building") for name in ("name", "source")}
        kinds = self._mapping(value, "kinds", "the building")
        made = {
            kind: tuple(self._texts(above, f'"kinds": {_show(kind)}'))
            for kind, above in kinds.items()
        }
        complete = frozenset(self._texts(value.get("complete", []), '"complete"'))
        if self.problems:
            return None
        return Building(
            elements=tuple(one for one in read if one is not None),
            name=about["name"],
            source=about["source"] or source,
            kinds=made,
            complete=complete,
        )

    def _element(self, value: object, place: int) -> Element | None:
        where = f"element {place}"
        if not isinstance(value, dict):
            self.problems.append(f"{where} is {_kind(value)}, expected an object")
            return None
        id = self._text(value, "id", where)
        if not id:
            self.problems.append(f'{where} has no "id"; give it one')
        where = f"element {_show(id)}" if id else where
        self._only(value, _ELEMENT_KEYS, where)
        types = tuple(self._texts(value.get("type", []), f'{where}: "type"'))
        if not types:
            self.problems.append(f'{where} has no "type"; say what it is, such as "door"')
        relations, exact = self._relations(value, where)
        properties, partial = self._properties(value, where)
        listed = self._texts(value.get("complete", []), f'{where}: "complete"')
        return Element(
            id=id,
            types=types,
            name=self._text(value, "name", where),
            global_id=self._text(value, "globalId", where),
            properties=properties,
            relations=relations,
            complete=frozenset({*listed, *exact}),
            partial=partial,
        )

    def _properties(
        self, value: Mapping[str, object], where: str
    ) -> tuple[dict[str, Property], frozenset[str]]:
        """Read properties, and which of them are lists with a member that nobody knows."""
        properties: dict[str, Property] = {}
        partial: set[str] = set()
        spelled: dict[str, str] = {}
        for name, written in self._mapping(value, "properties", where).items():
            other = spelled.setdefault(key_of(name), name)
            if other != name:
                self.problems.append(
                    f"{where}: {_show(other)} and {_show(name)} are one property; give it once"
                )
            listed = written if isinstance(written, list) else [written]
            values = [self._value(one, f"{where}: {_show(name)}") for one in listed]
            read = tuple(one for one in values if one is not None)
            if isinstance(written, list):
                properties[name] = read
                if len(read) < len(values):
                    partial.add(name)
            elif read:
                properties[name] = read[0]
        return properties, frozenset(partial)

    def _value(self, written: object, where: str) -> Value | None:
        """Read a value; `None` stands for `null`, which says nothing."""
        unit: object = None
        is_object = isinstance(written, dict)
        if isinstance(written, dict):
            if not written.keys() <= {"value", "unit"} or "value" not in written:
                keys = ", ".join(map(_show, written))
                self.problems.append(f'{where}: found {keys}, expected "value" and "unit"')
                return None
            unit, written = written.get("unit"), written["value"]
            if unit and (isinstance(written, bool) or not isinstance(written, int | float | None)):
                self.problems.append(f"{where}: {_show(written)} has a unit; write a number")
                return None
        if isinstance(written, bool) or written is None:
            return written
        if isinstance(written, int | float):
            spelled = known_unit(unit) if isinstance(unit, str) and unit else ""
            if spelled is None or not isinstance(unit, str | None):
                self.problems.append(
                    f"{where}: unit {_show(unit)} is not known; use mm, m2, kPa, …"
                )
                return None
            return Quantity(_as_float(written), spelled)
        if isinstance(written, str):
            text = rating_in(written) or written
            if is_object:
                return text
            return None if says_nothing(text) else quantity_in(text) or text
        self.problems.append(
            f"{where} is {_kind(written)}, expected a quantity, word or true/false"
        )
        return None

    def _relations(
        self, value: Mapping[str, object], where: str
    ) -> tuple[dict[str, tuple[str, ...]], list[str]]:
        """Read relations; one that leads to a single id, not in a list, leads nowhere else."""
        relations: dict[str, tuple[str, ...]] = {}
        exact: list[str] = []
        for name, written in self._mapping(value, "relations", where).items():
            relations[name] = tuple(self._texts(written, f"{where}: {_show(name)}"))
            if isinstance(written, str):
                exact.append(name)
        return relations, exact

    def _mapping(self, value: Mapping[str, object], key: str, where: str) -> dict[str, Any]:
        found = value.get(key, {})
        if isinstance(found, dict):
            return found
        self.problems.append(f'{where}: "{key}" is {_kind(found)}, expected an object')
        return {}

    def _text(self, value: Mapping[str, object], key: str, where: str) -> str:
        found = value.get(key, "")
        if isinstance(found, str):
            return found
        self.problems.append(f'{where}: "{key}" is {_kind(found)}, expected text')
        return ""

    def _texts(self, found: object, where: str) -> list[str]:
        listed = [found] if isinstance(found, str) else found
        if isinstance(listed, list) and all(isinstance(one, str) for one in listed):
            return listed
        self.problems.append(f"{where} is {_kind(found)}, expected text or a list of texts")
        return []

    def _only(self, value: Mapping[str, object], known: frozenset[str], where: str) -> None:
        for key in sorted(value.keys() - known):
            names = ", ".join(sorted(known))
            self.problems.append(f"{where}: unknown key {_show(key)}; there are {names}")


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    return "nothing" if value is None else names.get(type(value), "a number")
