"""What is true of a formula in a building, and on what that rests."""

from __future__ import annotations

from collections.abc import Iterator

from p4ir.check.binding import Bindings
from p4ir.check.cases import is_in_case
from p4ir.check.facts import Element, is_rating
from p4ir.check.findings import Comparison, Fact, Missing
from p4ir.check.formulas import (
    And,
    Compare,
    Each,
    Entity,
    Every,
    Exist,
    Formula,
    Not,
    Odd,
    Or,
    Path,
    Relation,
    Review,
    Some,
)
from p4ir.check.index import Index
from p4ir.check.measures import Measure, Wanting, compare_measures, is_meant_as_quantity
from p4ir.check.names import key_of
from p4ir.check.parts import flat
from p4ir.check.placing import Candidates
from p4ir.check.readings import Members, Reader, Reading, Reckoned, beside
from p4ir.check.relations import Relations
from p4ir.check.searching import Search
from p4ir.check.truth import (
    FALSE,
    REVIEW,
    TRUE,
    UNKNOWN,
    Outcome,
    Truth,
    conjunction,
    disjunction,
    negation,
    no_case,
    unknown,
)

MAX_STEPS = 20_000
"""Formulas evaluated at most for one binding of a rule: relations among many elements
multiply, and a rule that asks for more than this is not decided."""

_HOLDS = {
    "=": lambda order: order == 0,
    "<": lambda order: order < 0,
    "≤": lambda order: order <= 0,
    ">": lambda order: order > 0,
    "≥": lambda order: order >= 0,
}


