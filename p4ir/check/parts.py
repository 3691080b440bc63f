"""What formulas are made of."""

from __future__ import annotations

from collections.abc import Iterable

from p4ir.check.formulas import (
    And,
    Compare,
    Each,
    Formula,
    Not,
    Or,
    Relation,
    Term,
    variables_of,
)


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


def joined(*groups: Iterable[Formula]) -> Formula:
    """Return the conjunction of formulas; of a single one, itself."""
    parts = [formula for group in groups for formula in group]
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def placed_in(formula: Formula) -> frozenset[str]:
    """Return the variables of what a formula says to be between others, if it says no more."""
    match formula:
        case Relation("inBetween", subject):
            return variables_of(subject)
        case And(parts) | Or(parts) if parts:
            return frozenset.intersection(*map(placed_in, parts))
    return frozenset()
