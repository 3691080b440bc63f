"""The plan of a rule: on which elements it is checked, and what it then demands.

A rule is checked once for each binding of the variables that its condition and its
conclusion share, or of the first of the condition where they share none. A condition whose
alternatives speak of different elements is planned for each of them. A plan belongs to the
rule alone: it is made once and used for every building.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from p4ir.check.cases import with_cases
from p4ir.check.compiling import Compiler, text_of
from p4ir.check.conclusions import Silent, demand_of
from p4ir.check.formulas import (
    And,
    Exist,
    Filter,
    Formula,
    Not,
    Odd,
    Or,
    Relation,
    aggregated_in,
    counted_in,
    demanded,
    variables_of,
    variables_of_all,
)
from p4ir.check.introducing import introduced_in
from p4ir.check.names import key_of
from p4ir.check.parts import flat, joined, literals_of, variables_in_order
from p4ir.check.quantifying import filters_of, quantify
from p4ir.check.scopes import Scopes
from p4ir.rules.kinds import leaf_kind
from p4ir.rules.tree import Node, Rule
from p4ir.rules.vocabulary import AGGREGATES, COMPARISONS, DEONTICS, LOGIC, REFERENCES

_NO_RELATIONS = frozenset({"if", "then", "define", "loop", "is"}).union(
    LOGIC, DEONTICS, AGGREGATES, COMPARISONS, REFERENCES
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One way in which a rule applies: its condition, or an alternative of that."""

    bound: tuple[str, ...]
    """The variables to bind, each to every element of its kind; the first is found first."""
    subject: str
    """The variable that findings are about."""
    parts: tuple[Formula, ...]
    """What the condition says, part by part: its relations lead from variable to variable."""
    condition: Formula
    demand: Formula
    relief: Formula
    """Where what is demanded is not met: what the rule permits instead; false for nothing."""
    stated: tuple[str, ...]
    """What is said beside the demand without being demanded."""
    filters: tuple[Filter, ...]
    """What the condition says of the variables of aggregates."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A rule made ready: what it demands in each case, or why it demands nothing."""

    cases: tuple[Case, ...] = ()
    silent: Silent | None = None
    broken: Odd | None = None
    """Why the rule as a whole cannot be checked."""


@lru_cache(maxsize=4096)
def plan_rule(rule: Rule) -> Plan:
    """Make a rule ready to be checked on any building."""
    try:
        return _plan(rule)
    except RecursionError:
        return Plan(broken=Odd("too-much", "the rule is nested too deep"))


def _plan(rule: Rule) -> Plan:
    if not rule.is_complete or any(len(part.children) != 1 for part in rule.root.children):
        return Plan(broken=Odd("not-understood", "expected if(…),then(…) with one formula in each"))
    condition, conclusion = (part.children[0] for part in rule.root.children)
    demand = demand_of(rule, conclusion)
    if isinstance(demand, Silent):
        return Plan(silent=demand)
    compiler = Compiler(_variables(rule), _given(rule), Scopes(rule))
    raw = compiler.formula(condition)  # first: what it speaks of, the conclusion may go on about
    with compiler.inside(conclusion):
        asked = [demanded(compiler.formula(node)) for node in demand.required]
        asked += [demanded(Not(compiler.formula(node))) for node in demand.forbidden]
        relief = demanded(Or(tuple(compiler.formula(node) for node in demand.reliefs)))
    # What is forbidden is so of all: of every window, not of the one that there must be.
    forbidden: list[Formula] = [one for one in asked if isinstance(one, Not)]
    required: list[Formula] = [one for one in asked if not isinstance(one, Not)]
    wanted = [joined(required), *forbidden] if required else forbidden
    stated = tuple(map(text_of, demand.stated))
    return Plan(
        cases=tuple(
            _case(parts, others, wanted, relief, stated) for parts, others in _alternatives(raw)
        )
    )


def _case(
    parts: tuple[Formula, ...],
    others: frozenset[str],
    demands: list[Formula],
    relief: Formula,
    stated: tuple[str, ...],
) -> Case:
    """Plan one alternative of a condition; `others` are variables of the other ones only."""
    demands = _without(demands, others, of=variables_of_all(parts))
    wanted = joined(demands)
    spoken = [name for part in parts for name in variables_in_order(part)]
    counted = [name for part in parts for one in literals_of(part) for name in counted_in(one)]
    optional = _optional(parts)
    named = [name for name in dict.fromkeys([*spoken, *counted]) if name not in optional]
    spoken_of = [*variables_in_order(wanted), *variables_in_order(relief)]
    known = [name for name in spoken_of if name not in optional]
    wholes = _related_in(parts, aggregated_in(wanted).intersection(spoken_of))
    bound = tuple(
        [name for name in named if name in spoken_of or name in wholes] or (named or known)[:1]
    )
    about = next((name for name in spoken_of if name in bound), "")
    return Case(
        bound=bound,
        subject=about or (bound[0] if bound else ""),
        parts=parts,
        condition=quantify(And(parts), frozenset(bound), None),
        demand=joined(_quantified_apart(demands, frozenset(bound))),
        relief=_quantified(relief, frozenset(bound)),
        stated=stated,
        filters=filters_of(parts, aggregated_in(wanted), frozenset(bound)),
    )


