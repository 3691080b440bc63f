"""Which elements an unbound variable can stand for, and whether those are all.

A relation of the formula leads to them from an element that is bound (`has(stair,handrail)`
from the stair to its handrails). Where none does, they are found by where things are: what
the bound elements have or are in, or what the whole building has one of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from p4ir.check.binding import Bindings, Held
from p4ir.check.facts import Element
from p4ir.check.findings import Fact, Missing
from p4ir.check.formulas import (
    NOT_LEADING,
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
    variables_of,
)
from p4ir.check.index import Index
from p4ir.check.names import key_of
from p4ir.check.namesakes import kind_of_variable
from p4ir.check.placing import Candidates, Places
from p4ir.check.population import NOBODY, Selection

_PLACES = frozenset({"space", "storey", "building", "site"})
"""Kinds of what things are in, where nothing else is said."""


class Search:
    """Finds elements for variables in one building."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.places = Places(index)

    def leading(
        self, variable: str, parts: Iterable[Formula], bound: Bindings
    ) -> Candidates | None:
        """Return the elements that a relation leads to; `None` if there is no such relation."""
        kind = kind_of_variable(variable)
        for part in parts:
            match part:
                case Exist(Entity(name), is_demanded=here) if name == variable:
                    if not here or self.places.has_whole(bound):
                        return self._everywhere(kind)
                    continue
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

    def around(self, variable: str, bound: Bindings, parts: Iterable[Formula]) -> Candidates:
        """Return the elements of a kind that are where the bound ones are (`Places.around`).

        What is only said to be related to something that is not bound either is tied to nothing
        that is: where none is here and some are elsewhere, it is not known which are meant. Of a
        place it is: those that are in it. So it is not known of what there must be, `exist(exit)`.
        """
        found = self.places.around(variable, bound)
        is_known = found.elements or found.maybe or found.open
        if is_known or not self._is_loose(variable, bound, parts):
            return found
        return Candidates((), Missing("ambiguous", "", kind_of_variable(variable)))

    def _is_loose(self, variable: str, bound: Bindings, parts: Iterable[Formula]) -> bool:
        """Say whether parts tie a variable to nothing that is bound, and there are some."""
        said = [one for part in parts for one in _said_in(part) if variable in variables_of(one)]
        related = [variables_of(one) for one in said if isinstance(one, Relation)]
        around = frozenset().union(*map(self._index.kinds_of, bound.each()))
        is_apart = bound.elements.keys().isdisjoint(frozenset().union(*related))
        is_loose = len(related) < len(said) or (bool(said) and _PLACES.isdisjoint(around))
        return is_apart and is_loose and self._index.select(kind_of_variable(variable)) != NOBODY

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
        for element in bound.each():
            value = self._index.properties[element.id].get(kind)
            if value is not None and not isinstance(value, bool):
                between = said and _said_between(variable, said)
                lacking = Missing("fact-missing", element.id, between) if between else None
                return Candidates((Held(element, kind),), lacking)
        return None

    def _everywhere(self, kind: str) -> Candidates:
        selection = self._index.select(kind)
        is_all = self._index.all_listed(kind)
        lacking = None if is_all else Missing("none-listed", "", kind, f"{len(selection.sure)}")
        return Candidates(selection.sure, lacking, maybe=selection.maybe)


def _said_between(variable: str, said: Formula) -> str:
    """Return what says that a variable is between two things; empty if nothing does."""
    for one in _said_in(said):
        match one:
            case Relation("inBetween", Entity(name), text=text) if name == variable:
                return text
    return ""


def _said_in(formula: Formula) -> Iterator[Relation | Exist]:
    """Yield the relations in a formula, and what it demands to be there."""
    match formula:
        case Relation() if formula.functor != "is":
            yield formula
        case Exist() if formula.is_demanded:
            yield formula
        case And(parts) | Or(parts):
            for part in parts:
                yield from _said_in(part)
        case Not(part) | Each(part=part) | Some(part=part) | Every(part=part):
            yield from _said_in(part)
