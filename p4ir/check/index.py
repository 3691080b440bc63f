"""A building made ready to be asked: elements by kind, properties by key, relations both ways.

Everything is looked up by key (`p4ir.check.names`), found once, and kept. An answer is
three-valued: an element may be of a kind for all that the facts say, and a list that is not
declared complete proves nothing absent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from p4ir.check.containment import HELD, HOLDING, Containment
from p4ir.check.facts import Building, Element, Property, Value, is_list, values_of
from p4ir.check.kinds import ANYTHING, Kinds, default_kinds
from p4ir.check.measures import is_count
from p4ir.check.names import key_of, says_there_is, tails_of
from p4ir.check.truth import FALSE, TRUE, UNKNOWN, Truth
from p4ir.rules.units import Quantity

_SYMMETRIC = frozenset({"adjacent", "adjoin", "connect", "disconnect", "similar to"})
_INVERSE = {"above": "below", "below": "above"}
_IMPLIED_BY = {"adjacent": ("adjoin",)}
_YES, _NO = frozenset({"true", "yes", "y"}), frozenset({"false", "no", "n"})
"""Keys of the words that say whether something is so."""
_ADJECTIVES = ("type", "state")
"""Keys of the properties that hold what an element is like."""


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


class Selection(NamedTuple):
    """The elements of a kind, and those that may be."""

    sure: tuple[Element, ...] = ()
    maybe: tuple[Element, ...] = ()


NOBODY = Selection()


class Index:
    """What is known of a building, by key."""

    def __init__(self, building: Building) -> None:
        self.building = building
        self.kinds = Kinds(default_kinds(), building.kinds)
        self.containment = Containment(building.elements)
        self._complete = frozenset(map(key_of, building.complete))
        self._own_complete = {e.id: frozenset(map(key_of, e.complete)) for e in building.elements}
        self._partial = {e.id: frozenset(map(key_of, e.partial)) for e in building.elements}
        self.properties: dict[str, dict[str, Property]] = {
            e.id: {key_of(name): value for name, value in e.properties.items()}
            for e in building.elements
        }
        self.property_names = frozenset().union(*self.properties.values())
        self._types = {e.id: tuple(map(key_of, e.types)) for e in building.elements}
        self._kinds_of = {
            id: frozenset({ANYTHING}).union(*map(self.kinds.above, types))
            for id, types in self._types.items()
        }
        tails = {id: list(map(tails_of, types)) for id, types in self._types.items()}
        self._denied_kinds = {
            id: frozenset(kind for said in of_types for kind in said.denied)
            for id, of_types in tails.items()
        }
        self._unclear_kinds = {
            id: frozenset[str]().union(
                *(self.kinds.above(kind) for said in of_types for kind in said.unclear)
            )
            - self._kinds_of[id]
            - self._denied_kinds[id]
            for id, of_types in tails.items()
        }
        self._edges = self._directed_edges()
        self._by_kind: defaultdict[str, list[Element]] = defaultdict(list)
        self._by_unclear_kind: defaultdict[str, list[Element]] = defaultdict(list)
        for element in building.elements:
            for kind in self._kinds_of[element.id]:
                self._by_kind[kind].append(element)
            for kind in self._unclear_kinds[element.id]:
                self._by_unclear_kind[kind].append(element)
        self._named = self._by_kind.keys() | set(self.kinds.declared)
        declared_lists = self._complete.union(*self._own_complete.values())
        self._declared_words = declared_lists | {
            words.partition(" ")[2] for words in declared_lists
        }
        self._known: dict[str, bool] = {}
        self._selections: dict[str, Selection] = {}
        self._held: dict[tuple[str, bool], dict[str, Selection]] = {}
        self._placed: dict[str, bool] = {}

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

    # kinds -------------------------------------------------------------------------------

    def select(self, kind: str) -> Selection:
        """Return the elements that are, and that may be, of a kind."""
        known = self._selections.get(kind)
        if known is None:
            sure = self._by_kind.get(kind, ())
            found = {element.id for element in sure}
            more: list[Element] = []
            maybe: list[Element] = []
            for general in self._asked(kind) - {ANYTHING}:
                unclear = self._by_unclear_kind.get(general, ())
                for element in (*self._by_kind.get(general, ()), *unclear):
                    if element.id not in found:
                        found.add(element.id)
                        truth = self.is_kind(element, kind)
                        more.extend([element] if truth is TRUE else [])
                        maybe.extend([element] if truth is UNKNOWN else [])
            known = self._selections[kind] = Selection((*sure, *more), tuple(maybe))
        return known

    def _asked(self, kind: str) -> frozenset[str]:
        """Return the keys of all that a thing of a kind is or may be: itself, and more general."""
        unclear = map(self.kinds.above, tails_of(kind).unclear)
        return self.kinds.above(kind).union(*unclear)

    def is_kind(self, element: Element, kind: str) -> Truth:
        """Say whether an element is of a kind.

        It is what its types say and all that is more general. A more special kind it may be:
        a `door` is a `fireDoor` if it is like that (`fire`), and a `room` may be a `bedroom`.
        It is nothing else, nor what its types deny; what they leave unclear it may be.
        """
        kinds = self._kinds_of[element.id]
        if kind in kinds:
            return TRUE
        if kind in self._denied_kinds[element.id]:
            return FALSE
        if kind in self._unclear_kinds[element.id]:
            return UNKNOWN
        head = next((head for head in tails_of(kind).meant[1:] if head in kinds), None)
        like = UNKNOWN if head is None else self.is_like(element, kind.removesuffix(head).strip())
        if head is not None and like is not UNKNOWN:
            return like
        above = self._asked(kind)
        may_be = any(own in above for own in self._types[element.id] if own != ANYTHING)
        may_be = may_be or not above.isdisjoint(self._unclear_kinds[element.id] - {ANYTHING})
        return UNKNOWN if may_be and not self.is_complete(element, "type") else FALSE

    def kinds_of(self, element: Element) -> frozenset[str]:
        """Return the keys of all kinds that an element surely is."""
        return self._kinds_of[element.id]

    def is_called(self, element: Element, kind: str) -> bool:
        """Say whether an element's own types name a kind, not only one that is more special."""
        return kind in self._types[element.id]

    def is_like(self, element: Element, adjective: str, denied_by: str = "type") -> Truth:
        """Say whether an element is as an adjective says: `external`, `sprinklered`.

        A state of that name says yes or no, and the adjectives of `type` and `state` say
        yes; where the property `denied_by` holds all there is, others are denied.
        """
        properties = self.properties[element.id]
        states = values_of(properties.get(adjective, ()))
        answers = {key_of(str(state)) for state in states}
        if answers and (answers <= _YES or answers <= _NO):
            return TRUE if answers <= _YES else FALSE
        said = {self.kinds.says(key_of(one), adjective) for name in _ADJECTIVES
                for one in values_of(properties.get(name, ())) if isinstance(one, str)}  # fmt: skip
        if TRUE in said:
            return TRUE
        held = properties.get(denied_by)
        is_open = held is None or (is_list(held) and not self.is_complete(element, denied_by))
        return UNKNOWN if is_open or UNKNOWN in said else FALSE

    def is_known(self, kind: str) -> bool:
        """Say whether the facts speak of a kind, or of one that is more general."""
        known = self._known.get(kind)
        if known is None:
            above = self.kinds.above(kind) - {ANYTHING} or {kind}
            known = kind == ANYTHING or not above.isdisjoint(self._named | self._declared_words)
            self._known[kind] = known
        return known

    def is_noun(self, key: str) -> bool:
        """Say whether a name is that of a kind of element, for all that the facts say."""
        return key in self._named

    def all_listed(self, kind: str) -> bool:
        """Say whether every element of a kind is among the facts."""
        return not self.select(kind).maybe and not self._complete.isdisjoint(self.kinds.above(kind))

    # completeness ------------------------------------------------------------------------

    def is_complete(self, element: Element, name: str) -> bool:
        """Say whether a list of an element holds all there is."""
        if name in self._partial[element.id]:
            return False
        return name in self._own_complete[element.id] or name in self._complete

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
