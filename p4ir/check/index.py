"""A building made ready to be asked: elements by kind, relations from both sides.

A list that is not declared complete proves nothing absent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from math import inf

from p4ir.check.containment import HELD, HOLDING, Containment, reached
from p4ir.check.counting import Count, stated_counts
from p4ir.check.facts import Building, Element, values_of
from p4ir.check.findings import Missing
from p4ir.check.kinds import ANYTHING
from p4ir.check.names import key_of
from p4ir.check.population import NOBODY, Population, Selection
from p4ir.check.truth import FALSE, TRUE, UNKNOWN, Truth

_SYMMETRIC = frozenset({"adjacent", "adjoin", "connect", "disconnect", "similar to"})
_INVERSE = {"above": "below", "below": "above"}
_IMPLIED_BY = {"adjacent": ("adjoin",)}


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
            return relation not in HOLDING or not self.states_others(element, kind)
        if relation in HOLDING:
            return not self.states_others(element, kind) and (
                self._is_declared(HOLDING, element, kind)
                or (self.all_listed(kind) and self._all_placed(kind))
            )
        if relation in HELD:
            return self._is_declared(HELD, element, kind) and all(
                self._is_declared(HELD, self.building.by_id[outer], kind)
                for outer in self.containment.wholes_of(element.id)
            )
        leads_on = relation in _INVERSE and self._leads_on(relation, element, kind)
        return not leads_on and self._is_declared({relation}, element, kind)

    def _leads_on(self, relation: str, element: Element, kind: str) -> bool:
        """Say whether a relation leads to one of a kind through others.

        What is above something else that is above it may be above it too.
        """
        near = [one.id for one in self._neighbours(relation, element)]
        by_id = self.building.by_id
        far = reached(near, lambda id: (one.id for one in self._neighbours(relation, by_id[id])))
        return self._of_kind([by_id[id] for id in far if id not in near], kind) != NOBODY

    def count_parts(self, element: Element, kind: str) -> Count | Missing:
        """Count the parts of an element, stated or listed, or say why nobody knows how many.

        Facts that say it in several ways must agree.
        """
        name, listed = f"has {kind}", self.related("has", element, kind)
        stated = list(stated_counts(self, element, kind))
        least = max([len(listed.sure), *(count.least for count in stated)])
        are_apart = any(count.most < least for count in stated)
        is_declared = self._is_declared(HOLDING, element, kind)
        if are_apart or (is_declared and self.states_others(element, kind)):
            said = [*map(str, stated), *[f"{len(listed.sure)} listed"] * bool(listed.sure)]
            return Missing("contradiction", element.id, name, ", ".join(said))
        for count in sorted(stated, key=lambda count: count.most):
            if count.is_exact:
                return count
            if count.most < inf:
                detail = f"{len(values_of(count.held))} values"
                return Missing("ambiguous", element.id, count.name, detail)
        if listed.maybe:
            return Missing("kind-unknown", listed.maybe[0].id, kind)
        if not self.lists_all("has", element, kind):
            return Missing("list-open", element.id, name, f"{len(listed.sure)} listed")
        return Count(least, least, name, tuple(part.id for part in listed.sure))

    def states_others(self, element: Element, kind: str) -> bool:
        """Say whether properties say of parts that there are others than those listed."""
        stated = list(stated_counts(self, element, kind))
        parts = self.related("has", element, kind) if stated else NOBODY
        least, most = len(parts.sure), len(parts.sure) + len(parts.maybe)
        return any(count.least > most or count.most < least for count in stated)

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
