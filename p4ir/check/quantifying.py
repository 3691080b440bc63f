"""Where quantifiers stand.

A variable that a relation introduces, as in `has(stair,handrail)`, is *some* element. One of
the conclusion that nothing introduces is definite (`landing.width`, of a stair's landings)
and means *every* element that it can where it stands. Quantifiers stand as far inside as
they can, so that what is unknown of one element hides nothing that is known of another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from p4ir.check.clearing import Clearing, clearings
from p4ir.check.formulas import (
    And,
    Each,
    Every,
    Filter,
    Formula,
    Not,
    Odd,
    Or,
    Relation,
    Some,
    aggregated_in,
    demanded,
    variables_of,
    variables_of_all,
)
from p4ir.check.introducing import introduced_in
from p4ir.check.parts import flat, joined, literals_of


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
            known = bound | set(every)
            parts = tuple(quantify(part, known, introduced) for part in parts)
            cases = tuple(quantify(case, known, None) for case in cases)
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
    free = variables_of_all(parts) - bound
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
    aggregated = frozenset().union(*map(aggregated_in, parts))
    filters = filters_of(parts, aggregated - bound, bound)
    if len(made) == 1 and not filters:
        return made[0]
    return And(made, filters)


def filters_of(
    parts: tuple[Formula, ...], aggregated: frozenset[str], bound: frozenset[str]
) -> tuple[Filter, ...]:
    """Return what is said of the variables of aggregates one by one."""
    filters = []
    for name in sorted(aggregated):
        raw = tuple(part for part in parts if name in variables_of(part))
        if raw:
            said = And(tuple(part for part in raw if name not in aggregated_in(part)))
            filters.append(Filter(name, raw, quantify(said, bound | {name}, None)))
    return tuple(filters)


def _group(
    names: set[str], parts: list[Formula], bound: frozenset[str], introduced: frozenset[str] | None
) -> Formula:
    """Bind introduced variables around some parts, and around them the definite that lead there."""
    for one in clearings(names, parts):
        gone = one.others | {one.variable}
        parts = [*(part for part in parts if not variables_of(part) & gone), *one.kept]
        known = (bound | names & variables_of_all(parts)) - one.others | {one.variable}
        parts.append(_cleared(one, known))
        names = names & variables_of_all(parts)
    free = variables_of_all(parts) - bound
    leading = set(_definite(free, introduced)) & {
        end
        for part in parts
        for one in literals_of(part)
        if isinstance(one, Relation) and one.functor != "is" and variables_of(one) & names
        for end in variables_of(one)
    }
    known = bound | names | leading
    made = [quantify(part, known, introduced) for part in parts]
    # What there must be none of is so whatever else there is.
    apart = [part for part in made if not variables_of(part) & names]
    body = _some(sorted(names), joined([part for part in made if part not in apart]))
    return _every(sorted(leading), joined([*apart, body]))


def _cleared(clearing: Clearing, known: frozenset[str]) -> Formula:
    """Return that there is none: true if it is so in either reading, false if in neither."""
    variables = (clearing.variable,)
    denied = (demanded(joined(one), of_each=False) for one in (clearing.said, clearing.doubtful))
    sure, strict = (Not(Some(variables, quantify(one, known, None))) for one in denied)
    unsure = Odd("ambiguous", clearing.variable)
    return sure if sure == strict else Or((strict, And((sure, unsure))))


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
