"""Where a demand is that there be none: a zone kept away from, anything nearer than so much.

`outside(socket,zone)` beside `is(zone.type,wet)` asks for no zone: there is to be none that is
wet and has the socket. A distance to a road of more than 8 m is one to every road: there is to
be none of less. A relation beside it, `include(gap,wool)`, may say which gaps are meant or ask it
of each: where that makes a difference, it is not known which.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from p4ir.check.formulas import (
    NEGATIVE,
    And,
    Compare,
    Entity,
    Exist,
    Formula,
    Not,
    Or,
    Path,
    Relation,
    variables_of,
    variables_of_all,
)
from p4ir.check.parts import joined, literals_of, placed_in


class Clearing(NamedTuple):
    """What there must not be."""

    variable: str
    others: frozenset[str]
    """Variables that stand, with it, for elements of its own."""
    said: tuple[Formula, ...]
    """What must not be so of any of them."""
    doubtful: tuple[Formula, ...]
    """The same, if what may describe it is demanded of each."""
    kept: tuple[Formula, ...]
    """What must be so of some of them all the same; what only describes them need not."""


def clearings(names: set[str], parts: list[Formula]) -> Iterator[Clearing]:
    """Yield what parts of a demand ask that there be none of.

    Args:
        names: the variables that the parts introduce.
        parts: what is demanded together.
    """
    for name in sorted(names):
        about = [part for part in parts if name in variables_of(part)]
        if _are_all_denied(about):
            if all(variables_of(part) & names <= {name} for part in about):
                affirmed = tuple(map(_affirmed, about))
                yield Clearing(name, frozenset(), affirmed, affirmed, ())
            continue
        between = [part for part in about if name in placed_in(part)]
        least = [part for part in about if ">" in _bounds(part, name)]
        if between and least:
            yield _keeping_apart(name, names, parts, between, least)


def _keeping_apart(
    name: str,
    names: set[str],
    parts: list[Formula],
    between: list[Formula],
    least: list[Formula],
) -> Clearing:
    """Return what a least distance asks that there be none of.

    Args:
        name: the variable of the distance.
        names: the variables that the parts introduce.
        parts: what is demanded together.
        between: those parts that say what the distance is between.
        least: those that say how great it must be at least.
    """
    about = [_denied_plainly(part) for part in parts if name in variables_of(part)]
    most = [part for part in about if _bounds(part, name) == {"<"}]
    denied = [part for part in about if _affirmed(part) is not part]
    others = [part for part in about if part not in [*between, *least, *most, *denied]]
    told = [part for part in others if _is_description(part)]
    far = variables_of_all(between) & names - {name}
    of_far = [part for part in parts if variables_of(part) & far and name not in variables_of(part)]
    meant, of_each = [*between, *of_far, *told], [*least, *denied]
    unclear = [part for part in others if part not in told]
    # A distance need not be listed; what has a size of its own must be there all the same,
    # and so must what a relation leads to, as to the handrail of a stair.
    is_there = bool(most) or any(_is_of_part(part, name) for part in least)
    led = far & variables_of_all(part for part in of_far if _leads(part))
    kept = [part for part in of_far if is_there or variables_of(part) & led]
    return Clearing(
        name,
        far,
        said=(*meant, *unclear, Not(joined(of_each))),
        doubtful=(*meant, Not(joined([*of_each, *unclear]))),
        kept=(*kept, *about) if is_there else tuple(kept),
    )


def _bounds(formula: Formula, name: str, *, is_denied: bool = False) -> set[str]:
    """Return how a formula bounds a variable, or something of it: `>`, `<` or otherwise, `=`."""
    match formula:
        case Compare(operator, left, right) if name in variables_of(left) | variables_of(right):
            is_left = name in variables_of(left)
            side, other = (left, right) if is_left else (right, left)
            is_bare = isinstance(side, Entity | Path) and name not in variables_of(other)
            if operator == "=" or not is_bare:
                return {"="}
            is_least = (operator in (">", "≥")) is is_left
            return {">" if is_least is not is_denied else "<"}
        case And(parts) | Or(parts):
            return set().union(*(_bounds(one, name, is_denied=is_denied) for one in parts))
        case Not(part):
            return _bounds(part, name, is_denied=not is_denied)
    return set()


def _is_of_part(formula: Formula, name: str) -> bool:
    """Say whether a bound is one of something that an element has: `gap.width`."""
    return any(
        isinstance(side, Path) and side.variable == name
        for one in literals_of(formula)
        if isinstance(one, Compare)
        for side in (one.left, one.right)
    )


def _leads(part: Formula) -> bool:
    """Say whether a part is a relation, or says that there is something."""
    return isinstance(part, Exist) or _relation_in(part) is not None


def _is_description(part: Formula) -> bool:
    """Say whether a part says what one element is like."""
    is_relation = isinstance(part, Relation) and part.functor == "is"
    return is_relation and len(variables_of(part)) == 1


def _are_all_denied(about: list[Formula]) -> bool:
    """Say whether parts keep away from an element, by every relation, and say what it is like."""
    related = [part for part in about if _relation_in(part) is not None]
    others = [part for part in about if _relation_in(part) is None]
    is_denied = all(_affirmed(part) is not part for part in related)
    return bool(related and others) and is_denied and all(map(_is_description, others))


def _relation_in(part: Formula) -> Relation | None:
    inner = part.part if isinstance(part, Not) else part
    return inner if isinstance(inner, Relation) and inner.functor != "is" else None


def _affirmed(part: Formula) -> Formula:
    """Return the relation that a part denies, of any other part itself."""
    relation = _relation_in(part)
    if relation is None:
        return part
    if isinstance(part, Not):
        return relation
    opposite = NEGATIVE.get(relation.functor)
    return replace(relation, functor=opposite) if opposite else part


def _denied_plainly(part: Formula) -> Formula:
    """Return `not(within(…))` for `outside(…)`: nothing need be there to be outside."""
    affirmed = _affirmed(part)
    return part if affirmed is part else Not(affirmed)
