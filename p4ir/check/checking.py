"""Check a building against rules: every rule on every element that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from p4ir.check.binding import Bindings
from p4ir.check.evaluating import Evaluator
from p4ir.check.facts import Building, Element
from p4ir.check.findings import Code, Comparison, Fact, Finding, Missing, Reason, Verdict
from p4ir.check.formulas import Relation, Some, Word
from p4ir.check.index import Index
from p4ir.check.namesakes import kind_of_variable
from p4ir.check.parts import flat
from p4ir.check.planning import Case, plan_rule
from p4ir.check.truth import (
    FALSE,
    REVIEW,
    TRUE,
    UNKNOWN,
    Item,
    Outcome,
    conjunction,
    disjunction,
    negation,
    unknown,
)
from p4ir.rules.entry import Entry

_VERDICTS: dict[int, Verdict] = {TRUE: "pass", FALSE: "fail", UNKNOWN: "unknown", REVIEW: "review"}
_CODES: dict[Verdict, Code] = {
    "pass": "met",
    "fail": "violated",
    "not applicable": "condition-false",
}
_SPATIAL = frozenset(
    "within partOf inBetween adjacent adjoin above below on behind around through".split()
)
"""Functors whose object is an element that there must be, and no mere property."""
MAX_NAMED = 20
"""Elements named in a finding that is about several."""


def check(entries: Iterable[Entry], building: Building) -> list[Finding]:
    """Return what is found of each rule on each element that it is about.

    Findings come in the order of the rules and, for each, of the building's elements. A rule
    that finds no element gives one finding without an element.
    """
    return list(iterate_findings(entries, building))


def iterate_findings(entries: Iterable[Entry], building: Building) -> Iterator[Finding]:
    """Yield the findings of `check` one by one."""
    evaluator = Evaluator(index := Index(building))
    entries = list(entries)
    ids = _distinct([entry.id or str(number) for number, entry in enumerate(entries, 1)])
    for entry, rule_id in zip(entries, ids, strict=True):
        yield from _Check(entry, rule_id, index, evaluator).findings()


def _distinct(ids: list[str]) -> Iterator[str]:
    """Yield ids, with a number where one stood before: findings are told apart by them."""
    used = set(ids)
    before: set[str] = set()
    for id in ids:
        name, times = id, 1
        while name in before or (times > 1 and name in used):
            times += 1
            name = f"{id} ({times})"
        before.add(name)
        yield name


class _Check:
    """One rule on one building."""

    def __init__(self, entry: Entry, rule_id: str, index: Index, evaluator: Evaluator) -> None:
        self._entry, self._id = entry, rule_id
        self._index, self._evaluator = index, evaluator

    def findings(self) -> Iterator[Finding]:
        plan = plan_rule(self._entry.rule)
        if plan.silent is not None:
            yield self._finding("review" if plan.silent.code == "no-deontic" else "not applicable",
                                Reason(plan.silent.code))  # fmt: skip
        elif plan.broken is not None:
            missing = Missing(plan.broken.code, "", plan.broken.text)
            yield self._finding("unknown", Reason(plan.broken.code, missing=(missing,)))
        else:
            yield from self._of_cases(plan.cases)

    def _of_cases(self, cases: tuple[Case, ...]) -> Iterator[Finding]:
        """Yield the findings of each case; what no case finds an element for is said once."""
        nothing: list[Finding] = []
        something = False
        for case in cases:
            for finding in self._of_case(case):
                if finding.element is None and len(cases) > 1:
                    nothing.append(finding)
                else:
                    something = True
                    yield finding
        if nothing and not something:
            yield min(nothing, key=lambda finding: finding.verdict == "not applicable")
        elif nothing:
            yield from (finding for finding in nothing if finding.verdict == "unknown")

    def _of_case(self, case: Case) -> Iterator[Finding]:
        if not case.bound:
            yield self._verdict(case, Bindings({}, case.filters))
            return
        absent = self._absent(case)
        if absent is not None:
            yield absent
            return
        kind = kind_of_variable(case.bound[0])
        selection = self._index.select(kind)
        for element in selection.sure:
            start = Bindings({case.bound[0]: element}, case.filters)
            yield from self._bind(case, case.bound[1:], start)
        if selection.maybe:
            yield self._undecided_kind(kind, selection.maybe, case)

    def _absent(self, case: Case) -> Finding | None:
        """Return the one finding of a case that needs a kind of which no element is listed."""
        for kind in _needed(case):
            selection = self._index.select(kind)
            is_first = kind == kind_of_variable(case.bound[0])
            if selection.sure or selection.maybe or (self._is_property(kind) and not is_first):
                continue
            if self._index.all_listed(kind):
                return self._finding("not applicable", Reason("none-in-building", missing=(
                    Missing("none-in-building", "", kind),)))  # fmt: skip
            return self._finding("unknown", Reason("none-listed", missing=(
                Missing("none-listed", "", kind),)))  # fmt: skip
        return None

    def _is_property(self, kind: str) -> bool:
        """Say whether the facts name something as a property of elements."""
        return kind in self._index.property_names

    def _undecided_kind(
        self, kind: str, elements: tuple[Element, ...], case: Case, bound: Bindings | None = None
    ) -> Finding:
        missing = tuple(Missing("kind-unknown", one.id, kind) for one in elements[:MAX_NAMED])
        if len(elements) > MAX_NAMED:
            more = f"and {len(elements) - MAX_NAMED} more"
            missing = (*missing, Missing("kind-unknown", "", kind, more))
        return self._finding("unknown", Reason("kind-unknown", missing=missing), case, bound)

    def _bind(self, case: Case, variables: tuple[str, ...], bound: Bindings) -> Iterator[Finding]:
        """Bind the other variables, each to all that it can be, and give verdicts."""
        if not variables:
            yield self._verdict(case, bound)
            return
        search = self._evaluator.search
        variable = next(
            (one for one in variables if search.leading(one, case.parts, bound)), variables[0]
        )
        rest = tuple(one for one in variables if one != variable)
        found = (
            search.leading(variable, case.parts, bound)
            or search.held(variable, bound)
            or search.around(variable, bound, case.parts)
        )
        for element in found.elements:
            yield from self._bind(case, rest, bound.with_element(variable, element))
        if found.maybe:
            yield self._undecided_kind(kind_of_variable(variable), found.maybe, case, bound)
        elif not found.elements:
            missing = found.open or Missing("none-in-building", "", kind_of_variable(variable))
            is_none = found.open is None
            reason = Reason("condition-false" if is_none else missing.code, missing=(missing,))
            yield self._finding("not applicable" if is_none else "unknown", reason, case, bound)

    def _verdict(self, case: Case, bound: Bindings) -> Finding:
        try:
            outcome, applies = self._outcome(case, bound)
        except RecursionError:
            outcome, applies = unknown("too-much", "the rule is nested too deep"), True
        verdict = _VERDICTS[outcome.truth] if applies else "not applicable"
        return self._finding(verdict, _reason(verdict, outcome.items), case, bound)

    def _outcome(self, case: Case, bound: Bindings) -> tuple[Outcome, bool]:
        """Return what is known of a rule on a binding, and whether it applies."""
        self._evaluator.start()
        condition = self._evaluator.evaluate(case.condition, bound)
        if condition.truth is FALSE:
            return condition, False
        demand = self._unless_relieved(case, self._evaluator.evaluate(case.demand, bound), bound)
        demand = conjunction([demand, *map(_for_a_person, case.stated)])
        if condition.truth is TRUE:
            items = (
                (*condition.items, *demand.items) if demand.truth in (TRUE, FALSE) else demand.items
            )
            return Outcome(demand.truth, items), True
        return disjunction([negation(condition), demand]), True

    def _unless_relieved(self, case: Case, demand: Outcome, bound: Bindings) -> Outcome:
        """Return the outcome of a demand: not met, it is for a person what relieves of it."""
        if demand.truth is not FALSE:
            return demand
        relief = self._evaluator.evaluate(case.relief, bound)
        if relief.truth is FALSE:
            return demand
        if relief.truth is UNKNOWN:
            return Outcome(UNKNOWN, (*demand.items, *relief.items))
        return Outcome(REVIEW, (Missing("relief", "", ""), *demand.items, *relief.items))

    def _finding(
        self,
        verdict: Verdict,
        reason: Reason,
        case: Case | None = None,
        bound: Bindings | None = None,
    ) -> Finding:
        elements = {
            name: one
            for name, one in (bound.elements if bound else {}).items()
            if isinstance(one, Element)
        }
        subject = next(iter(elements), "")
        if case is not None and case.subject in elements:
            subject = case.subject
        return Finding(
            entry=self._entry,
            rule_id=self._id,
            verdict=verdict,
            reason=reason,
            element=elements.get(subject),
            others=tuple((name, one.id) for name, one in elements.items() if name != subject),
        )


def _needed(case: Case) -> Iterator[str]:
    """Yield the kinds of elements without which a condition holds of nothing."""
    yield kind_of_variable(case.bound[0])
    for part in flat(case.condition):
        match part:
            case Some(variables):
                yield from map(kind_of_variable, variables)
            case Relation(functor, object=Word(key)) if functor in _SPATIAL:
                yield key


def _for_a_person(stated: str) -> Outcome:
    return Outcome(REVIEW, (Missing("no-deontic", "", stated),))


def _reason(verdict: Verdict, items: tuple[Item, ...]) -> Reason:
    missing = tuple(item for item in items if isinstance(item, Missing))
    code = _CODES.get(verdict) or (missing[0].code if missing else "not-understood")
    return Reason(
        code,
        tuple(item for item in items if isinstance(item, Fact)),
        tuple(item for item in items if isinstance(item, Comparison)),
        missing,
    )
