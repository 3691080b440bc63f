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
    NEGATIVE,
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
    demanded,
    variables_of,
    variables_of_all,
)
from p4ir.check.introducing import introduced_in


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
    for none, about, kept in _apart(names, parts, bound):
        parts = [*(part for part in parts if not variables_of(part) & none), *kept]
        inner = none | (names & variables_of_all(about)) - variables_of_all(parts)
        denied = [quantify(demanded(one, of_each=False), bound | names, None) for one in about]
        parts.append(Not(_some(sorted(inner), joined(denied))))
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
    body = _some(sorted(names), joined([quantify(part, known, introduced) for part in parts]))
    return _every(sorted(leading), body)


def _apart(
    names: set[str], parts: list[Formula], bound: frozenset[str]
) -> Iterable[tuple[set[str], list[Formula], list[Formula]]]:
    """Yield introduced elements that there must not be, what must not be so, and what must be yet.

    `outside(socket,zone)` beside `is(zone.type,wet)` asks for no zone: there is to be none that
    is wet and has the socket. A distance to a road of more than 8 m is one to every road:
    there is to be none of less. Where something leads to the other end, as to the handrail of a
    stair, that must be there all the same.
    """
    for name in sorted(names):
        about = [part for part in parts if name in variables_of(part)]
        if _are_all_denied(about):
            if all(variables_of(part) & names <= {name} for part in about):
                yield {name}, [_affirmed(part) for part in about], []
            continue
        bounds = [part for part in about if _is_bounded_below(part, name)]
        between = [part for part in about if _is_between(part, name)]
        if not bounds or len(bounds) + len(between) < len(about):
            continue
        inner, said, kept = {name}, between, list[Formula]()
        for far in sorted(variables_of_all(between) & names - {name}):
            of_far = [part for part in parts if far in variables_of(part) and part not in about]
            inner, said = inner | {far}, [*said, *of_far]
            kept += of_far if any(_leads(part, bound) for part in of_far) else []
        yield inner, [*said, Not(joined(bounds))], kept


def _leads(part: Formula, bound: frozenset[str]) -> bool:
    """Say whether a part is a relation to what is bound, or says that there is something."""
    if isinstance(part, Exist):
        return True
    return _relation_in(part) is not None and bool(variables_of(part) & bound)


def _is_between(part: Formula, name: str) -> bool:
    if not isinstance(part, Relation) or part.functor != "inBetween":
        return False
    return name in variables_of(part.subject)


def _is_description(part: Formula) -> bool:
    """Say whether a part says what one element is like."""
    is_relation = isinstance(part, Relation) and part.functor == "is"
    return is_relation and len(variables_of(part)) == 1


def _is_bounded_below(part: Formula, name: str) -> bool:
    """Say whether a comparison gives a variable a least value."""
    match part:
        case Compare(">" | "≥", Entity(variable)) | Compare("<" | "≤", _, Entity(variable)):
            return variable == name
    return False


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
