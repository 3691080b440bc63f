"""Which entity each element becomes, and the relations between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from p4ir.check.facts import Building, Element
from p4ir.check.ifc.mapping import IfcClass, IfcMapping
from p4ir.check.ifc.writing.contents import Contents
from p4ir.check.ifc.writing.draft import Draft
from p4ir.check.names import key_of

if TYPE_CHECKING:
    from ifcopenshell import entity_instance, file

PROXY = "IfcBuildingElementProxy"
_CONTAINERS = ("IfcSite", "IfcBuilding", "IfcBuildingStorey", "IfcSpace")


class Fit(NamedTuple):
    """How well a kind of the mapping says what an element is; the greatest is the best."""

    is_the_word: bool
    is_a_kind: bool
    above: int
    """Number of more general kinds: the more there are, the more exact this one is."""
    kind: str


class Writer:
    """Writes one building."""

    def __init__(self, building: Building, schema: str, mapping: IfcMapping) -> None:
        self._building = building
        self._mapping = mapping
        self._draft = Draft(building.name, schema)
        self._entities: dict[str, entity_instance] = {}
        self._contained: set[str] = set()

    def write(self) -> file:
        """Return the model."""
        contents = Contents(self._draft, self._mapping)
        elements = self._building.elements
        for element in elements:
            self._entities[element.id] = self._entity(element)
        for element in elements:
            kind, _ = self._class_of(element)
            contents.attach(element, kind, self._entities[element.id], self._building)
        for element in elements:
            self._relate(element)
        top = self._top()
        if top:
            project = self._draft.project
            self._draft.root("IfcRelAggregates", RelatingObject=project, RelatedObjects=top)
        return self._draft.model

    def _top(self) -> list[entity_instance]:
        entities = self._entities.values()
        sites = [entity for entity in entities if entity.is_a("IfcSite")]
        return sites or [entity for entity in entities if entity.is_a("IfcBuilding")]

    def _entity(self, element: Element) -> entity_instance:
        kind, known = self._class_of(element)
        draft = self._draft
        about = {"GlobalId": element.global_id, "Name": element.name or element.id}
        of_type = f"{known.name}Type"
        if draft.has_class(known.name):
            entity = draft.root(known.name, element.id, **about)
            if known.predefined_type and hasattr(entity, "PredefinedType"):
                entity.PredefinedType = known.predefined_type
            elif known.predefined_type:
                kind = ""
        elif draft.has_class(of_type):
            # IFC 2x3 says by the type of a flow terminal what it is.
            entity = draft.root("IfcFlowTerminal", element.id, **about)
            made = draft.root(of_type, Name=_spelled(kind))
            made.PredefinedType = known.predefined_type or "NOTDEFINED"
            draft.root("IfcRelDefinesByType", RelatedObjects=[entity], RelatingType=made)
        else:
            entity, kind = draft.root(PROXY, element.id, **about), ""
        words = [word for word in element.types if word != kind]
        if words:
            attribute = "LongName" if entity.is_a("IfcSpace") else "ObjectType"
            setattr(entity, attribute, _spelled(words[0]))
        return entity

    def _class_of(self, element: Element) -> tuple[str, IfcClass]:
        """Return the mapped kind that fits best, and its class; a proxy if none does."""
        kinds = self._mapping.known_kinds
        fitting: list[Fit] = []
        for kind, mapped in self._mapping.elements.items():
            for word in element.types:
                is_one = [kinds.is_one(key_of(word), key_of(name)) for name in (kind, *mapped.also)]
                if mapped.classes and any(is_one):
                    above = len(kinds.above(key_of(kind)))
                    fitting.append(Fit(kind == word, is_one[0], above, kind))
        if not fitting:
            return "", IfcClass(PROXY)
        kind = max(fitting).kind
        return kind, self._mapping.elements[kind].classes[0]

    def _relate(self, element: Element) -> None:
        for relation, targets in element.relations.items():
            for target in targets:
                source, other = self._entities[element.id], self._entities[target]
                if relation in ("has", "include", "contain"):
                    if not self._is_within(target, other, source):
                        self._assign(source, relation, other)
                elif relation in ("within", "partOf"):
                    if not self._is_within(element.id, source, other):
                        self._assign(source, relation, other)
                elif relation == "connect" and _both(source, other, "IfcElement"):
                    self._draft.root(
                        "IfcRelConnectsElements", RelatingElement=source, RelatedElement=other
                    )
                else:
                    self._assign(source, relation, other)

    def _is_within(self, id_: str, inner: entity_instance, outer: entity_instance) -> bool:
        """Put an element into another as IFC does, once; say whether that was possible."""
        if id_ in self._contained:
            return False
        if inner.is_a("IfcElement") and outer.is_a() in _CONTAINERS:
            self._draft.root(
                "IfcRelContainedInSpatialStructure",
                RelatedElements=[inner],
                RelatingStructure=outer,
            )
        elif outer.is_a("IfcGroup"):
            self._draft.root("IfcRelAssignsToGroup", RelatedObjects=[inner], RelatingGroup=outer)
        elif inner.is_a() in _CONTAINERS or _both(inner, outer, "IfcElement"):
            if outer.is_a() not in _CONTAINERS and not outer.is_a("IfcElement"):
                return False
            self._draft.root("IfcRelAggregates", RelatingObject=outer, RelatedObjects=[inner])
        else:
            return False
        self._contained.add(id_)
        return True

    def _assign(self, source: entity_instance, relation: str, target: entity_instance) -> None:
        self._draft.root(
            "IfcRelAssignsToProduct",
            Name=relation,
            RelatedObjects=[source],
            RelatingProduct=target,
        )


def _both(a: entity_instance, b: entity_instance, name: str) -> bool:
    return bool(a.is_a(name) and b.is_a(name))


def _spelled(word: str) -> str:
    """Write a word of the rules as people do: `fireDoor` as `Fire door`."""
    return key_of(word).capitalize()
