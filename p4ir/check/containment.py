"""What is in what, and what is part of what, at any depth.

Facts say it from either side: a room `has` a door, or the door is `within` the room. What a
space has and what `adjoin`s it too is at its edge, as a wall is: it belongs to the space, but what
it holds, such as a window to the room next door, does not for that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from p4ir.check.facts import Element
from p4ir.check.names import key_of

HOLDING = frozenset({"has", "include", "contain"})
"""Keys of the relations from a whole to what it has, is made of or holds."""
HELD = frozenset({"within", "in", "part of"})
"""Keys of the relations from something to what it is part of or in."""
_PARTS = frozenset({"has", "part of"})


class Containment:
    """The wholes of each element."""

    def __init__(self, elements: Iterable[Element], is_space: Callable[[Element], bool]) -> None:
        elements = tuple(elements)
        self._wholes: defaultdict[str, list[str]] = defaultdict(list)
        self._parts: defaultdict[str, list[str]] = defaultdict(list)
        self._at_edge: defaultdict[str, list[str]] = defaultdict(list)
        self._ends: defaultdict[str, list[str]] = defaultdict(list)
        self._above: dict[tuple[str, bool], tuple[str, ...]] = {}
        stated = [
            (element.id, key_of(relation), target)
            for element in elements
            for relation, targets in element.relations.items()
            for target in targets
        ]
        adjoining = {frozenset((one, other)) for one, key, other in stated if key == "adjoin"}
        spaces = {element.id for element in elements if is_space(element)}
        edges: defaultdict[str, set[str]] = defaultdict(set)
        for one, key, other in stated:
            if key == "has" and other not in spaces and frozenset((one, other)) in adjoining:
                edges[other].add(one)
        for one, key, other in stated:
            # Of what two have it is plain that it is between them, whatever they are.
            is_edge = one in edges[other] and (one in spaces or len(edges[other]) > 1)
            if key == "has" and is_edge:
                self._at_edge[other].append(one)
            elif key in HOLDING:
                self._add(other, one, is_part=key in _PARTS)
            elif key in HELD:
                self._add(one, other, is_part=key in _PARTS)
            elif key == "in between":
                self._ends[one].append(other)

    def _add(self, inner: str, outer: str, *, is_part: bool) -> None:
        self._wholes[inner].append(outer)
        if is_part:
            self._parts[inner].append(outer)

    def _around(self, elements: Sequence[str], direct: Mapping[str, list[str]]) -> list[str]:
        """Return what all of some elements are in."""
        around = [
            reached(direct.get(one, ()), lambda outer: direct.get(outer, ())) for one in elements
        ]
        return [one for one in (around or [{}])[0] if all(one in others for others in around)]

    def wholes_of(self, element: str, *, parts_only: bool = False) -> tuple[str, ...]:
        """Return the ids of all that an element is in, the nearest first.

        Args:
            element: its id.
            parts_only: leave out what it is merely in, without being part of it.
        """
        known = self._above.get((element, parts_only))
        if known is None:
            direct = self._parts if parts_only else self._wholes
            ends = self._ends.get(element, ())
            between = self._around(ends, direct) if len(ends) > 1 and not parts_only else ()
            found = reached(
                [*direct.get(element, ()), *self._at_edge.get(element, ()), *between],
                lambda outer: (
                    # Of a room at an edge what is beyond it, not the room.
                    [*direct.get(outer, ()), *self._around(self._at_edge.get(outer, ()), direct)]
                    if outer != element
                    else ()
                ),
            )
            found.pop(element, None)
            known = self._above[element, parts_only] = tuple(found)
        return known


def reached(starts: Iterable[str], onward: Callable[[str], Iterable[str]]) -> dict[str, None]:
    """Return what is reached from some ids, themselves among it, the nearest first."""
    found: dict[str, None] = {}
    waiting = list(starts)
    for one in waiting:
        if one not in found:
            found[one] = None
            waiting.extend(onward(one))
    return found
