"""The elements of a building by kind, and what each is like.

Everything is looked up by key (`p4ir.check.names`), found once, and kept. An answer is
three-valued: an element may be of a kind for all that the facts say.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from p4ir.check.facts import Building, Element, Property, is_list, values_of
from p4ir.check.kinds import ANYTHING, Kinds, default_kinds
from p4ir.check.names import key_of, tails_of
from p4ir.check.truth import FALSE, TRUE, UNKNOWN, Truth

_YES, _NO = frozenset({"true", "yes", "y"}), frozenset({"false", "no", "n"})
"""Keys of the words that say whether something is so."""
_ADJECTIVES = ("type", "state")
"""Keys of the properties that hold what an element is like."""


class Selection(NamedTuple):
    """The elements of a kind, and those that may be."""

    sure: tuple[Element, ...] = ()
    maybe: tuple[Element, ...] = ()


NOBODY = Selection()


class Population:
    """What is known of a building's elements one by one."""

    def __init__(self, building: Building) -> None:
        self.building = building
        self.kinds = Kinds(default_kinds(), building.kinds)
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

    def is_complete(self, element: Element, name: str) -> bool:
        """Say whether a list of an element holds all there is."""
        if name in self._partial[element.id]:
            return False
        return name in self._own_complete[element.id] or name in self._complete
