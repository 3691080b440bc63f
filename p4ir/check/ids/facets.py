"""A claim as a facet of IDS, by the mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from p4ir.check.compiling import Operator
from p4ir.check.ids.claims import TYPE, Claim, Part, Place, Size, State, Words
from p4ir.check.ids.measures import in_si, is_number, is_surely_text, is_text, is_yes_or_no
from p4ir.check.ids.patterns import any_of, something, surely_any_of
from p4ir.check.ids.refusals import RefusedError
from p4ir.check.ifc.classes import declared
from p4ir.check.ifc.mapping import MATERIAL, IfcMapping, Source
from p4ir.check.ifc.templates import SCHEMAS
from p4ir.check.names import key_of
from p4ir.rules.units import TOLERANCE

if TYPE_CHECKING:
    from ifctester.facet import Facet

_BOUNDS: dict[Operator, tuple[str, int]] = {
    "≥": ("minInclusive", -1),
    ">": ("minExclusive", 1),
    "≤": ("maxInclusive", 1),
    "<": ("maxExclusive", -1),
}
"""The facet of a comparison, and to which side rounding is allowed for."""

PatternOf = Callable[[Iterable[str]], str]

YES_OR_NO = "IFCBOOLEAN"


class Classes(NamedTuple):
    """Classes of IFC that share what is known of them."""

    kind: str
    names: tuple[str, ...]
    """In capitals, as IDS writes them, subclasses included."""
    predefined_type: str


class Facets:
    """Makes facets of what is said of one kind of element."""

    def __init__(self, mapping: IfcMapping, kind: str) -> None:
        self._mapping = mapping
        self._kind = kind

    def applicability(self, claim: Claim) -> Facet:
        """Return the facet by which elements are chosen."""
        return self._facet(claim)

    def requirement(self, claim: Claim) -> Facet:
        """Return the facet that chosen elements must meet."""
        facet = self._facet(claim, is_required=True)
        facet.cardinality = "required"
        return facet

    def known(self, claim: Claim) -> Facet:
        """Return the requirement that a model says what a claim is about at all."""
        facet = self._facet(claim)
        facet.value = None
        facet.cardinality = "required"
        return facet

    def _facet(self, claim: Claim, *, is_required: bool = False) -> Any:
        match claim:
            case Size(name, operator, quantity):
                source = self._source(name)
                return _property(source, _bound(operator, in_si(quantity, source)))
            case State(word, holds):
                return self._state(word, holds)
            case Part(word, holds):
                return self._part(word, holds)
            case Words(name, words) if name != TYPE:
                return self._words(name, surely_any_of if is_required else any_of, words)
            case Words(_, words) if len(words) == 1:
                return self._state(words[0], True)
            case Words(_, words):
                raise RefusedError("alternatives", f"or({','.join(words)})")
            case Place(kind):
                return self._place(kind)

    def _state(self, word: str, holds: bool) -> Any:
        source = self._source(word)
        if not is_yes_or_no(source):
            raise RefusedError("unmapped-property", f"{self._kind}.{word}")
        return _property(source, "true" if holds else "false", YES_OR_NO)

    def _part(self, word: str, holds: bool) -> Any:
        """Return the facet of a part that is no element of its own but a property."""
        if self._mapping.kind_named(word) or not self._mapping.sources(self._kind, word):
            raise RefusedError("second-thing", f"has({self._kind},{word})")
        source = self._source(word)
        if is_yes_or_no(source):
            return self._state(word, holds)
        if not holds:
            raise RefusedError("negation", f"not(has({self._kind},{word}))")
        there = _bound(">", 0.0) if is_number(source) else None
        return _property(source, _matching(something()) if is_surely_text(source) else there)

    def _words(self, name: str, pattern_of: PatternOf, words: tuple[str, ...]) -> Any:
        from ifctester import ids

        pattern = _matching(pattern_of(self._all_kinds_of(words)))
        sources = self._mapping.sources(self._kind, name)
        if sources and sources[0] == Source("", MATERIAL):
            return ids.Material(value=pattern)
        source = self._source(name)
        if not is_text(source):
            raise RefusedError("measure", f"{source} is no text and {words[0]} is")
        return _property(source, pattern)

    def _all_kinds_of(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Return words with those that are declared to be kinds of them."""
        kinds = self._mapping.known_kinds
        keys = [key_of(word) for word in words]
        more = (
            one for one in sorted(kinds.declared) if any(kinds.is_one(one, key) for key in keys)
        )
        return tuple(dict.fromkeys((*keys, *more)))

    def _place(self, kind: str) -> Any:
        from ifctester import ids

        classes = classes_of(kind, self._mapping)
        if any(each.predefined_type for each in classes):
            raise RefusedError("unmapped-kind", kind)
        return ids.PartOf(name=_choice([name for each in classes for name in each.names]))

    def _source(self, name: str) -> Source:
        sources = self._mapping.sources(self._kind, name)
        if not sources:
            raise RefusedError("unmapped-property", f"{self._kind}.{name}")
        # The value of an attribute is in the model's unit, whatever that is.
        found = next((source for source in sources if source.set), None)
        if found is None:
            raise RefusedError("no-data", f"{self._kind}.{name}")
        return found


