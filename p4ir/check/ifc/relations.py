"""The relations of a model, as the rules name them.

Each is stated once, on one side: the checker follows containment in both directions and
takes `connect`, `adjoin` and `adjacent` for symmetric (docs/checking.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from p4ir.check.ifc.names import rule_name

if TYPE_CHECKING:
    from ifcopenshell import entity_instance, file


class Side(NamedTuple):
    """A relation of IFC read as one of the rules: from one attribute to the other."""

    ifc: str
    source: str
    relation: str
    target: str


_SIDES = (
    Side("IfcRelContainedInSpatialStructure", "RelatedElements", "within", "RelatingStructure"),
    Side("IfcRelAggregates", "RelatedObjects", "partOf", "RelatingObject"),
    Side("IfcRelNests", "RelatedObjects", "partOf", "RelatingObject"),
    Side("IfcRelVoidsElement", "RelatedOpeningElement", "partOf", "RelatingBuildingElement"),
    Side("IfcRelFillsElement", "RelatedBuildingElement", "partOf", "RelatingOpeningElement"),
    Side("IfcRelProjectsElement", "RelatedFeatureElement", "partOf", "RelatingElement"),
    Side("IfcRelCoversBldgElements", "RelatedCoverings", "on", "RelatingBuildingElement"),
    Side("IfcRelCoversBldgElements", "RelatingBuildingElement", "has", "RelatedCoverings"),
    Side("IfcRelCoversSpaces", "RelatingSpace", "has", "RelatedCoverings"),
    Side("IfcRelCoversSpaces", "RelatedSpace", "has", "RelatedCoverings"),
    Side("IfcRelConnectsElements", "RelatingElement", "connect", "RelatedElement"),
    Side("IfcRelAssignsToGroup", "RelatedObjects", "partOf", "RelatingGroup"),
    Side("IfcRelServicesBuildings", "RelatingSystem", "for", "RelatedBuildings"),
)
_FREE = "IfcRelAssignsToProduct"
"""An assignment whose name is a relation of the rules stands for that relation."""

Relations = dict[str, dict[str, tuple[str, ...]]]
Pair = tuple[int, str, int]
"""From one entity, by its number, to another."""


def read_relations(model: file, ids: dict[int, str], known: frozenset[str]) -> Relations:
    """Return the relations of each element: id, relation, ids that it leads to.

    `ids` are those of the elements that are read, by the number of the entity; a relation
    to anything else is left out. `known` are the names that an assignment may carry.
    """
    found: dict[str, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    for source, relation, target in _pairs(model, known):
        if source in ids and target in ids and source != target:
            found[ids[source]][relation][ids[target]] = None
    return {
        element: {name: tuple(targets) for name, targets in relations.items()}
        for element, relations in found.items()
    }


def _pairs(model: file, known: frozenset[str]) -> Iterator[Pair]:
    stated = [*_by_side(model), *_through_openings(model)]
    yield from stated
    bounded = _bounded(model)
    for element, rooms in bounded.items():
        for room in rooms:
            yield element, "adjoin", room
            yield room, "has", element
    yield from _behind_boundaries(model, bounded, stated)
    yield from _through_ports(model)
    for entity in model.by_type(_FREE):
        relation = rule_name(entity.Name or "")
        if relation in known:
            for source in _all(entity.RelatedObjects):
                yield source.id(), relation, entity.RelatingProduct.id()


def _by_side(model: file) -> Iterator[Pair]:
    for side in _SIDES:
        if not _has_class(model, side.ifc):
            continue
        for entity in model.by_type(side.ifc):
            for source in _all(getattr(entity, side.source, None)):
                for target in _all(getattr(entity, side.target, None)):
                    yield source.id(), side.relation, target.id()


def is_filled(entity: entity_instance) -> bool:
    """Say whether an element is a hole that a door or a window fills, which stands for both."""
    return entity.is_a("IfcOpeningElement") and any(_fillings(entity))


def _fillings(opening: entity_instance) -> Iterator[entity_instance]:
    for entity in getattr(opening, "HasFillings", ()):
        for filling in _all(entity.RelatedBuildingElement):
            if filling.is_a("IfcDoor") or filling.is_a("IfcWindow"):
                yield filling


def _through_openings(model: file) -> Iterator[Pair]:
    """Yield the doors and windows of a wall, past the holes that they fill."""
    for entity in model.by_type("IfcRelVoidsElement"):
        for whole in _all(entity.RelatingBuildingElement):
            for opening in _all(entity.RelatedOpeningElement):
                for filling in _fillings(opening):
                    yield filling.id(), "partOf", whole.id()


def _bounded(model: file) -> dict[int, dict[int, None]]:
    """Return what bounds rooms, and which; for a hole stands the door or window that fills it."""
    found: dict[int, dict[int, None]] = defaultdict(dict)
    for entity in model.by_type("IfcRelSpaceBoundary"):
        for element in _all(entity.RelatedBuildingElement):
            for one in _fillings(element) if is_filled(element) else (element,):
                found[one.id()].update({room.id(): None for room in _all(entity.RelatingSpace)})
    return found


def _behind_boundaries(
    model: file, bounded: Mapping[int, Iterable[int]], stated: Iterable[Pair]
) -> Iterator[Pair]:
    """Yield which rooms have the parts of what bounds one room and no other.

    To which room a window belongs its own boundary says, or its place. Where it has neither,
    and its wall stands between two rooms, the model does not say.
    """
    rooms = {room.id() for room in model.by_type("IfcSpace")}
    wholes: dict[int, list[int]] = defaultdict(list)
    placed = set(bounded)
    for inner, relation, outer in stated:
        if relation == "partOf":
            wholes[inner].append(outer)
        elif relation == "within" and outer in rooms:
            placed.add(inner)
    for part in wholes:
        if part in placed:
            continue
        behind: set[int] = set()
        waiting = [part]
        for one in waiting:
            if one in bounded:
                behind |= rooms & {*bounded[one]}
            else:
                waiting.extend(outer for outer in wholes.get(one, ()) if outer not in waiting)
        if len(behind) == 1:
            yield behind.pop(), "has", part


def _through_ports(model: file) -> Iterator[Pair]:
    """Yield the elements that are connected port to port, such as pipes."""
    owners: dict[int, int] = {}
    for entity in model.by_type("IfcRelConnectsPortToElement"):
        owners[entity.RelatingPort.id()] = entity.RelatedElement.id()
    for entity in model.by_type("IfcRelNests"):
        for part in _all(entity.RelatedObjects):
            if part.is_a("IfcPort"):
                owners[part.id()] = entity.RelatingObject.id()
    for entity in model.by_type("IfcRelConnectsPorts"):
        source, target = owners.get(entity.RelatingPort.id()), owners.get(entity.RelatedPort.id())
        if source is not None and target is not None:
            yield source, "connect", target


def _all(value: entity_instance | tuple[entity_instance, ...] | None) -> Iterable[entity_instance]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _has_class(model: file, name: str) -> bool:
    try:
        model.by_type(name)
    except RuntimeError:
        return False
    return True
