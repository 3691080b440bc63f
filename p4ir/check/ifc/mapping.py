"""What rules call things, and where these stand in an IFC model: a YAML file.

The file that is shipped with the package covers what the standard property sets and
quantity sets say; a user's file adds to it, element by element and property by property.
Reading models and writing IDS follow the same mapping, so that both speak of the same
property (docs/ifc.md).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from p4ir.check.ifc.classes import class_names
from p4ir.check.kinds import Kinds, default_kinds
from p4ir.errors import FactsError

MATERIAL = "Material"
"""The source that stands for the names of an element's materials."""
LAYERS = "LayerThickness"
"""The source that stands for the sum of the thicknesses of an element's layers."""

_SECTIONS = ("elements", "every", "kinds", "complete")
_KEYS = ("classes", "also", "named_by", "properties")
_WORD = re.compile(r"[a-z][A-Za-z0-9]*")
_CLASS = re.compile(r"(Ifc[A-Za-z0-9]+)(?:\.([A-Z][A-Z0-9_]*))?")


class IfcClass(NamedTuple):
    """A class of IFC, subclasses included, perhaps of one predefined type only."""

    name: str
    predefined_type: str = ""

    def __str__(self) -> str:
        return f"{self.name}.{self.predefined_type}".rstrip(".")


class Source(NamedTuple):
    """Where the value of a property stands."""

    set: str
    """Name of the property set or quantity set; empty for an attribute."""
    name: str
    """Name of the property, quantity or attribute, or `MATERIAL` or `LAYERS`."""

    def __str__(self) -> str:
        return f"{self.set}.{self.name}".lstrip(".")


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """A kind of element of the rules."""

    classes: tuple[IfcClass, ...] = ()
    also: tuple[str, ...] = ()
    """Other words, as general or more so, that rules have for the same kind of element."""
    named_by: tuple[str, ...] = ()
    """Attributes whose text says more exactly what the element is, such as `LongName`."""
    properties: Mapping[str, tuple[Source, ...]] = field(default_factory=dict)
    """Property of the rules: its sources, of which the first that has a value counts."""


@dataclass(frozen=True, kw_only=True)
class IfcMapping:
    """What the kinds of element and their properties are in IFC."""

    elements: Mapping[str, Mapped] = field(default_factory=dict)
    every: Mapped = field(default_factory=Mapped)
    """What holds for elements of every kind."""
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """A kind of element or value: the more general kinds that it is one of."""
    complete: frozenset[str] = frozenset()
    """Lists that models hold in full, as in `Building.complete`."""

    @cached_property
    def all_kinds(self) -> Mapping[str, tuple[str, ...]]:
        """The kinds as facts declare them, the other words for each included."""
        others = {kind: mapped.also for kind, mapped in self.elements.items() if mapped.also}
        return {
            kind: tuple(dict.fromkeys((*others.get(kind, ()), *self.kinds.get(kind, ()))))
            for kind in {**others, **self.kinds}
        }

    @cached_property
    def known_kinds(self) -> Kinds:
        """The kinds by which the checker tells what an element is."""
        return Kinds(default_kinds(), self.all_kinds)

    def sources(self, kind: str, name: str) -> tuple[Source, ...]:
        """Return where a property of a kind of element stands, the best source first."""
        own = self.elements[kind].properties if kind in self.elements else {}
        return own.get(name) or self.every.properties.get(name, ())

    def kind_named(self, word: str) -> str | None:
        """Return the kind of element that rules mean by a word; `None` if it is not mapped."""
        if word in self.elements:
            return word
        return next((kind for kind, mapped in self.elements.items() if word in mapped.also), None)


@lru_cache(maxsize=1)
def default_mapping() -> IfcMapping:
    """Return the mapping that is shipped with the package."""
    text = files("p4ir.check.ifc").joinpath("mapping.yaml").read_text(encoding="utf-8")
    return _parse(text, "mapping.yaml")