class Evaluator:
    """Evaluates formulas on one building."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.search = Search(index)
        self._reader = Reader(index, self._members, self._is_meant)
        self._relations = Relations(index, self._reader, self.compare)
        self._steps = 0

    def start(self) -> None:
        """Count the steps of another binding."""
        self._steps = 0

    def evaluate(self, formula: Formula, bound: Bindings) -> Outcome:
        """Return what is known of a formula."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            return unknown("too-much", "more combinations of elements than are tried")
        match formula:
            case Compare():
                return self._compare(formula, bound)
            case Relation():
                return self._relations.outcome(formula, bound)
            case And(parts, filters):
                bound = bound.with_filters(filters) if filters else bound
                return conjunction(self.evaluate(part, bound) for part in parts)
            case Or(parts, cases):
                met = [self.evaluate(part, bound) for part in parts]
                return self._in_cases(met, cases, bound) if cases else disjunction(met)
            case Not(part):
                return negation(self.evaluate(part, bound))
            case Some(variables, part):
                return self._some(variables, part, bound)
            case Every(variable, part):
                return self._every(variable, part, bound)
            case Each():
                return self._each(formula, bound)
            case Exist(term, text):
                if isinstance(term, Path):
                    return self._relations.has(term, bound, text)
                return (
                    Outcome(TRUE) if isinstance(term, Entity) else unknown("not-understood", text)
                )
            case Review(reference, text):
                return Outcome(REVIEW, (Missing("reference", "", text, reference),))
            case Odd(code, text):
                return unknown(code, text)

    def _in_cases(self, met: list[Outcome], cases: tuple[Formula, ...], bound: Bindings) -> Outcome:
        """Return the outcome of a demand with cases: true or false only where one of them holds."""
        apply = [self.evaluate(case, bound) for case in cases]
        outcome = disjunction(map(conjunction, zip(apply, met, strict=True)))
        applies = disjunction(apply)
        if outcome.truth is not FALSE or applies.truth is TRUE:
            return outcome
        return no_case(len(cases), *applies.items) if applies.truth is FALSE else applies

    # quantifiers -------------------------------------------------------------------------

    def _some(self, variables: tuple[str, ...], part: Formula, bound: Bindings) -> Outcome:
        if not variables:
            return self.evaluate(part, bound)
        variable, candidates = self._first(variables, part, bound)
        rest = tuple(name for name in variables if name != variable)
        outcomes = (
            self._some(rest, part, bound.with_element(variable, element))
            for element in candidates.elements
        )
        return disjunction([*self._until(TRUE, outcomes), *_others(candidates, FALSE)])

    def _first(
        self, variables: tuple[str, ...], part: Formula, bound: Bindings
    ) -> tuple[str, Candidates]:
        """Choose the variable to bind next, one that a relation leads to if there is one."""
        parts = flat(part)
        for variable in variables:
            found = self.search.leading(variable, parts, bound)
            if found is None or (not found.elements and found.open is not None):
                continue
            # Of none that is listed there may be one that is a property of an element.
            if found.elements or self.search.held(variable, bound, part) is None:
                return variable, found
        for variable in variables:
            held = self.search.held(variable, bound, part)
            found = held or self.search.leading(variable, parts, bound)
            if found is not None:
                return variable, found
        return variables[0], self.search.around(variables[0], bound, parts)

    def _every(self, variable: str, part: Formula, bound: Bindings) -> Outcome:
        held = self.search.held(variable, bound)
        candidates = held or self.search.around(variable, bound, [part])
        none = None if candidates.elements else candidates.none
        if none and isinstance(part, Or) and is_in_case(variable, part):
            return no_case(len(part.cases), none)
        outcomes = (
            self.evaluate(part, bound.with_element(variable, element))
            for element in candidates.elements
        )
        return conjunction([*self._until(FALSE, outcomes), *_others(candidates, TRUE)])

    def _each(self, formula: Each, bound: Bindings) -> Outcome:
        members = self._members_of(formula, bound)
        (variable,) = formula.variables
        outcomes = (
            self.evaluate(formula.part, bound.with_element(variable, element))
            for element in members.elements
        )
        return conjunction([*self._until(FALSE, outcomes), *_others(members, TRUE)])

    def _members_of(self, formula: Each, bound: Bindings) -> Candidates:
        of = formula.members
        holder = bound.elements.get(of.variable)
        if isinstance(of, Entity) and isinstance(holder, Element):
            return Candidates((holder,), None)
        if not isinstance(holder, Element) or isinstance(of, Entity):
            return Candidates((), Missing("ambiguous", "", formula.text))
        parts = self._index.related("has", holder, of.name)
        lacking = None
        if parts.maybe:
            lacking = Missing("kind-unknown", parts.maybe[0].id, of.name)
        elif not self._index.lists_all("has", holder, of.name):
            detail = f"{len(parts.sure)} listed"
            lacking = Missing("list-open", holder.id, f"has {of.name}", detail)
        return Candidates(parts.sure, lacking, Fact(holder.id, f"has {of.name}", "none"))

    def _until(self, deciding: Truth, outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
        for outcome in outcomes:
            yield outcome
            if outcome.truth is deciding:
                return

    # aggregates --------------------------------------------------------------------------

    def _members(self, variable: str, bound: Bindings) -> Members:
        said = bound.filter_of(variable)
        found = self.search.leading(variable, said.parts, bound) if said else None
        found = found or self.search.places.members(variable, bound)
        elements = tuple(one for one in found.elements if isinstance(one, Element))
        return Members(elements, found.open)

    def _is_meant(self, variable: str, element: Element, bound: Bindings) -> Outcome:
        said = bound.filter_of(variable)
        if said is None:
            return Outcome(TRUE)
        return self.evaluate(said.said, bound.with_element(variable, element))

    # comparisons -------------------------------------------------------------------------

    def _compare(self, formula: Compare, bound: Bindings) -> Outcome:
        left = self._reader.read(formula.left, bound)
        right = self._reader.read(formula.right, bound)
        lacking = [one.wanting for one in (left, right) if one.wanting is not None]
        if lacking:
            return conjunction(lacking)
        left, right = beside(formula.left, left, right), beside(formula.right, right, left)
        texts = formula.left.text, formula.right.text
        return self.compare(formula.operator, left, right, texts, formula.of_each)

    def compare(
        self,
        operator: str,
        left: Reading,
        right: Reading,
        texts: tuple[str, str],
        of_each: bool,
    ) -> Outcome:
        """Compare each value of two terms, or any; alternatives must agree.

        What more there may be in an open list cannot undo what one value decides. A word
        decides nothing there: a list of words says one thing in several ways.
        """
        pairs = [(a, b) for a in left.values for b in right.values]
        outcomes = [self._compared(operator, a, b, texts) for a, b in pairs]
        if left.are_alternatives or right.are_alternatives:
            truths = {outcome.truth for outcome in outcomes}
            if len(truths) > 1:
                return unknown("ambiguous", texts[0], detail=texts[1])
        outcome = conjunction(outcomes) if of_each else disjunction(outcomes)
        are_words = any(isinstance(one, str) for one in left.values)
        deciding = TRUE if not of_each else None if are_words else FALSE
        lacking = left.open or right.open
        if lacking is not None and outcome.truth in {TRUE, FALSE} - {deciding}:
            return Outcome(UNKNOWN, (lacking,))
        return Outcome(outcome.truth, (*left.items, *right.items, *outcome.items))

    def _compared(
        self, operator: str, left: Reckoned, right: Reckoned, texts: tuple[str, str]
    ) -> Outcome:
        if isinstance(left, Measure) and isinstance(right, Measure):
            order = compare_measures(left, right)
            if isinstance(order, Wanting):
                return unknown(order.code, texts[0], detail=order.detail)
            truth = TRUE if _HOLDS[operator](order) else FALSE
        elif operator == "=" and isinstance(left, str) and is_rating(texts[1].strip("'")):
            truth = TRUE if left == texts[1].strip("'") else FALSE if is_rating(left) else UNKNOWN
        elif operator == "=" and _are_alike(left, right):
            truth = self._index.kinds.says(_key(left), _key(right))
        else:
            for one, other, text in ((left, right, texts[0]), (right, left, texts[1])):
                if isinstance(other, Measure) and is_meant_as_quantity(str(one)):
                    return unknown("not-a-quantity", text, detail=f"{one}")
            return unknown("incomparable", texts[0], detail=f"{left} and {right}")
        if truth is UNKNOWN:
            return unknown("ambiguous", texts[0], detail=f"{left}")
        holds = truth is TRUE
        # A hair above a bound is not shown as the bound.
        are_near = truth is not TRUE or operator in "<>"
        digits = 12 if are_near and str(left) == str(right) else 6
        sides = _side(texts[0], left, digits), _side(texts[1], right, digits)
        return Outcome(truth, (Comparison(sides[0], operator, sides[1], holds),))


def _are_alike(left: Reckoned, right: Reckoned) -> bool:
    """Say whether two values are both words, or both yes or no, as words or not."""
    if isinstance(left, Measure) or isinstance(right, Measure):
        return False
    keys = {_key(left), _key(right)}
    return keys & {"true", "false"} in (set(), keys)


def _key(value: Reckoned) -> str:
    return key_of(str(value))


def _others(candidates: Candidates, otherwise: Truth) -> list[Outcome]:
    """Return what is known of the elements that are not listed."""
    if candidates.open is not None:
        return [Outcome(UNKNOWN, (candidates.open,))]
    if candidates.elements or candidates.none is None:
        return []
    return [Outcome(otherwise, (candidates.none,))]


def _side(text: str, value: Reckoned, digits: int) -> str:
    """Write one side of a comparison: the term, and its value where that is another."""
    said = value.written(digits) if isinstance(value, Measure) else str(value)
    return text if said in (text, text.strip("'")) else f"{text} ({said})"
