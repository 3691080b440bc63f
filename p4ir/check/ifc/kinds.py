"""What the elements of an IFC model are: by class and predefined type, and by name.

A class says what a thing is. A name says so more exactly, but never that it is something
else: the door `Bathroom` is no room and the wall `Stair` no stair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4ir.check.ifc.classes import is_below
from p4ir.check.ifc.names import kind_word, rule_name
from p4ir.check.names import key_of, tails_of

if TYPE_CHECKING:
    from ifcopenshell import entity_instance

    from p4ir.check.ifc.mapping import IfcMapping
    from p4ir.check.ifc.properties import Definitions

_PROXY = "IfcBuildingElementProxy"
_UNSAID = frozenset({"NOTDEFINED", "USERDEFINED"})


class ElementKinds:
    """Says what elements are, and keeps what they share."""

    def __init__(self, mapping: IfcMapping, definitions: Definitions) -> None:
        self._mapping = mapping
        self._definitions = definitions
        self._classes: dict[str, list[tuple[str, str]]] = {}
        self._names: dict[str, frozenset[str]] = {}
        # Without the other words for what is built: a door and a hole are both an opening.
        self._built = frozenset(map(key_of, self._below("IfcElement")))
        self._places = self._with_others(self._below("IfcSpatialStructureElement"))
        self._groups = self._with_others(self._below("IfcGroup", "IfcSpatialZone"))

    def _below(self, *classes: str) -> list[str]:
        """Return the kinds that are mapped to some classes of IFC or to subclasses of these."""
        return [
            kind
            for kind, mapped in self._mapping.elements.items()
            if any(is_below(known.name, one) for known in mapped.classes for one in classes)
        ]

    def _with_others(self, kinds: list[str]) -> frozenset[str]:
        """Return the keys of kinds and of the other words for them."""
        words = (word for kind in kinds for word in (kind, *self._mapping.elements[kind].also))
        return frozenset(map(key_of, words))

    def mapped(self, entity: entity_instance) -> tuple[str, ...]:
        """Return the mapped kinds of an element, the most exact ones first."""
        of_class = self._possible(entity)
        predefined = self.predefined(entity) if any(type_ for _, type_ in of_class) else ""
        exact = [kind for kind, type_ in of_class if type_ and type_ == predefined]
        return tuple(exact) or tuple(kind for kind, type_ in of_class if not type_)

    def _possible(self, entity: entity_instance) -> list[tuple[str, str]]:
        """Return the kinds that an element may be by its class, with the predefined type of each.

        In IFC 2x3 what a flow terminal is, its type says: IfcSanitaryTerminalType.
        """
        of_class = self._of_class(entity, "")
        of_type = None if of_class else self._definitions.type_of(entity)
        return of_class if of_type is None else self._of_class(of_type, "Type")

    def _of_class(self, entity: entity_instance, ending: str) -> list[tuple[str, str]]:
        key = entity.is_a()
        if key not in self._classes:
            self._classes[key] = [
                (kind, known.predefined_type)
                for kind, mapped in self._mapping.elements.items()
                for known in mapped.classes
                if is_of(entity, known.name + ending)
            ]
        return self._classes[key]

    def predefined(self, entity: entity_instance) -> str:
        """Return the predefined type of an element, or of its type where it has none."""
        own = getattr(entity, "PredefinedType", None) or ""
        if own in _UNSAID or not own:
            own = getattr(self._definitions.type_of(entity), "PredefinedType", None) or ""
        return "" if own in _UNSAID else str(own)

    def types(self, entity: entity_instance, kinds: tuple[str, ...]) -> tuple[str, ...]:
        """Return what an element is, in the most exact words that the model has for it."""
        attributes = list(self._mapping.every.named_by)
        for kind in kinds:
            attributes += self._mapping.elements[kind].named_by
        texts = (getattr(entity, attribute, None) for attribute in dict.fromkeys(attributes))
        general = kinds or (rule_name(entity.is_a()),)
        spoken = [kind_word(text) for text in texts if isinstance(text, str)]
        named = (self._called(word, entity, general[0]) for word in spoken)
        words = list(dict.fromkeys(filter(None, named)))
        if words and entity.is_a(_PROXY):
            return tuple(words)
        # Of a kitchen it is not said that it is a room: that would leave open which one. It is
        # of a fixture `Bathroom`, which may be a basin.
        told = [
            word
            for word in words
            if word in spoken or not entity.is_a("IfcElement") or self._is_declared(word, general)
        ]
        return (*words, *(kind for kind in general if not self._is_said(kind, told)))

    def _is_declared(self, word: str, general: tuple[str, ...]) -> bool:
        """Say whether a word says more than its last words, which name what is more general."""
        known = {tail for kind in general for tail in tails_of(key_of(kind)).meant}
        said = set(tails_of(key_of(word)).meant) - known
        return not said.isdisjoint(self._mapping.known_kinds.declared)

    def _called(self, word: str, entity: entity_instance, kind: str) -> str:
        """Return what an element of a kind is that is called by a word; empty if it is not clear.

        One that is called after something else is not that: a room `stair` is a `stairRoom`,
        a door `bathroom` a `bathroomDoor`.
        """
        words = (word, word + kind[:1].upper() + kind[1:]) if word else ()
        return next((one for one in words if not self._is_other(one, entity)), "")

    def _is_other(self, word: str, entity: entity_instance) -> bool:
        """Say whether a word names, or may name, what an element is not by its class."""
        tails = tails_of(key_of(word))
        said = [self._named(tail) for tail in (*tails.meant, *tails.unclear)]
        if not entity.is_a("IfcElement"):
            return any(names & self._built for names in said)
        possible = () if entity.is_a(_PROXY) else self._possible(entity)
        own = frozenset[str]().union(*(self._named(key_of(kind)) for kind, _ in possible))
        return any(names & self._places or (own and names and not names & own) for names in said)

    def _named(self, key: str) -> frozenset[str]:
        """Return the keys of what has a class that a key is one of."""
        if key not in self._names:
            is_one = self._mapping.known_kinds.is_one
            known = self._built | self._places | self._groups
            self._names[key] = frozenset(one for one in known if is_one(key, one))
        return self._names[key]

    def _is_said(self, kind: str, words: list[str]) -> bool:
        mapped = self._mapping.elements.get(kind)
        general = [key_of(name) for name in (kind, *(mapped.also if mapped else ()))]
        is_one = self._mapping.known_kinds.is_one
        return any(is_one(key_of(word), key) for word in words for key in general)


def is_of(entity: entity_instance, name: str) -> bool:
    """Say whether an entity is of a class, which its schema need not have."""
    try:
        return bool(entity.is_a(name))
    except RuntimeError:
        return False