def classes_of(word: str, mapping: IfcMapping) -> list[Classes]:
    """Return the classes of what rules call by a word, those of more special kinds included.

    Raises:
        RefusedError: the mapping has none.
    """
    kind = mapping.kind_named(word)
    if kind is None:
        raise RefusedError("unmapped-kind", word)
    kinds = mapping.known_kinds
    found: list[Classes] = []
    covered: set[str] = set()
    named = [kind, *(other for other in mapping.elements if other != kind)]
    for each in named:
        # By the word, which may be more general than the kind: doors are openings, and no holes.
        if not kinds.is_one(key_of(each), key_of(word)):
            continue
        for known in mapping.elements[each].classes:
            names = tuple(name for name in _with_subclasses(known.name) if name not in covered)
            if names:
                found.append(Classes(each, names, known.predefined_type))
            if not known.predefined_type:
                covered.update(names)
    if not found:
        raise RefusedError("unmapped-kind", word)
    return found


def entity(classes: Classes) -> Facet:
    """Return the facet of some classes."""
    from ifctester import ids

    return ids.Entity(
        name=_choice(list(classes.names)), predefinedType=classes.predefined_type or None
    )


def schemas_with(classes: Classes) -> list[str]:
    """Return the schemas, as IDS names them, that have any of some classes."""
    return [
        ids_name
        for schema, ids_name in sorted(SCHEMAS.items())
        if any(declared(schema, name) is not None for name in classes.names)
    ]


def _property(source: Source, value: Any, type_: str | None = None) -> Any:
    from ifctester import ids

    return ids.Property(propertySet=source.set, baseName=source.name, value=value, dataType=type_)


def _bound(operator: Operator, magnitude: float) -> Any:
    from ifctester import ids

    if operator == "=":
        return f"{magnitude:.12g}"
    name, side = _BOUNDS[operator]
    # Millimetres made metres differ in the last digits, and the least that is allowed is
    # what is built most.
    bound = magnitude + side * abs(magnitude) * TOLERANCE
    return ids.Restriction(options={name: f"{bound:.12g}"}, base="double")


def _matching(pattern: str) -> Any:
    from ifctester import ids

    return ids.Restriction(options={"pattern": pattern})


def _choice(names: list[str]) -> Any:
    from ifctester import ids

    return names[0] if len(names) == 1 else ids.Restriction(options={"enumeration": names})


def _with_subclasses(name: str) -> list[str]:
    found: dict[str, None] = {}
    for schema in sorted(SCHEMAS):
        waiting = [declared(schema, name)]
        while waiting:
            one = waiting.pop(0)
            if one is not None:
                found[str(one.name()).upper()] = None
                waiting.extend(one.as_entity().subtypes())
    return list(found)
