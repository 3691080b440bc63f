"""What a rule says, as formulas over variables that stand for elements.

`p4ir.check.compiling` makes them of a rule, once; `p4ir.check.evaluating` finds what is
true of them in a building. A variable is the key of the name that a rule gives to an
element (`fireDoor` is the variable `fire door`, which ranges over all fire doors).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from p4ir.check.arithmetic import Operation
from p4ir.check.findings import Code
from p4ir.rules.units import Quantity

NEGATIVE = {"outside": "within", "exclude": "include", "disconnect": "connect"}
"""Functors that say the opposite of others."""

NOT_LEADING = frozenset(NEGATIVE) | {"is", "away from"}


@dataclass(frozen=True, slots=True)
class Constant:
    """A number or a quantity."""

    quantity: Quantity
    text: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a quoted text: a value, or the kind of an element that is not named again."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Entity:
    """An element, by its variable."""

    variable: str
    text: str


@dataclass(frozen=True, slots=True)
class Path:
    """A property or a part of an element: `door.width`, `stair.side`."""

    variable: str
    name: str
    """Key of the property or part."""
    text: str


@dataclass(frozen=True, slots=True)
class Defined:
    """An x-variable, with the terms that define it, one or alternatives."""

    terms: tuple[Term, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A quoted expression, and what its names stand for."""

    expression: Operation
    names: dict[str, Term] = field(hash=False)
    text: str


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`count`, `sum`, `min` or `max` of an element's values or parts, or of elements'."""

    operation: str
    of: Entity | Path
    text: str


@dataclass(frozen=True, slots=True)
class Given:
    """A value that another document gives."""

    reference: str
    text: str


@dataclass(frozen=True, slots=True)
class Odd:
    """A term or formula that cannot be evaluated, and why."""

    code: Code
    text: str


Term = Constant | Word | Entity | Path | Defined | Arithmetic | Aggregate | Given | Odd


@dataclass(frozen=True, slots=True)
class Filter:
    """What is said, beside an aggregate, of the elements that it ranges over."""

    variable: str
    parts: tuple[Formula, ...]
    """As it is written, to find elements by."""
    said: Formula
    """As it is checked on an element."""


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts."""

    parts: tuple[Formula, ...]
    filters: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the parts."""

    parts: tuple[Formula, ...]
    cases: tuple[Formula, ...] = ()
    """Where each part has a case of its own: what the parts are for."""


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a formula."""

    part: Formula


@dataclass(frozen=True, slots=True)
class Relation:
    """A functor between two terms, such as `within(door,corridor)`."""

    functor: str
    subject: Term
    object: Term
    text: str
    of_each: bool = False
    """As in `Compare`, where it says that two terms are the same."""


@dataclass(frozen=True, slots=True)
class Compare:
    """Two terms with `=`, `<`, `≤`, `>` or `≥` between them."""

    operator: str
    left: Term
    right: Term
    text: str
    of_each: bool = False
    """Whether it must hold of each value that a term has; else it need only hold of one."""


@dataclass(frozen=True, slots=True)
class Exist:
    """There is such an element, property or part."""

    term: Term
    text: str
    is_demanded: bool = False
    """Whether what is checked must have it: a stair a handrail, and not that of another stair."""


@dataclass(frozen=True, slots=True)
class Each:
    """A formula for every member of a set, which `variables` stand for in turn."""

    members: Entity | Path
    variables: tuple[str, ...]
    part: Formula
    text: str


@dataclass(frozen=True, slots=True)
class Some:
    """There are elements for the variables of which the formula holds."""

    variables: tuple[str, ...]
    part: Formula


@dataclass(frozen=True, slots=True)
class Every:
    """The formula holds for each element that a variable can mean where it stands."""

    variable: str
    part: Formula


@dataclass(frozen=True, slots=True)
class Review:
    """A statement that only a person can judge: it refers to another document."""

    reference: str
    text: str


Formula = And | Or | Not | Relation | Compare | Exist | Each | Some | Every | Review | Odd


def demanded(formula: Formula, *, of_each: bool = True) -> Formula:
    """Return a formula as a demand: what it asks holds of each value, what it denies of none.

    Args:
        formula: as it is compiled, with neither quantifiers nor cases.
        of_each: whether it stands under no `not`, or an even number of them.
    """
    match formula:
        case Compare() | Relation():
            return replace(formula, of_each=of_each)
        case Exist():
            return replace(formula, is_demanded=True)
        case And(parts) | Or(parts):
            return replace(formula, parts=tuple(demanded(part, of_each=of_each) for part in parts))
        case Not(part):
            return Not(demanded(part, of_each=not of_each))
        case Each(part=part):
            return replace(formula, part=demanded(part, of_each=of_each))
    return formula


TRUTH = And(())
"""The formula that is always true."""


def variables_of(item: Formula | Term) -> frozenset[str]:
    """Return the variables that an item speaks of one by one, so not those of aggregates.

    What is said of each member of a set is a scope of its own: its variables are not among them.
    """
    match item:
        case Entity(variable) | Path(variable):
            return frozenset({variable})
        case Defined(terms):
            return variables_of_all(terms)
        case Arithmetic(names=names):
            return variables_of_all(names.values())
        case And(parts) | Or(parts):
            return variables_of_all(parts)
        case Not(part):
            return variables_of(part)
        case Relation(subject=left, object=right) | Compare(left=left, right=right):
            return variables_of(left) | variables_of(right)
        case Exist(term):
            return variables_of(term)
        case Each(members):
            return variables_of(members)
        case Some(variables, part):
            return variables_of(part) - set(variables)
        case Every(variable, part):
            return variables_of(part) - {variable}
    return frozenset()


def variables_of_all(items: Iterable[Formula | Term]) -> frozenset[str]:
    """Return the variables that items speak of one by one."""
    return frozenset().union(*map(variables_of, items))


def aggregated_in(item: Formula | Term) -> frozenset[str]:
    """Return the variables that the aggregates of an item range over."""
    match item:
        case Aggregate(of=of):
            return frozenset({of.variable})
        case Defined(terms):
            return frozenset().union(*map(aggregated_in, terms))
        case Arithmetic(names=names):
            return frozenset().union(*map(aggregated_in, names.values()))
        case Compare(left=left, right=right) | Relation(subject=left, object=right):
            return aggregated_in(left) | aggregated_in(right)
        case And(parts) | Or(parts):
            return frozenset().union(*map(aggregated_in, parts))
        case Not(part) | Each(part=part) | Some(part=part) | Every(part=part):
            return aggregated_in(part)
    return frozenset()


def counted_in(item: Formula | Term) -> frozenset[str]:
    """Return the variables whose parts an item counts: the stair of `count(stair.riser)`."""
    match item:
        case Aggregate("count", Path(variable)):
            return frozenset({variable})
        case Defined(terms):
            return frozenset().union(*map(counted_in, terms))
        case Arithmetic(names=names):
            return frozenset().union(*map(counted_in, names.values()))
        case Compare(left=left, right=right):
            return counted_in(left) | counted_in(right)
    return frozenset()
