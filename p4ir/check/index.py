"""A building made ready to be asked: elements by kind, relations from both sides.

A list that is not declared complete proves nothing absent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from p4ir.check.containment import HELD, HOLDING, Containment
from p4ir.check.facts import Building, Element, Value, values_of
from p4ir.check.kinds import ANYTHING
from p4ir.check.measures import is_count
from p4ir.check.names import key_of, says_there_is
from p4ir.check.population import NOBODY, Population, Selection
from p4ir.check.truth import FALSE, TRUE, UNKNOWN, Truth
from p4ir.rules.units import Quantity

_SYMMETRIC = frozenset({"adjacent", "adjoin", "connect", "disconnect", "similar to"})
_INVERSE = {"above": "below", "below": "above"}
_IMPLIED_BY = {"adjacent": ("adjoin",)}


def there_is(value: Value) -> Truth:
    """Say whether a property with this value says that there is one of its name.

    >>> [there_is(value).name for value in (True, "steel", "absent", "no idea")]
    ['TRUE', 'TRUE', 'FALSE', 'UNKNOWN']
    """
    if isinstance(value, Quantity):
        if value.magnitude == 0 and value.unit:
            return UNKNOWN
        return TRUE if value.unit or value.magnitude > 0 else FALSE
    if isinstance(value, bool):
        return TRUE if value else FALSE
    return says_there_is(value)


def count_names(kind: str) -> tuple[str, str, str]:
    """Return the keys of properties that say how many parts of a kind an element has."""
    return kind, f"number of {kind}", f"{kind} count"


class Index(Population):
    """What is known of a building: its elements, and what is in, of and beside what."""

    def __init__(self, building: Building) -> None:
        super().__init__(building)
        self.containment = Containment(building.elements, self.is_space)
        self._edges = self._directed_edges()
        self._held: dict[tuple[str, bool], dict[str, Selection]] = {}
        self._placed: dict[str, bool] = {}

    def is_space(self, element: Element) -> bool:
        """Say whether an element is a room or another space."""
        return "space" in self.kinds_of(element)

    def _directed_edges(self) -> dict[str, dict[str, list[Element]]]:
        edges: defaultdict[str, defaultdict[str, list[Element]]]
        edges = defaultdict(lambda: defaultdict(list))
        by_id = self.building.by_id
        for element in self.building.elements:
            for relation, targets in element.relations.items():
                key = key_of(relation)
                for target in dict.fromkeys(targets):
                    edges[key][element.id].append(by_id[target])
                    edges[f"{key}<"][target].append(element)
        return {key: dict(ends) for key, ends in edges.items()}

    # completeness ------------------------------------------------------------------------

    def lists_all(self, relation: str, element: Element, kind: str) -> bool:
        """Say whether all of a kind that a relation leads to from an element are listed.

        Of a kind that the facts have no word for, nothing is known to be listed.
        """
        if not self.is_known(kind):
            return False
        if not self.select(kind).sure and self.all_listed(kind):
            return relation not in HOLDING or not self._are_others_stated(element, kind)
        if relation in HOLDING:
            return not self._are_others_stated(element, kind) and (
                self._is_declared(HOLDING, element, kind)
                or (self.all_listed(kind) and self._all_placed(kind))
            )
        if relation in HELD:
            return self._is_declared(HELD, element, kind) and all(
                self._is_declared(HELD, self.building.by_id[outer], kind)
                for outer in self.containment.wholes_of(element.id)
            )
        return self._is_declared({relation}, element, kind)

    def contradicts(self, element: Element, kind: str) -> bool:
        """Say whether an element is said to list all its parts of a kind, and to have others."""
        is_declared = self._is_declared(HOLDING, element, kind)
        return is_declared and self._are_others_stated(element, kind)

    def _are_others_stated(self, element: Element, kind: str) -> bool:
        """Say whether properties say of parts that there are others than those listed."""
        properties = self.properties[element.id]
        said = [properties[name] for name in count_names(kind) if name in properties]
        parts = self.related("has", element, kind) if said else NOBODY
        least, most = len(parts.sure), len(parts.sure) + len(parts.maybe)
        for held in said:
            if isinstance(held, Quantity) and is_count(held):
                if not least <= held.magnitude <= most:
                    return True
            elif not most and any(there_is(value) is TRUE for value in values_of(held)):
                return True
        return False

    def _is_declared(
        self, relations: frozenset[str] | set[str], element: Element, kind: str
    ) -> bool:
        declared = self._own_complete[element.id] | self._complete
        if not declared:
            return False
        return any(
            relation in declared
            or any(f"{relation} {above}" in declared for above in self.kinds.above(kind))
            for relation in relations
        )

    def _all_placed(self, kind: str) -> bool:
        """Say whether it is known of all elements of a kind what they are in."""
        known = self._placed.get(kind)
        if known is None:
            known = all(self.lists_all("within", one, ANYTHING) for one in self.select(kind).sure)
            self._placed[kind] = known
        return known

    # relations ---------------------------------------------------------------------------

    def related(self, relation: str, element: Element, kind: str) -> Selection:
        """Return the elements of a kind that a relation leads to from an element."""
        if relation in HOLDING:
            return self._held_by(kind, parts_only=False).get(element.id, NOBODY)
        if relation in HELD:
            ids = self.containment.wholes_of(element.id, parts_only=relation == "part of")
            return self._of_kind([self.building.by_id[id] for id in ids], kind)
        return self._of_kind(self._neighbours(relation, element), kind)

    def related_from(self, relation: str, element: Element, kind: str) -> Selection:
        """Return the elements of a kind from which a relation leads to an element."""
        if relation in HOLDING:
            return self.related("within", element, kind)
        if relation == "part of":
            return self._held_by(kind, parts_only=True).get(element.id, NOBODY)
        if relation in HELD:
            return self.related("has", element, kind)
        inverse = _INVERSE.get(relation, relation if relation in _SYMMETRIC else f"{relation}<")
        return self._of_kind(self._neighbours(inverse, element), kind)

    def lists_all_from(self, relation: str, element: Element, kind: str) -> bool:
        """Say whether all of a kind from which a relation leads to an element are listed."""
        if not self.is_known(kind):
            return False
        if relation in HOLDING:
            return self.lists_all("within", element, kind)
        if relation in HELD:
            return self.lists_all("has", element, kind)
        if relation in _SYMMETRIC or relation in _INVERSE:
            return self.lists_all(_INVERSE.get(relation, relation), element, kind)
        return relation in self._complete and self.all_listed(kind)

    def joined_to(self, element: Element, kind: str, but: Collection[str]) -> tuple[Element, ...]:
        """Return the elements of a kind that relations join to an element, from either side.

        Args:
            element: one end.
            kind: what the others surely are.
            but: keys of relations that do not count; those of what is in what never do.
        """
        found = [
            other
            for relation, ends in self._edges.items()
            if relation.removesuffix("<") not in {*but, *HOLDING, *HELD}
            for other in ends.get(element.id, ())
        ]
        return self._of_kind(found, kind).sure

    def between(self, relation: str, one: Element, other: Element) -> Truth:
        """Say whether a relation leads from one element to another."""
        if relation in HOLDING:
            found = one.id in self.containment.wholes_of(other.id)
        elif relation in HELD:
            parts_only = relation == "part of"
            found = other.id in self.containment.wholes_of(one.id, parts_only=parts_only)
        else:
            found = any(element.id == other.id for element in self._neighbours(relation, one))
        if found:
            return TRUE
        kinds = self._types[other.id], self._types[one.id]
        known = any(self.lists_all(relation, one, kind) for kind in kinds[0]) or any(
            self.lists_all_from(relation, other, kind) for kind in kinds[1]
        )
        return FALSE if known else UNKNOWN

    def _neighbours(self, relation: str, element: Element) -> list[Element]:
        names = [relation, *_IMPLIED_BY.get(relation, ())]
        if relation in _INVERSE:
            names.append(f"{_INVERSE[relation]}<")
        names += [f"{name}<" for name in names if name in _SYMMETRIC]
        found = {
            other.id: other
            for name in names
            for other in self._edges.get(name, {}).get(element.id, ())
        }
        return list(found.values())

    def _of_kind(self, elements: list[Element], kind: str) -> Selection:
        truths = [(element, self.is_kind(element, kind)) for element in elements]
        return Selection(
            tuple(element for element, truth in truths if truth is TRUE),
            tuple(element for element, truth in truths if truth is UNKNOWN),
        )

    def _held_by(self, kind: str, *, parts_only: bool) -> dict[str, Selection]:
        """Return the elements of a kind by the id of each element that they are in."""
        known = self._held.get((kind, parts_only))
        if known is None:
            held: tuple[defaultdict[str, list[Element]], ...] = defaultdict(list), defaultdict(list)
            for elements, by_whole in zip(self.select(kind), held, strict=True):
                for element in elements:
                    for outer in self.containment.wholes_of(element.id, parts_only=parts_only):
                        by_whole[outer].append(element)
            sure, maybe = held
            known = {id: Selection(tuple(sure[id]), tuple(maybe[id])) for id in {*sure, *maybe}}
            self._held[kind, parts_only] = known
        return known
