"""What is true of a relation: `is(wall.material,timber)`, `within(door,corridor)`.

Relations are read from the relations that the facts state, from properties (a door with
`selfClosingDevice: true` has one; `for: [goods]` says what for), and from what elements are.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

from p4ir.check.binding import Bindings, Held
from p4ir.check.facts import Element, Property, Value, quantity_in, values_of
from p4ir.check.findings import Code, Comparison, Fact
from p4ir.check.formulas import NEGATIVE, Entity, Path, Relation, Term, Word
from p4ir.check.index import Index
from p4ir.check.kinds import answer_of, there_is
from p4ir.check.names import key_of
from p4ir.check.namesakes import is_plural, is_plural_of_one, kind_of_variable
from p4ir.check.readings import Reader, Reading, shown
from p4ir.check.truth import (
    FALSE,
    TRUE,
    UNKNOWN,
    Outcome,
    Truth,
    conjunction,
    disjunction,
    negation,
    unknown,
)
from p4ir.rules.units import Quantity

_NAMED_BY_PROPERTY = frozenset({"is", "by", "within", "on", "for"})
"""Relations that a plain property states too: `control: thermostat` for `by(damper.control,…)`."""

BETWEEN = "in between"
"""Key of the relation of which a plural names both ends: `inBetween(wall,dwellings)`."""

Compare = Callable[[str, Reading, Reading, tuple[str, str], bool], Outcome]


class Relations:
    """Evaluates relations on one building."""

    def __init__(self, index: Index, reader: Reader, compare: Compare) -> None:
        self._index = index
        self._reader = reader
        self._compare = compare

    def outcome(self, formula: Relation, bound: Bindings) -> Outcome:
        """Return what is known of a relation."""
        relation = key_of(formula.functor)
        opposite = NEGATIVE.get(relation)
        if opposite is None:
            return self._stated(relation, formula, bound)
        stated = self._stated(relation, formula, bound)
        if stated.truth is TRUE:
            return stated
        return negation(self._stated(opposite, formula, bound))

    def has(self, path: Path, bound: Bindings, text: str) -> Outcome:
        """Return whether an element has a property or a part."""
        holder = bound.elements.get(path.variable)
        if not isinstance(holder, Element):
            return unknown("ambiguous", text)
        return self._to_kind("has", holder, Word(path.name, path.name))

    def _stated(self, relation: str, formula: Relation, bound: Bindings) -> Outcome:
        subject = formula.subject
        match subject:
            case Entity(variable):
                holder = bound.elements.get(variable)
                if isinstance(holder, Held):
                    return unknown("fact-missing", formula.text, holder.element.id)
                if holder is None:
                    return unknown("ambiguous", formula.text)
                return self._from_element(relation, holder, formula, bound)
            case Path(variable, name):
                holder = bound.elements.get(variable)
                if not isinstance(holder, Element):
                    return unknown("ambiguous", formula.text)
                return self._from_path(relation, holder, name, formula, bound)
        if relation == "is":
            return self._same(subject, formula, bound)
        return unknown("not-understood", formula.text)

    def _from_element(
        self, relation: str, element: Element, formula: Relation, bound: Bindings
    ) -> Outcome:
        other = formula.object
        match other:
            case Word():
                if relation == "is":
                    return self._is_like(element, other, _thing(formula.subject))
                return self._to_kind(relation, element, other)
            case Entity(variable, text):
                holder = bound.elements.get(variable)
                if isinstance(holder, Held):
                    return self._to_held(element, holder, formula)
                if holder is None:
                    return unknown("ambiguous", formula.text)
                if relation == BETWEEN and is_plural(text):
                    outcome = self._to_kind(
                        relation, element, Word(kind_of_variable(variable), text)
                    )
                    return conjunction([outcome, self._between(relation, element, holder)])
                return self._between(relation, element, holder)
            case Path(variable, name):
                holder = bound.elements.get(variable)
                if isinstance(holder, Element):
                    return self._to_parts(relation, element, holder, name, formula)
        return unknown("not-understood", formula.text)

    def _from_path(
        self, relation: str, holder: Element, name: str, formula: Relation, bound: Bindings
    ) -> Outcome:
        """Evaluate a relation of a part of an element, or of one of its properties."""
        other = formula.object
        if relation == "is" and not isinstance(other, Word):
            return self._same(formula.subject, formula, bound)
        properties = self._index.properties[holder.id]
        if relation == "is" and name == "type" and isinstance(other, Word):
            return self._is_like(holder, other, _thing(formula.subject), "type")
        names = [f"{name} {relation}"] + [name] * (relation in _NAMED_BY_PROPERTY)
        stated = next((one for one in names if one in properties), None)
        if stated is not None and isinstance(other, Word | Entity):
            word = other if isinstance(other, Word) else Word(other.variable, other.text)
            return self._is_value(holder, stated, word)
        parts = self._index.related("has", holder, name).sure
        if parts:
            outcomes = [self._from_element(relation, part, formula, bound) for part in parts]
            return disjunction([*outcomes, *self._others("has", holder, name)])
        if relation == "is" and name == "location" and isinstance(other, Word):
            placed = self._to_kind("within", holder, other)
            if placed.truth is TRUE:
                return placed
        return unknown("fact-missing", name, holder.id, formula.text)

    def _to_parts(
        self, relation: str, element: Element, holder: Element, name: str, formula: Relation
    ) -> Outcome:
        parts = self._index.related("has", holder, name).sure
        if not parts:
            return unknown("fact-missing", name, holder.id, formula.text)
        outcomes = [self._between(relation, element, part) for part in parts]
        return disjunction([*outcomes, *self._others("has", holder, name)])

    def _others(self, relation: str, element: Element, kind: str) -> list[Outcome]:
        if self._index.lists_all(relation, element, kind):
            return []
        return [unknown("list-open", f"{relation} {kind}", element.id)]

    def _between(self, relation: str, one: Element, other: Element) -> Outcome:
        truth = self._index.between(relation, one, other)
        if truth is UNKNOWN:
            return unknown("list-open", relation, one.id, other.id)
        value = other.id if truth is TRUE else f"not {other.id}"
        return Outcome(truth, (Fact(one.id, relation, value),))

    def _to_held(self, element: Element, held: Held, formula: Relation) -> Outcome:
        if element is not held.element or formula.functor == "inBetween":
            return unknown("fact-missing", formula.text, element.id)
        value = self._reader.property(element, held.name, formula.text)
        return Outcome(TRUE, value.items)

    def _to_kind(self, relation: str, element: Element, word: Word) -> Outcome:
        """Return whether a relation leads to anything of a kind."""
        found = self._index.related(relation, element, word.key)
        others = [one for one in found.sure if one is not element]
        needed = 2 if relation == BETWEEN and is_plural(word.text) else 1
        stated = self._by_property(relation, element, word)
        if len(others) >= needed:
            if stated is not None and stated.truth is FALSE:
                return unknown("contradiction", f"{relation} {word.key}", element.id, others[0].id)
            return Outcome(TRUE, (Fact(element.id, f"{relation} {word.key}", others[0].id),))
        if stated is not None:
            return stated
        if found.maybe:
            return unknown("kind-unknown", word.key, found.maybe[0].id)
        if any(is_plural(name) for one in others for name in one.types):  # one element: `flats`
            return unknown("kind-unknown", word.key, others[0].id)
        if others and is_plural_of_one(word.text):
            return unknown("ambiguous", word.text, element.id, others[0].id)
        if self._index.lists_all(relation, element, word.key):
            listed = ", ".join(one.id for one in others) or "none"
            return Outcome(FALSE, (Fact(element.id, f"{relation} {word.key}", listed),))
        return unknown("list-open", f"{relation} {word.key}", element.id)

    def _by_property(self, relation: str, element: Element, word: Word) -> Outcome | None:
        properties = self._index.properties[element.id]
        named = self._index.kinds.spellings(word.key) & properties.keys()
        if relation in ("has", "include") and named:
            return self._is_there(element, min(named))
        if relation in properties:
            outcome = self._is_value(element, relation, word)
            return outcome if outcome.truth is TRUE else None
        return None

    def _is_there(self, element: Element, name: str) -> Outcome:
        """Return whether a property says that its element has a thing of its name."""
        held = self._index.properties[element.id][name]
        values = values_of(held)
        if any(isinstance(one, Quantity) and not isfinite(one.magnitude) for one in values):
            return unknown("not-a-number", name, element.id, shown(held))
        truths = {there_is(one) for one in values} or {FALSE}
        if truths not in ({TRUE}, {FALSE}):
            return unknown("ambiguous", name, element.id, shown(held))
        (truth,) = truths
        if truth is FALSE and self._index.is_open(element, name):
            return unknown("list-open", name, element.id, shown(held))
        return Outcome(truth, (Fact(element.id, name, shown(held)),))

    # what things are ---------------------------------------------------------------------

    def _is_like(self, element: Element, word: Word, thing: str, name: str = "state") -> Outcome:
        """Return whether an element is as an adjective says, or of a kind.

        Args:
            element: the element.
            word: what it is asked to be.
            thing: the key of what it is called where that is asked.
            name: the property that denies what it does not say.
        """
        index = self._index
        like = index.is_like(element, word.key, name, thing)
        kind = index.is_kind(element, word.key)
        if like is not UNKNOWN and kind is not TRUE:
            return Outcome(like, (Fact(element.id, f"is {word.text}", _yes(like is TRUE)),))
        if kind is TRUE:
            return Outcome(TRUE, (Fact(element.id, "kind", ", ".join(element.types)),))
        if kind is UNKNOWN:
            return unknown("kind-unknown", word.key, element.id)
        held = index.properties[element.id].get(word.key, ())
        if values_of(held):
            return self._is_unclear(element, word.key, held)
        if index.is_another(element, word.key, thing) or index.is_complete(element, "is"):
            return Outcome(FALSE, (Fact(element.id, "kind", ", ".join(element.types)),))
        return unknown("fact-missing", f"{name} {word.text}", element.id)

    def _is_unclear(self, element: Element, name: str, held: Property) -> Outcome:
        """Return why what is said of a state decides nothing."""
        code: Code = "ambiguous"
        if {answer_of(value) for value in values_of(held)} == {FALSE}:
            code = "list-open" if self._index.is_open(element, name) else "contradiction"
        return unknown(code, name, element.id, shown(held))

    def _is_value(self, element: Element, name: str, word: Word) -> Outcome:
        """Return whether a word is among the values of a property."""
        held = self._index.properties[element.id][name]
        fact = Fact(element.id, name, shown(held))
        said = {self._says(one, word) for one in values_of(held)}
        if TRUE in said:
            return Outcome(TRUE, (fact,))
        if UNKNOWN in said:
            return unknown("ambiguous", name, element.id, shown(held))
        if self._index.is_open(element, name):
            return unknown("list-open", name, element.id, shown(held))
        compared = Comparison(f"{name} ({shown(held)})", "is", word.text, False)
        return Outcome(FALSE, (fact, compared))

    def _says(self, value: Value, word: Word) -> Truth:
        """Say whether a value says a word: a number or a yes says no other, and denies none."""
        key = key_of(shown(value))
        if isinstance(value, Quantity):
            is_number = quantity_in(word.text) is not None
            return TRUE if key == word.key else FALSE if is_number else UNKNOWN
        is_letter = len(word.key) == 1  # a class, not short for yes or no
        answer, asked = answer_of(value), UNKNOWN if is_letter else answer_of(word.text)
        if UNKNOWN not in (answer, asked):
            return TRUE if answer is asked else FALSE
        if answer is TRUE and key != word.key:
            return UNKNOWN
        return self._index.kinds.says(key, word.key)

    def _same(self, subject: Term, formula: Relation, bound: Bindings) -> Outcome:
        """Return whether two terms have the same value."""
        left = self._reader.read(subject, bound)
        right = self._reader.read(formula.object, bound)
        lacking = [one.wanting for one in (left, right) if one.wanting is not None]
        if lacking:
            return min(lacking, key=lambda outcome: outcome.truth)
        texts = subject.text, formula.object.text
        return self._compare("=", left, right, texts, formula.of_each)


def _thing(subject: Term) -> str:
    """Return the kind that a subject is called where something is said of it, or of its type."""
    match subject:
        case Path(variable, name):
            return kind_of_variable(variable) if name == "type" else name
        case Entity(variable):
            return kind_of_variable(variable)
    return ""


def _yes(holds: bool) -> str:
    return "true" if holds else "false"
