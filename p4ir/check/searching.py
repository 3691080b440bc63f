"""Which elements an unbound variable can stand for, and whether those are all.

A relation of the formula leads to them from an element that is bound (`has(stair,handrail)`
from the stair to its handrails). Where none does, they are found by where things are: what
the bound elements have or are in, or what the whole building has one of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from p4ir.check.binding import Bindings, Held
from p4ir.check.facts import Element
from p4ir.check.findings import Fact, Missing
from p4ir.check.formulas import (
    And,
    Each,
    Entity,
    Every,
    Exist,
    Formula,
    Not,
    Or,
    Path,
    Relation,
    Some,
    Term,
)
from p4ir.check.index import Index, Selection
from p4ir.check.names import key_of
from p4ir.check.namesakes import name_of

NEGATIVE = {"outside": "within", "exclude": "include", "disconnect": "connect"}
"""Functors that say the opposite of others."""

NOT_LEADING = frozenset(NEGATIVE) | {"is", "away from"}


class Candidates(NamedTuple):
    """What a variable can stand for."""

    elements: tuple[Element | Held, ...]
    open: Missing | None
    """Why there may be others."""
    none: Fact | None = None
    """What says that there are none."""
    maybe: tuple[Element, ...] = ()
    """Those of which it is not known whether they are of the kind."""


class Search:
    """Finds elements for variables in one building."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._wholes = _wholes(index)

    def leading(
        self, variable: str, parts: Iterable[Formula], bound: Bindings
    ) -> Candidates | None:
        """Return the elements that a relation leads to; `None` if there is no such relation."""
        kind = kind_of_variable(variable)
        for part in parts:
            match part:
                case Exist(Entity(name)) if name == variable:
                    return self._everywhere(kind)
                case Relation(functor, Entity(name), other) if name == variable:
                    found = self._led(functor, other, kind, bound, is_from=True)
                case Relation(functor, other, Entity(name)) if name == variable:
                    found = self._led(functor, other, kind, bound, is_from=False)
                case _:
                    continue
            if found is not None:
                return found
        return None

    def _led(
        self, functor: str, end: Term, kind: str, bound: Bindings, *, is_from: bool
    ) -> Candidates | None:
        relation = key_of(functor)
        holder = bound.elements.get(end.variable) if isinstance(end, Entity | Path) else None
        if relation in NOT_LEADING or not isinstance(holder, Element):
            return None
        holders: tuple[Element, ...] = (holder,)
        if isinstance(end, Path):
            holders = self._index.related("has", holder, end.name).sure
            if not holders:
                return None
        found: dict[str, Element] = {}
        maybe: dict[str, Element] = {}
        lacking: Missing | None = None
        none: Fact | None = None
        for one in holders:
            name = f"{kind} {functor}" if is_from else f"{functor} {kind}"
            selection, is_all = self._related(relation, one, kind, is_from=is_from)
            found |= {element.id: element for element in selection.sure}
            maybe |= {element.id: element for element in selection.maybe}
            if selection.maybe:
                lacking = Missing("kind-unknown", selection.maybe[0].id, kind)
            elif not is_all:
                lacking = Missing("list-open", one.id, name, f"{len(selection.sure)} listed")
            elif not found:
                none = Fact(one.id, name, "none")
        return Candidates(tuple(found.values()), lacking, none, tuple(maybe.values()))

    def _related(
        self, relation: str, element: Element, kind: str, *, is_from: bool
    ) -> tuple[Selection, bool]:
        if is_from:
            selection = self._index.related_from(relation, element, kind)
            return selection, self._index.lists_all_from(relation, element, kind)
        selection = self._index.related(relation, element, kind)
        return selection, self._index.lists_all(relation, element, kind)

    def held(
        self, variable: str, bound: Bindings, said: Formula | None = None
    ) -> Candidates | None:
        """Return a thing that is a property of a bound element, if it is nothing else.

        Where the variable is said to be between two things, there may be others: a distance
        that is stated may be that between two other things.
        """
        kind = kind_of_variable(variable)
        if self._index.is_noun(kind) and self._index.select(kind).sure:
            return None
        for element in self.bound_elements(bound):
            value = self._index.properties[element.id].get(kind)
            if value is not None and not isinstance(value, bool):
                between = said and _said_between(variable, said)
                lacking = Missing("fact-missing", element.id, between) if between else None
                return Candidates((Held(element, kind),), lacking)
        return None

    def around(self, variable: str, bound: Bindings) -> Candidates:
        """Return the elements of a kind that the bound elements have, are in, are or share."""
        return self._by_place(variable, bound, self._is_shared)

    def members(self, variable: str, bound: Bindings) -> Candidates:
        """Return the elements of a kind that the bound elements have, are in or are.

        Aggregates are about these: an exit of the building is none of each storey. The only
        building is what everything is in, even where the facts do not say so.
        """
        return self._by_place(variable, bound, self._is_whole)

    def _by_place(
        self, variable: str, bound: Bindings, is_common: Callable[[Element], bool]
    ) -> Candidates:
        kind = kind_of_variable(variable)
        for element in self.bound_elements(bound):
            if kind in self._index.kinds_of(element):
                return Candidates((element,), None)
        everywhere = self._index.select(kind).sure
        is_all = self._index.all_listed(kind)
        if is_all and len(everywhere) == 1 and is_common(everywhere[0]):
            return Candidates(everywhere, None)
        found = self._belonging(kind, bound)
        has_all = is_all and len(found.elements) == len(everywhere)
        return found._replace(open=None) if has_all else found

    def _is_shared(self, element: Element) -> bool:
        """Say whether an element is the whole building's: in nothing that is less than that."""
        return self._wholes.issuperset(self._index.containment.wholes_of(element.id))

    def _is_whole(self, element: Element) -> bool:
        return element.id in self._wholes

    def _belonging(self, kind: str, bound: Bindings) -> Candidates:
        """Return the elements of a kind that the bound elements have or are in."""
        index, elements = self._index, list(self.bound_elements(bound))
        found: dict[str, Element] = {}
        maybe: dict[str, Element] = {}
        lacking = None if elements else Missing("ambiguous", "", kind)
        for element in elements:
            for relation in ("within", "has"):
                selection = index.related(relation, element, kind)
                found |= {one.id: one for one in selection.sure}
                maybe |= {one.id: one for one in selection.maybe}
                if selection.maybe:
                    lacking = Missing("kind-unknown", selection.maybe[0].id, kind)
                elif not index.lists_all(relation, element, kind):
                    detail = f"{len(selection.sure)} listed"
                    lacking = Missing("list-open", element.id, f"{relation} {kind}", detail)
        return Candidates(tuple(found.values()), lacking, maybe=tuple(maybe.values()))

    def _everywhere(self, kind: str) -> Candidates:
        selection = self._index.select(kind)
        is_all = self._index.all_listed(kind)
        lacking = None if is_all else Missing("none-listed", "", kind, f"{len(selection.sure)}")
        return Candidates(selection.sure, lacking, maybe=selection.maybe)

    def bound_elements(self, bound: Bindings) -> Iterator[Element]:
        """Yield the elements that variables are bound to, each once."""
        seen: set[str] = set()
        for holder in bound.elements.values():
            element = holder.element if isinstance(holder, Held) else holder
            if element.id not in seen:
                seen.add(element.id)
                yield element


def _said_between(variable: str, said: Formula) -> str:
    """Return what says that a variable is between two things; empty if nothing does."""
    match said:
        case Relation("inBetween", Entity(name), text=text) if name == variable:
            return text
        case And(parts) | Or(parts):
            return next(filter(None, (_said_between(variable, part) for part in parts)), "")
        case Not(part) | Each(part=part) | Some(part=part) | Every(part=part):
            return _said_between(variable, part)
    return ""


def _wholes(index: Index) -> frozenset[str]:
    """Return the ids of what everything is in: the site, and the building if it is one.

    A dwelling in a building is one of its parts, though it is called a building too.
    """
    buildings = {element.id for element in index.select("building").sure}
    outermost = [id for id in buildings if buildings.isdisjoint(index.containment.wholes_of(id))]
    sites = {element.id for element in index.select("site").sure}
    return frozenset(sites.union(outermost if len(outermost) == 1 else ()))


def kind_of_variable(variable: str) -> str:
    """Return the kind that a variable ranges over."""
    return name_of(variable).removeprefix("each ")