def _related_in(parts: tuple[Formula, ...], names: frozenset[str]) -> frozenset[str]:
    """Return what a condition relates to some variables: the stair of which flights are summed."""
    ends = [variables_of(one) for part in parts for one in literals_of(part)
            if isinstance(one, Relation) and one.functor != "is"]  # fmt: skip
    return frozenset().union(*(both for both in ends if both & names))


def _optional(parts: tuple[Formula, ...]) -> frozenset[str]:
    """Return the variables of which a condition may hold though there is no element for them.

    Of `and(exist(room),not(has(room,window)))` it is the window: what has none is meant too.
    """
    required = frozenset().union(*map(_required, parts))
    optional: set[str] = set()
    for part in parts:
        match part:
            case Not(Exist() as inner):
                optional |= variables_of(inner)
            case Not(inner):
                known = required or frozenset(variables_in_order(inner)[:1])
                optional |= introduced_in(inner, known)
            case Or():
                optional |= variables_of(part)
    return frozenset(optional - required)


def _required(part: Formula) -> frozenset[str]:
    """Return the variables that a part of a condition cannot hold without elements for."""
    match part:
        case Not():
            return frozenset()
        case Or(parts) if parts:
            return frozenset.intersection(*map(_required, parts))
        case And(parts):
            return frozenset().union(*map(_required, parts))
    return variables_of(part)


def _alternatives(condition: Formula) -> list[tuple[tuple[Formula, ...], frozenset[str]]]:
    """Split a condition whose alternatives speak of different elements."""
    branches = condition.parts if isinstance(condition, Or) else (condition,)
    named = [frozenset(variables_of(branch)) for branch in branches]
    if len(set(named)) == 1:
        return [(flat(condition), frozenset())]
    everything = frozenset().union(*named)
    return [(flat(branch), everything - own) for branch, own in zip(branches, named, strict=True)]


def _quantified_apart(demands: list[Formula], bound: frozenset[str]) -> list[Formula]:
    """Quantify demands each by itself; what is asked also says over what those forbidden sum."""
    asked = tuple(part for one in demands if not isinstance(one, Not) for part in flat(one))
    made = []
    for one in demands:
        formula = _quantified(with_cases(one), bound)
        said = asked if isinstance(one, Not) else ()
        filters = filters_of(said, aggregated_in(one) - bound, bound)
        made.append(And((formula,), filters) if filters else formula)
    return made


def _quantified(formula: Formula, bound: frozenset[str]) -> Formula:
    return quantify(formula, bound, introduced_in(formula, bound))


def _without(demands: list[Formula], others: frozenset[str], of: frozenset[str]) -> list[Formula]:
    """Leave out the duties of the subjects of other alternatives, and of what only they lead to."""
    parts = [part for one in demands for part in flat(one)]
    own = [part for part in parts if not variables_of(part) & others or variables_of(part) & of]
    if not own or len(own) == len(parts):
        return demands
    led = variables_of_all(part for part in own if variables_of(part) & of)
    orphans = variables_of_all(part for part in parts if part not in own) - of - led
    kept = [part for part in own if not variables_of(part) & orphans] or own
    ours = ([part for part in flat(one) if part in kept] for one in demands)
    return [joined(some) for some in ours if some]


def _given(rule: Rule) -> dict[str, str]:
    """Return the values that the rule takes from a document: `value` of `asPer(value,table_4)`."""
    compared = {
        key_of(child.label)
        for node in rule.nodes()
        if node.label in COMPARISONS
        for child in node.children
        if child.is_leaf
    }
    given = {}
    for node in rule.nodes():
        if node.label == "asPer" and len(node.children) == 2 and node.children[0].is_leaf:
            value, reference = node.children
            if key_of(value.label) in compared | {"value"}:
                given[key_of(value.label)] = text_of(reference)
    return given


def _variables(rule: Rule) -> frozenset[str]:
    """Return the keys of the names that stand for elements throughout the rule."""
    parts = [_names_in(part) for part in rule.root.children]
    subjects = frozenset().union(*(names for names, _ in parts))
    return subjects | (parts[0][1] & parts[1][1])


def _names_in(part: Node) -> tuple[set[str], set[str]]:
    """Return the keys of the names that a part speaks of, and of those that it mentions."""
    subjects: set[str] = set()
    objects: set[str] = set()
    for node in (Node(part.tree, number) for number in range(part.number, part.end)):
        if node.is_leaf:
            if leaf_kind(node.label) == "entity.property":
                subjects.add(key_of(node.label.partition(".")[0]))
            continue
        if node.label in _NO_RELATIONS:
            places = [subjects] if node.label == "is" or node.label in COMPARISONS else []
        else:
            places = [subjects, objects]
        for place, argument in zip(places, node.children, strict=False):
            listed = argument.children if argument.label in ("and", "or") else [argument]
            place.update(key_of(one.label) for one in listed if leaf_kind(one.label) == "entity")
    return subjects, objects | subjects