def read_mapping(path: str | Path) -> IfcMapping:
    """Read a user's mapping and return the shipped one with it.

    What the user says of a property, of a kind's classes or of its words takes the place
    of what is shipped; everything else stays.

    Raises:
        FactsError: the file cannot be read or is no mapping; all that is wrong is named.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise FactsError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise FactsError(f"{path}: no text in UTF-8; save it as UTF-8") from None
    return _merge(default_mapping(), _parse(text, str(path), class_names()))


def _merge(base: IfcMapping, user: IfcMapping) -> IfcMapping:
    elements = dict(base.elements)
    for kind, mapped in user.elements.items():
        elements[kind] = _merge_mapped(elements.get(kind, Mapped()), mapped)
    return IfcMapping(
        elements=elements,
        every=_merge_mapped(base.every, user.every),
        kinds={**base.kinds, **user.kinds},
        complete=base.complete | user.complete,
    )


def _merge_mapped(base: Mapped, user: Mapped) -> Mapped:
    return Mapped(
        classes=user.classes or base.classes,
        also=user.also or base.also,
        named_by=user.named_by or base.named_by,
        properties={**base.properties, **user.properties},
    )


def _parse(text: str, name: str, classes: Collection[str] = ()) -> IfcMapping:
    import yaml

    try:
        data = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        said = " ".join(str(error).split())
        raise FactsError(f"{name}: no YAML: {said[:200]}") from None
    reader = _Reader(classes)
    mapping = reader.mapping(data)
    if reader.problems:
        raise FactsError(f"{name}: {'; '.join(reader.problems)}", tuple(reader.problems))
    return mapping


class _Reader:
    """Turns YAML's data into a mapping and notes all that is wrong with it."""

    def __init__(self, known: Collection[str]) -> None:
        self.problems: list[str] = []
        self._known = known
        """Classes of IFC; any will do where there are none."""

    def mapping(self, data: Any) -> IfcMapping:
        sections = self._keys(data, "the mapping", _SECTIONS)
        elements = {
            self._word(kind, "elements"): self._mapped(value, f"elements.{kind}")
            for kind, value in self._keys(sections.get("elements"), "elements").items()
        }
        kinds = {
            self._word(kind, "kinds"): tuple(self._words(general, f"kinds.{kind}"))
            for kind, general in self._keys(sections.get("kinds"), "kinds").items()
        }
        return IfcMapping(
            elements=elements,
            every=self._mapped(sections.get("every"), "every"),
            kinds=kinds,
            complete=frozenset(self._texts(sections.get("complete"), "complete")),
        )

    def _mapped(self, data: Any, where: str) -> Mapped:
        keys = self._keys(data, where, _KEYS)
        properties = self._keys(keys.get("properties"), f"{where}.properties")
        return Mapped(
            classes=tuple(self._classes(keys.get("classes"), f"{where}.classes")),
            also=tuple(self._words(keys.get("also"), f"{where}.also")),
            named_by=tuple(self._texts(keys.get("named_by"), f"{where}.named_by")),
            properties={
                self._word(name, f"{where}.properties"): tuple(
                    self._sources(value, f"{where}.properties.{name}")
                )
                for name, value in properties.items()
            },
        )

    def _keys(self, data: Any, where: str, known: tuple[str, ...] = ()) -> dict[Any, Any]:
        if data is None:
            return {}
        if not isinstance(data, dict):
            self.problems.append(f"{where}: expected keys with values, not {_shown(data)}")
            return {}
        for key in data:
            if known and key not in known:
                self.problems.append(f"{where}: unknown key {_shown(key)}; {', '.join(known)}")
        return data

    def _texts(self, data: Any, where: str) -> Iterator[str]:
        items = data if isinstance(data, list) else [] if data is None else [data]
        for item in items:
            if isinstance(item, str) and item:
                yield item
            else:
                self.problems.append(f"{where}: expected text, not {_shown(item)}")

    def _words(self, data: Any, where: str) -> Iterator[str]:
        yield from (self._word(text, where) for text in self._texts(data, where))

    def _word(self, text: Any, where: str) -> str:
        if not isinstance(text, str) or not _WORD.fullmatch(text):
            self.problems.append(f"{where}: expected a name as in rules, not {_shown(text)}")
        return str(text)

    def _classes(self, data: Any, where: str) -> Iterator[IfcClass]:
        for text in self._texts(data, where):
            found = _CLASS.fullmatch(text)
            if found and (not self._known or found[1] in self._known):
                yield IfcClass(found[1], found[2] or "")
            else:
                name = text.partition(".")[0]
                near = get_close_matches(name, self._known, 1) if self._known else []
                meant = f"; did you mean {near[0]}?" if near else ""
                self.problems.append(f"{where}: no class of IFC: {_shown(text)}{meant}")

    def _sources(self, data: Any, where: str) -> Iterator[Source]:
        for text in self._texts(data, where):
            of, _, name = text.rpartition(".")
            yield Source(of, name)


def _shown(data: Any) -> str:
    return repr(data)[:40]
