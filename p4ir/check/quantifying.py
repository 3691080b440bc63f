"""Where quantifiers stand.

A variable that a relation introduces, as in `has(stair,handrail)`, is *some* element. One of
the conclusion that nothing introduces is definite (`landing.width`, of a stair's landings)
and means *every* element that it can where it stands. Quantifiers stand as far inside as
they can, so that what is unknown of one element hides nothing that is known of another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from p4ir.check.formulas import (
    And,
    Compare,
    Each,
    Entity,
    Every,
    Exist,
    Filter,
    Formula,
    Not,
    Or,
    Relation,
    Some,
    Term,
    aggregated_in,
    variables_of,
)

_OWNING = frozenset({"has", "include", "exclude", "requires", "cause"})
"""Functors whose subject is what is known and whose object is introduced."""


def quantify(formula: Formula, bound: frozenset[str], introduced: frozenset[str] | None) -> Formula:
    """Put quantifiers into a formula.

    Args:
        formula: a formula with free variables.
        bound: the variables that have elements already.
        introduced: those that stand for *some* element, the others for *every* one they can
            mean; `None` if all stand for some.
    """
    free = variables_of(formula) - bound
    match formula:
        case And(parts):
            return _quantify_and(parts, bound, introduced)
        case Or(parts, cases):
            every = _shared(parts, free, introduced, some=False)
            parts, cases = (
                tuple(quantify(one, bound | set(every), introduced) for one in formulas)
                for formulas in (parts, cases)
            )
            return _every(every, Or(parts, cases))
        case Not(part):
            every = _definite(free, introduced)
            return _every(every, Not(quantify(part, bound | set(every), introduced)))
        case Each(_, variables, part):
            every = _definite(free, introduced)
            inner = bound | free | set(variables)
            within = None if introduced is None else introduced_in(part, inner)
            body = replace(formula, part=quantify(part, inner, within))
            return _every(every, _some(sorted(free - set(every)), body))
        case _:
            every = _definite(free, introduced)
            return _every(every, _some(sorted(free - set(every)), formula))


def _quantify_and(
    parts: tuple[Formula, ...], bound: frozenset[str], introduced: frozenset[str] | None
) -> Formula:
    """Bind variables that several parts share around those parts alone."""
    parts = tuple(one for part in parts for one in flat(part))
    free = frozenset().union(*map(variables_of, parts)) - bound
    shared = _shared(parts, free, introduced, some=True)
    groups: list[tuple[set[str], list[Formula]]] = []
    for part in parts:
        names, members = set(variables_of(part) & set(shared)), [part]
        for group in [group for group in groups if group[0] & names]:
            groups.remove(group)
            names |= group[0]
            members = [*group[1], *members]
        groups.append((names, members))
    made = tuple(_group(names, members, bound, introduced) for names, members in groups)
    filters = filters_of(parts, frozenset().union(*map(aggregated_in, parts)), bound)
    if len(made) == 1 and not filters:
        return made[0]
    return And(made, filters)


def filters_of(
    parts: tuple[Formula, ...], aggregated: frozenset[str], bound: frozenset[str]
) -> tuple[Filter, ...]:
    """Return what is said of the variables of aggregates one by one."""
    filters = []
    for name in sorted(aggregated - bound):
        raw = tuple(part for part in parts if name in variables_of(part))
        if raw:
            said = And(tuple(part for part in raw if name not in aggregated_in(part)))
            filters.append(Filter(name, raw, quantify(said, bound | {name}, None)))
    return tuple(filters)


def _group(
    names: set[str], parts: list[Formula], bound: frozenset[str], introduced: frozenset[str] | None
) -> Formula:
    quantified = [quantify(part, bound | names, introduced) for part in parts]
    return _some(sorted(names), joined(quantified))


def _shared(
    parts: Iterable[Formula],
    free: frozenset[str],
    introduced: frozenset[str] | None,
    *,
    some: bool,
) -> list[str]:
    """Return the free variables of one sort that occur in more than one part."""
    definite = set(_definite(free, introduced))
    names = [name for part in parts for name in variables_of(part) & free]
    return sorted(
        name for name in set(names) if names.count(name) > 1 and (name in definite) is not some
    )


def _definite(free: Iterable[str], introduced: frozenset[str] | None) -> list[str]:
    return [] if introduced is None else sorted(set(free) - introduced)


def _some(names: list[str], formula: Formula) -> Formula:
    return Some(tuple(names), formula) if names else formula


def _every(names: list[str], formula: Formula) -> Formula:
    for name in names:
        formula = Every(name, formula)
    return formula


def introduced_in(wanted: Formula, known: frozenset[str]) -> frozenset[str]:
    """Return the variables that a formula introduces, given those that are known.

    `has(stair,handrail)` introduces what is had, `through(sphere,opening)` what goes through;
    the other argument is introduced only by what is known already.
    """
    literals = [one for one in literals_of(wanted) if not isinstance(one, Each)]
    introduced: set[str] = set()
    pairs: list[tuple[frozenset[str], frozenset[str]]] = []
    for one in literals:
        match one:
            case Exist(Entity(variable)):
                introduced.add(variable)
            case Relation(functor, subject, other) if functor != "is":
                ends = variables_of(subject), variables_of(other)
                known_end, new_end = ends if functor in _OWNING else reversed(ends)
                introduced |= new_end if known_end else frozenset()
                pairs.append((known_end, new_end))
    before = -1
    while before != len(introduced):
        before = len(introduced)
        for known_end, new_end in pairs:
            if new_end & (known | introduced):
                introduced |= known_end
    return frozenset(introduced - known)


def literals_of(formula: Formula) -> Iterable[Formula]:
    """Yield what a formula is made of, without the logic around it."""
    match formula:
        case And(parts) | Or(parts):
            for part in parts:
                yield from literals_of(part)
        case Not(part):
            yield from literals_of(part)
        case _:
            yield formula


def variables_in_order(formula: Formula) -> list[str]:
    """Return the variables of a formula from left to right."""
    names: list[str] = []
    for one in literals_of(formula):
        terms: list[Term] = []
        match one:
            case Relation(subject=left, object=right) | Compare(left=left, right=right):
                terms = [left, right]
            case Each(members, variables, part):
                inner = [name for name in variables_in_order(part) if name not in variables]
                names.extend([*sorted(variables_of(members)), *inner])
        for term in terms:
            names.extend(sorted(variables_of(term)))
        names.extend(sorted(variables_of(one)))
    return list(dict.fromkeys(names))


def flat(formula: Formula) -> tuple[Formula, ...]:
    """Return the parts of a conjunction, those of conjunctions in it too."""
    if isinstance(formula, And):
        return tuple(part for one in formula.parts for part in flat(one))
    return (formula,)


def joined(*groups: list[Formula]) -> Formula:
    """Return the conjunction of formulas; of a single one, itself."""
    parts = [formula for group in groups for formula in group]
    return parts[0] if len(parts) == 1 else And(tuple(parts))
