"""The elements of a building by kind, and what each is like.

Everything is looked up by key (`p4ir.check.names`), found once, and kept. An answer is
three-valued: an element may be of a kind for all that the facts say.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from p4ir.check.facts import Building, Element, Property, is_list, values_of
from p4ir.check.kinds import ANYTHING, Kinds, answer_of, default_kinds
from p4ir.check.names import key_of, parts_of, says_there_is, tails_of
from p4ir.check.truth import FALSE, TRUE, UNKNOWN, Truth

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
        self._complete = frozenset(map(key_of, building.complete))
        self._own_complete = {e.id: frozenset(map(key_of, e.complete)) for e in building.elements}
        self._partial = {e.id: frozenset(map(key_of, e.partial)) for e in building.elements}
        self.properties: dict[str, dict[str, Property]] = {
            e.id: {key_of(name): value for name, value in e.properties.items()}
            for e in building.elements
        }
        self.property_names = frozenset().union(*self.properties.values())
        self._types = {e.id: tuple(map(key_of, e.types)) for e in building.elements}
        declared_lists = self._complete.union(*self._own_complete.values())
        self._declared_words = declared_lists | {
            words.partition(" ")[2] for words in declared_lists
        }
        spelled = self._declared_words.union(self.property_names, *self._types.values())
        self.kinds = Kinds(default_kinds(), building.kinds, spelled=spelled)
        self._kinds_of = {
            id: frozenset({ANYTHING}).union(*map(self.kinds.above, types))
            for id, types in self._types.items()
        }
        tails = {id: list(map(tails_of, types)) for id, types in self._types.items()}
        self._denied_kinds = {
            id: frozenset(kind for said in of_types for kind in said.denied).union(
                *map(self.kinds.never, self._types[id])
            )
            for id, of_types in tails.items()
        }
        self._unclear_kinds = {
            id: frozenset[str]().union(
                *(self.kinds.above(kind) for said in of_types for kind in said.unclear),
                *map(self.kinds.maybe, self._types[id]),
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
        self._known: dict[str, bool] = {}
        self._selections: dict[str, Selection] = {}
        self._others: dict[tuple[tuple[str, ...], str, bool], bool] = {}
        self._fronts: dict[tuple[tuple[str, ...], str, str], frozenset[Truth]] = {}

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
        return self.kinds.above(kind).union(self.kinds.maybe(kind), *unclear)

    def is_kind(self, element: Element, kind: str) -> Truth:
        """Say whether an element is of a kind.

        It is what its types say and all that is more general. A more special kind it may be:
        a `door` is a `fireDoor` if it is like that (`fire`), and a `room` may be a `bedroom`.
        It is nothing else, nor what its types deny; what they leave unclear it may be.
        """
        kinds = self._kinds_of[element.id]
        spellings = self.kinds.spellings(kind)
        if not spellings.isdisjoint(kinds):
            return TRUE
        head = next((head for head in tails_of(kind).meant[1:] if head in kinds), None)
        # A wc is no room, and yet it is a toilet: so it may be an accessible toilet.
        more_special = self.kinds.above(kind) - (self.kinds.above(head) if head else frozenset())
        if not more_special.isdisjoint(self._denied_kinds[element.id]):
            return FALSE
        if not spellings.isdisjoint(self._unclear_kinds[element.id]):
            return UNKNOWN
        like = UNKNOWN if head is None else self.is_like(element, kind.removesuffix(head).strip())
        if head is not None and like is not UNKNOWN:
            return like
        above = self._asked(kind)
        may_be = any(own in above for own in self._types[element.id] if own != ANYTHING)
        may_be = may_be or not above.isdisjoint(self._unclear_kinds[element.id] - {ANYTHING})
        may_be = may_be or (head is not None and self._may_be_both(element, head))
        return UNKNOWN if may_be and not self.is_complete(element, "type") else FALSE

    def _may_be_both(self, element: Element, head: str) -> bool:
        """Say whether what is called one sort may be another too: a `timberLining` a wet one.

        No room is, which is called after what it is for, nor what is declared a kind of its own.
        """
        is_undeclared = any(
            own.endswith(f" {head}") and own not in self.kinds.declared
            for own in self._types[element.id]
        )
        return is_undeclared and "space" not in self._kinds_of[element.id]

    def kinds_of(self, element: Element) -> frozenset[str]:
        """Return the keys of all kinds that an element surely is."""
        return self._kinds_of[element.id]

    def is_called(self, element: Element, kind: str) -> bool:
        """Say whether an element's own types name a kind, not only one that is more special."""
        return kind in self._types[element.id]

    def is_like(
        self, element: Element, adjective: str, denied_by: str = "type", thing: str = ""
    ) -> Truth:
        """Say whether an element is as an adjective says: `external`, `sprinklered`.

        A property of that name says so, and where there is none the adjectives of `type` and
        `state` and the words in front of a kind say yes; where the property `denied_by` holds
        all there is, others are denied.

        Args:
            element: the element.
            adjective: the key of the adjective.
            denied_by: the key of the property that denies what it does not say.
            thing: what the element is called where it is said: a `fireDoor` is `fire` as a door.
        """
        properties = self.properties[element.id]
        in_front = self._said_in_front(element, adjective, thing) if thing else frozenset()
        said = {self.kinds.says(key_of(one), adjective) for name in _ADJECTIVES
                for one in values_of(properties.get(name, ())) if isinstance(one, str)}  # fmt: skip
        is_said = TRUE in said | in_front
        if values_of(properties.get(adjective, ())):
            return self._is_stated(element, adjective, is_agreed=is_said)
        if FALSE in in_front:
            return UNKNOWN if is_said else FALSE
        if is_said:
            return TRUE
        held = properties.get(denied_by)
        is_open = held is None or self.is_open(element, denied_by)
        return UNKNOWN if is_open or UNKNOWN in said | in_front else FALSE

    def _is_stated(self, element: Element, name: str, *, is_agreed: bool) -> Truth:
        """Return what the property of a state says; what is neither yes nor no needs a second.

        Args:
            element: the element.
            name: the key of the property.
            is_agreed: whether something else says that the element is in this state.
        """
        held = self.properties[element.id][name]
        answers = {answer_of(value) for value in values_of(held)}
        if answers == {TRUE}:
            return TRUE
        if answers == {FALSE}:
            return UNKNOWN if self.is_open(element, name) or is_agreed else FALSE
        is_there = all(
            says_there_is(value) is TRUE
            if isinstance(value, str)
            else bool(getattr(value, "magnitude", value))
            for value in values_of(held)
        )
        return TRUE if is_agreed and is_there and FALSE not in answers else UNKNOWN

    def _said_in_front(self, element: Element, adjective: str, thing: str) -> frozenset[Truth]:
        """Return what the words in front of an element's kinds say of an adjective.

        Only those in front of what it is called where it is asked: a `fireExit` that is a door
        is no fire door. An `officeCorridor` may be an office, being a space as that is.
        """
        key = self._types[element.id], adjective, thing
        known = self._fronts.get(key)
        if known is None:
            said = set[Truth]()
            is_sort = self._is_of_sort(self._kinds_of[element.id], adjective)
            for kinds, truth in (
                (self._kinds_of, UNKNOWN if is_sort else TRUE),
                (self._denied_kinds, FALSE),
                (self._unclear_kinds, UNKNOWN),
            ):
                for kind in kinds[element.id]:
                    front, _, head = kind.rpartition(" ")
                    is_meant = front and head in tails_of(kind).meant
                    if is_meant and self._are_one_thing(head, thing):
                        by_front = self.kinds.says(front, adjective)
                        said |= {truth} if by_front is TRUE else {by_front} - {FALSE}
            known = self._fronts[key] = frozenset(said)
        return known

    def _are_one_thing(self, one: str, other: str) -> bool:
        is_one = self.kinds.is_one
        return other == ANYTHING or is_one(one, other) or is_one(other, one)

    def _is_of_sort(self, own: frozenset[str], kind: str) -> bool:
        """Say whether a kind is declared, and one of the more general ones of some kinds."""
        is_declared = not self.kinds.declared.isdisjoint(self.kinds.spellings(kind))
        return is_declared and not self.kinds.above(kind).isdisjoint(own - {ANYTHING})

    def is_another(self, element: Element, kind: str, thing: str) -> bool:
        """Say whether an element is known to be something else than a kind that it is not.

        It is where the kind is declared and of the same sort, such as another room; and where
        it is asked what it is at all, if anything is of that kind. It is not where the kind only
        adds a word, or something is both.

        Args:
            element: the element.
            kind: a kind that it is not (`is_kind`).
            thing: what it is called where it is asked.
        """
        key = self._types[element.id], kind, thing == ANYTHING
        known = self._others.get(key)
        if known is None:
            known = self._others[key] = self._is_another(*key)
        return known

    def _is_another(self, types: tuple[str, ...], kind: str, is_anything: bool) -> bool:
        own = frozenset[str]().union(*map(self.kinds.above, types))
        adds_a_word = not own.isdisjoint(tails_of(kind).meant[1:])
        if adds_a_word or any(kind in parts_of(one) for one in types):
            return False
        if any(not self._kinds_of[one.id].isdisjoint(types) for one in self.select(kind).sure):
            return False
        return (is_anything and self.is_noun(kind)) or self._is_of_sort(own, kind)

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
        return not self._named.isdisjoint(self.kinds.spellings(key))

    def all_listed(self, kind: str) -> bool:
        """Say whether every element of a kind is among the facts."""
        return not self.select(kind).maybe and not self._complete.isdisjoint(self.kinds.above(kind))

    def is_complete(self, element: Element, name: str) -> bool:
        """Say whether a list of an element holds all there is."""
        if name in self._partial[element.id]:
            return False
        return name in self._own_complete[element.id] or name in self._complete

    def is_open(self, element: Element, name: str) -> bool:
        """Say whether a property may have more values than are stated."""
        held = self.properties[element.id][name]
        return is_list(held) and not self.is_complete(element, name)
