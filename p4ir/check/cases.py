"""Cases: alternatives of a demand, each of which says first what it is for.

`or(and(is(stair.type,private),…),and(is(stair.type,common),…))` gives each kind of stair its
own duty. A stair of a third kind meets no alternative, and yet fails none: whether anything
is demanded of it, a person has to say. Nor does one fail of which it is not known what kind
it is. An alternative that is a plain statement, without a case before it, is a demand like
any other.
"""

from __future__ import annotations

from dataclasses import replace

from p4ir.check.formulas import TRUTH, And, Each, Formula, Not, Or, Path, Relation, variables_of
from p4ir.check.parts import joined, placed_in

_CIRCUMSTANCES = frozenset({"within", "outside", "for", "partOf", "above", "below"})
"""Functors of what narrows a case further, after its first statement."""


def with_cases(demand: Formula) -> Formula:
    """Return a demand whose alternatives know which cases they are for."""
    match demand:
        case And(parts):
            return replace(demand, parts=tuple(map(with_cases, parts)))
        case Each(part=part):
            return replace(demand, part=with_cases(part))
        case Not(Not(part)):  # forbidden not to be is demanded
            return with_cases(part)
        case Or(parts):
            shared, parts = _same_between(parts)
            if shared:
                return And((*shared, with_cases(Or(parts))))
            said = [_statements(part) for part in parts]
            if all(len(statements) > 1 for statements in said):
                return Or(parts, tuple(map(_case, said)))
    return demand


def is_in_case(variable: str, demand: Or) -> bool:
    """Say whether a case speaks of a variable: of what is not there nothing is a case."""
    return any(variable in variables_of(case) for case in demand.cases)


def _same_between(
    alternatives: tuple[Formula, ...],
) -> tuple[tuple[Formula, ...], tuple[Formula, ...]]:
    """Return what each alternative says that something is between, and the rest of each.

    So the distance to a public road and that to any other are distances to every road, and what
    kind of road it is decides how far.
    """
    said = [_statements(part) for part in alternatives]
    shared = tuple(
        one for one in said[0]
        if placed_in(one) and all(one in others and len(others) > 1 for others in said)
    )  # fmt: skip
    rest = tuple(joined([one for one in statements if one not in shared]) for statements in said)
    return (shared, rest) if shared else ((), alternatives)


def _statements(alternative: Formula) -> list[Formula]:
    """Return the parts of a conjunction without the definitions among them."""
    parts = alternative.parts if isinstance(alternative, And) else (alternative,)
    return [part for part in parts if part != TRUTH]


def _case(statements: list[Formula]) -> Formula:
    """Return what an alternative says of the case that it is for; at least a duty is left."""
    end = 1
    while end < len(statements) - 1 and _is_circumstance(statements[end]):
        end += 1
    return And(tuple(statements[:end]))


def _is_circumstance(formula: Formula) -> bool:
    match formula:
        case Not(part):
            return _is_circumstance(part)
        case And(parts) | Or(parts):
            return all(map(_is_circumstance, parts))
        case Relation("is", Path(name="type")):
            return True
        case Relation(functor):
            return functor in _CIRCUMSTANCES
    return False
