"""Which elements are meant where nothing leads to them: those that are where the bound ones are."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from p4ir.check.binding import Bindings, Held
from p4ir.check.facts import Element
from p4ir.check.findings import Fact, Missing
from p4ir.check.formulas import NOT_LEADING
from p4ir.check.index import Index
from p4ir.check.namesakes import is_member, kind_of_variable
from p4ir.check.population import Selection


class Candidates(NamedTuple):
    """What a variable can stand for."""

    elements: tuple[Element | Held, ...]
    open: Missing | None
    """Why there may be others."""
    none: Fact | None = None
    """What says that there are none."""
    maybe: tuple[Element, ...] = ()
    """Those of which it is not known whether they are of the kind."""


class Places:
    """Finds elements of one building by what they are in, and what is in them."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._wholes = _wholes(index)

    def around(self, variable: str, bound: Bindings) -> Candidates:
        """Return the elements of a kind that the bound elements have, are in, are or share.

        Of bound elements that are in each other the innermost come first: the windows of a
        room, not of its building. Where no element has or is in any, what else is related to
        them is meant.
        """
        kind = kind_of_variable(variable)
        here = self._at_hand(kind, bound, self._is_shared)
        if here is not None:
            return here
        levels = self._levels(bound)
        if not levels:
            return Candidates((), Missing("ambiguous", "", kind))
        found = self._belonging(kind, levels[0])
        for level in levels[1:]:
            if found.elements or found.maybe:
                break
            outer = self._belonging(kind, level)
            found = outer._replace(open=found.open or outer.open, none=found.none)
        beside = () if found.elements or found.maybe else self._beside(kind, bound)
        if beside:
            lacking = Missing("list-open", levels[0][0].id, kind, f"{len(beside)} listed")
            found = found._replace(elements=beside, open=found.open or lacking)
        return self._unless_all(kind, found, bound)

    def members(self, variable: str, bound: Bindings) -> Candidates:
        """Return the elements of a kind that the bound elements have, are in or are.

        Aggregates are about these: an exit of the building is none of each storey. The only
        building is what everything is in, even where the facts do not say so. Where the
        innermost of bound elements has none and one around it has some, it is not said which
        is meant, but for the members of a loop.
        """
        kind = kind_of_variable(variable)
        here = self._at_hand(kind, bound, self._is_whole)
        if here is not None:
            return here
        levels = self._levels(bound)
        if not levels:
            return Candidates((), Missing("ambiguous", "", kind))
        found = self._unless_all(kind, self._belonging(kind, levels[0]), bound)
        if found.elements or found.open or any(map(is_member, bound.elements)):
            return found
        if any(self._belonging(kind, level).elements for level in levels[1:]):
            return found._replace(open=Missing("ambiguous", levels[0][0].id, kind))
        return found

    def _at_hand(
        self, kind: str, bound: Bindings, is_common: Callable[[Element], bool]
    ) -> Candidates | None:
        """Return what bound elements are themselves, or the only one that there is for all.

        The building of a dwelling that is in one is that one, though a dwelling is called a
        building too.
        """
        own = [one for one in bound.each() if kind in self._index.kinds_of(one)]
        if own:
            meant: dict[str, Element] = {}
            for one in own:
                is_part = kind == "building" and not self._index.is_called(one, kind)
                outer = self._index.related("within", one, kind).sure if is_part else ()
                meant |= {element.id: element for element in outer or (one,)}
            return Candidates(tuple(meant.values()), None)
        everywhere = self._index.select(kind).sure
        if self._index.all_listed(kind) and len(everywhere) == 1 and is_common(everywhere[0]):
            return Candidates(everywhere, None)
        return None

    def _unless_all(self, kind: str, found: Candidates, bound: Bindings) -> Candidates:
        """Say that there are no others if those found are all of their kind that there are."""
        everywhere = self._index.select(kind).sure
        are_others = any(self._index.states_others(one, kind) for one in bound.each())
        is_all = self._index.all_listed(kind) and len(found.elements) == len(everywhere)
        return found._replace(open=None) if is_all and not are_others else found

    def _levels(self, bound: Bindings) -> list[list[Element]]:
        """Return the bound elements, those first that nothing bound is in."""
        levels: list[list[Element]] = []
        waiting = list(bound.each())
        while waiting:
            wholes = {id for one in waiting for id in self._index.containment.wholes_of(one.id)}
            level = [one for one in waiting if one.id not in wholes] or waiting
            levels.append(level)
            waiting = [one for one in waiting if one not in level]
        return levels

    def _beside(self, kind: str, bound: Bindings) -> tuple[Element, ...]:
        """Return the elements of a kind that other relations join to the bound elements.

        What is joined to a room and is in something that the room is not in belongs there.
        """
        here = bound.each()
        wholes_of = self._index.containment.wholes_of
        ours = {one.id for one in here}.union(*(wholes_of(one.id) for one in here))
        found = {
            one.id: one
            for element in here
            for one in self._index.joined_to(element, kind, NOT_LEADING)
            if not self._index.is_space(element) or ours.issuperset(wholes_of(one.id))
        }
        return tuple(found.values())

    def has_whole(self, bound: Bindings) -> bool:
        """Say whether a bound element is what everything is in, such as the only building."""
        return any(map(self._is_whole, bound.each()))

    def _is_shared(self, element: Element) -> bool:
        """Say whether an element is the whole building's: in nothing that is less than that."""
        return self._wholes.issuperset(self._index.containment.wholes_of(element.id))

    def _is_whole(self, element: Element) -> bool:
        return element.id in self._wholes

    def _belonging(self, kind: str, elements: list[Element]) -> Candidates:
        """Return the elements of a kind that some elements have or are in."""
        found: dict[str, Element] = {}
        maybe: dict[str, Element] = {}
        lacking: Missing | None = None
        for element in elements:
            own = self._index.related("has", element, kind)
            around = self._index.related("within", element, kind)
            # A room with a floor of its own is not meant to be on one: that is a storey.
            around = Selection(around.sure) if own.sure else around
            for relation, selection in (("within", around), ("has", own)):
                found |= {one.id: one for one in selection.sure}
                maybe |= {one.id: one for one in selection.maybe}
                if selection.maybe:
                    lacking = Missing("kind-unknown", selection.maybe[0].id, kind)
                elif not self._index.lists_all(relation, element, kind):
                    detail = f"{len(selection.sure)} listed"
                    lacking = Missing("list-open", element.id, f"{relation} {kind}", detail)
        none = Fact(elements[0].id, f"has {kind}", "none")
        return Candidates(tuple(found.values()), lacking, none, tuple(maybe.values()))


def _wholes(index: Index) -> frozenset[str]:
    """Return the ids of what everything is in: the site, and the building if it is one.

    A dwelling in a building is one of its parts, though it is called a building too.
    """
    buildings = {element.id for element in index.select("building").sure}
    outermost = [id for id in buildings if buildings.isdisjoint(index.containment.wholes_of(id))]
    sites = {element.id for element in index.select("site").sure}
    return frozenset(sites.union(outermost if len(outermost) == 1 else ()))
