"""Which variables a formula introduces: those that stand for *some* element, not *every* one."""

from __future__ import annotations

from collections.abc import Iterable

from p4ir.check.formulas import And, Each, Entity, Exist, Formula, Not, Or, Relation, variables_of


def introduced_in(wanted: Formula, known: frozenset[str]) -> frozenset[str]:
    """Return the variables that a formula introduces, given those that are known.

    A relation introduces what it leads to from what is known: `has(stair,handrail)` what is
    had, `through(sphere,opening)` what goes through. Where neither end is known, its subject is
    definite and its object introduced: *every* room has *a* detector. What is denied is
    denied of all, `not(has(shower,lock))`; but `or(not(has(stud,hole)),…hole…)` introduces
    nothing: it goes on about *every* hole.
    """
    introduced: set[str] = set()
    pairs: list[tuple[frozenset[str], frozenset[str]]] = []
    for one, spoken_of in _with_context(wanted):
        match one:
            case Exist(Entity(variable)):
                introduced |= {variable} - (spoken_of or frozenset())
            case Relation(functor, subject, other) if functor != "is":
                ends = variables_of(subject), variables_of(other)
                if spoken_of is not None:
                    introduced |= frozenset.union(*ends) - spoken_of
                elif functor == "inBetween":  # what is between two things comes with both
                    pairs += [(ends[1], ends[0] | ends[1]), ends]
                else:
                    pairs.append(ends)
    definite: set[str] = set()
    while True:
        before = len(introduced)
        for subject_end, other_end in pairs:
            here = known | introduced | definite
            if subject_end & here:
                introduced |= other_end - definite
            elif other_end & here:
                introduced |= subject_end
        if before == len(introduced):
            here = known | introduced | definite
            unled = next(
                (ends for ends in pairs if all(ends) and not here & (ends[0] | ends[1])), None
            )
            if unled is None:
                return frozenset(introduced - known)
            definite |= unled[0]


def _with_context(
    formula: Formula, beside: frozenset[str] = frozenset(), *, denied: bool = False
) -> Iterable[tuple[Formula, frozenset[str] | None]]:
    """Yield what a formula is made of, and with what is denied what other alternatives speak of.

    These are variables; `None` where nothing is denied. What is said of each member of a set is
    left out.
    """
    match formula:
        case And(parts):
            for part in parts:
                yield from _with_context(part, beside, denied=denied)
        case Or(parts):
            for number, part in enumerate(parts):
                others = (variables_of(one) for one in (*parts[:number], *parts[number + 1 :]))
                around = beside if denied else beside.union(*others)
                yield from _with_context(part, around, denied=denied)
        case Not(part):
            yield from _with_context(part, beside, denied=True)
        case Each():
            pass
        case _:
            yield formula, beside if denied else None
