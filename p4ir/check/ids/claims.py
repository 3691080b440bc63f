"""What a rule says of one thing, as far as IDS has words for it.

A specification of IDS says: each element of these classes for which all this holds must
have all that. A rule says the same if its condition is a choice of such conjunctions and
its obligation one of them, all about one thing. Anything else is refused, with the first
part of the rule for which IDS has no words.
"""

from __future__ import annotations

from typing import NamedTuple

from p4ir.check.compiling import OPERATORS, Operator
from p4ir.check.conclusions import has_deontic, is_refusal, permits
from p4ir.check.ids.refusals import Code, RefusedError
from p4ir.check.names import key_of
from p4ir.check.sizes import is_size
from p4ir.errors import RuleError
from p4ir.rules.kinds import leaf_kind
from p4ir.rules.tree import Node, Rule
from p4ir.rules.units import Quantity, parse_quantity
from p4ir.rules.vocabulary import AGGREGATES, COMPARISONS, DEONTICS, REFERENCES

MAX_CASES = 8
"""Cases of a condition above which a rule is refused: each is a specification."""
TYPE = "type"

_OPPOSITE: dict[Operator, Operator] = {"<": "≥", "≥": "<", ">": "≤", "≤": ">"}
_PLACES = frozenset({"within", "partOf"})
_REFUSED: dict[str, Code] = {
    **dict.fromkeys(REFERENCES, "reference"),
    **dict.fromkeys(AGGREGATES | {"topOf", "compare"}, "count"),
    **dict.fromkeys(("loop", "forEach"), "for-each"),
    "define": "arithmetic",
}


class Size(NamedTuple):
    """A property compared with a constant."""

    property: str
    operator: Operator
    quantity: Quantity


class Words(NamedTuple):
    """A property that must be one of some words; of `TYPE`, a state or a kind."""

    property: str
    words: tuple[str, ...]


class State(NamedTuple):
    """A state that a thing is in, or not."""

    word: str
    holds: bool


class Part(NamedTuple):
    """Something that a thing has, or not."""

    word: str
    holds: bool


class Place(NamedTuple):
    """A kind of thing that the thing is in or part of."""

    kind: str


Claim = Size | Words | State | Part | Place


class Claims(NamedTuple):
    """A rule about one thing."""

    subject: str
    """What rules call it."""
    cases: tuple[tuple[Claim, ...], ...]
    """The condition: one of these, in each of which all holds."""
    duties: tuple[Claim, ...]


def read_claims(rule: Rule) -> Claims:
    """Return what a rule says of one thing.

    Raises:
        RefusedError: IDS has no words for the rule.
    """
    if not rule.is_complete:
        raise RefusedError("not-a-rule")
    condition, conclusion = rule.root.children
    reader = _Reader()
    obligations = _duties(conclusion.children[0])
    cases = reader.cases(condition.children[0], denied=False)
    duties = [claim for node, denied in obligations for claim in reader.duties(node, denied)]
    return Claims(reader.subject, tuple(map(tuple, cases)), tuple(duties))


def _duties(node: Node, *, is_part: bool = False) -> list[tuple[Node, bool]]:
    """Return the contents of a conclusion's obligations, and whether each is forbidden."""
    if permits(node):
        raise RefusedError("permission")
    if node.label == "and" and has_deontic(node):
        return [duty for child in node.children for duty in _duties(child, is_part=True)]
    if node.label in ("or", "loop") and has_deontic(node):
        raise RefusedError("alternatives" if node.label == "or" else "for-each", _shown(node))
    deontic = node.children[0] if is_refusal(node) else node
    if deontic.label in DEONTICS and len(deontic.children) == 1:
        return [(deontic.children[0], deontic.label != "obligation")]
    raise RefusedError("no-deontic", _shown(node)) if is_part else RefusedError("no-duty")


class _Reader:
    """Reads statements, and notes the one thing that they are about."""

    def __init__(self) -> None:
        self._subject = ""

    @property
    def subject(self) -> str:
        if not self._subject:
            raise RefusedError("no-thing")
        return self._subject

    def cases(self, node: Node, denied: bool) -> list[list[Claim]]:
        """Return a statement as a choice of conjunctions."""
        if node.label == "not" and len(node.children) == 1:
            return self.cases(node.children[0], not denied)
        if node.label in ("and", "or") and not node.is_leaf:
            parts = [self.cases(child, denied) for child in node.children]
            if (node.label == "or") != denied:
                return _at_most([case for part in parts for case in part])
            cases: list[list[Claim]] = [[]]
            for part in parts:
                cases = _at_most([[*case, *more] for case in cases for more in part])
            return cases
        claims = self._literal(node, denied)
        if any(isinstance(claim, Place) for claim in claims):
            # Whether an element is in no such place, a model does not say.
            raise RefusedError("second-thing", _shown(node))
        return [claims]

    def duties(self, node: Node, denied: bool) -> list[Claim]:
        """Return a statement as one conjunction."""
        if node.label == "not" and len(node.children) == 1:
            return self.duties(node.children[0], not denied)
        if node.label in ("and", "or") and not node.is_leaf:
            parts = [self.duties(child, denied) for child in node.children]
            if (node.label == "and") != denied or len(parts) == 1:
                return [claim for part in parts for claim in part]
            return [_one_of(parts, node)]
        return self._literal(node, denied)

    def _literal(self, node: Node, denied: bool) -> list[Claim]:
        arguments = node.children
        if node.label in _REFUSED:
            raise RefusedError(_REFUSED[node.label], _shown(node))
        if node.label == "exist" and len(arguments) == 1 and arguments[0].is_leaf:
            if denied:
                raise RefusedError("negation", _shown(node))
            return self._note(_split(arguments[0], node)[0])
        if node.label not in {"is", "has", *COMPARISONS, *_PLACES} or len(arguments) != 2:
            raise RefusedError("second-thing", _shown(node))
        left, right = arguments
        for inner in _below(left):
            if inner.label in _REFUSED:
                raise RefusedError(_REFUSED[inner.label], _shown(inner))
        if not left.is_leaf:
            raise RefusedError("arithmetic", _shown(left))
        thing, name = _split(left, node)
        self._note(thing)
        if node.label == "is":
            return _is(node, name, right, denied)
        if node.label == "has":
            return _has(node, name, right, denied)
        if node.label in _PLACES:
            return [_place(node, name, right, denied)]
        return [_size(node, name, right, denied)]

    def _note(self, thing: str) -> list[Claim]:
        if self._subject and thing != self._subject:
            raise RefusedError("two-things", f"{self._subject} and {thing}")
        self._subject = thing
        return []


def _is(node: Node, name: str, value: Node, denied: bool) -> list[Claim]:
    joined, words = _list(node, value)
    if name and name != TYPE:
        if denied:
            raise RefusedError("negation", _shown(node))
        if joined == "and":
            raise RefusedError("several-values", _shown(node))
        return [Words(name, words)]
    if len(words) == 1 or (joined == "and") != denied:
        if name and not denied:
            return [Words(TYPE, (word,)) for word in words]
        return [State(word, not denied) for word in words]
    if denied:
        raise RefusedError("alternatives", _shown(node))
    return [Words(TYPE, words)]


def _has(node: Node, name: str, value: Node, denied: bool) -> list[Claim]:
    joined, words = _list(node, value)
    if name:
        raise RefusedError("second-thing", _shown(node))
    if joined and (joined == "and") == denied:
        raise RefusedError("alternatives", _shown(node))
    return [Part(word, not denied) for word in words]


def _size(node: Node, name: str, value: Node, denied: bool) -> Size:
    if not name:
        raise RefusedError("no-property", _shown(node))
    kind = leaf_kind(value.label) if value.is_leaf else ""
    if kind in ("entity", "entity.property"):
        raise RefusedError("word" if kind == "entity" else "two-properties", _shown(node))
    if kind in ("", "reference", "variable", "quoted"):
        raise RefusedError("reference" if kind == "reference" else "arithmetic", _shown(value))
    try:
        quantity = parse_quantity(value.label)
    except RuleError:
        code: Code = "unit" if kind == "quantity" else "arithmetic"
        raise RefusedError(code, _shown(value)) from None
    operator = OPERATORS[node.label]
    if denied:
        if operator not in _OPPOSITE:
            raise RefusedError("negation", _shown(node))
        operator = _OPPOSITE[operator]
    return Size(name, operator, quantity)


def _place(node: Node, name: str, value: Node, denied: bool) -> Place:
    if denied:
        raise RefusedError("negation", _shown(node))
    if name or not value.is_leaf or leaf_kind(value.label) != "entity":
        raise RefusedError("second-thing", _shown(node))
    return Place(value.label)


def _one_of(parts: list[list[Claim]], node: Node) -> Words:
    """Join alternatives that ask for different words of one property."""
    claims = [part[0] for part in parts if len(part) == 1 and isinstance(part[0], Words)]
    if len(claims) != len(parts) or len({claim.property for claim in claims}) != 1:
        raise RefusedError("alternatives", _shown(node))
    return Words(claims[0].property, tuple(word for claim in claims for word in claim.words))


def _list(node: Node, value: Node) -> tuple[str, tuple[str, ...]]:
    """Return the words of a value, and what joins them."""
    leaves = [value] if value.is_leaf else value.children
    joined = "" if value.is_leaf else value.label
    if joined not in ("", "and", "or") or not all(leaf.is_leaf for leaf in leaves):
        raise RefusedError("second-thing", _shown(node))
    for leaf in leaves:
        kind = leaf_kind(leaf.label)
        if kind in ("variable", "quoted") or is_size(key_of(leaf.label)):
            raise RefusedError("arithmetic", _shown(leaf))
        if kind == "entity.property":
            raise RefusedError("two-properties", _shown(node))
        if kind == "quantity":
            raise RefusedError("unit", _shown(leaf))
    return joined, tuple(leaf.label for leaf in leaves)


def _split(leaf: Node, node: Node) -> tuple[str, str]:
    kind = leaf_kind(leaf.label)
    if kind == "variable":
        raise RefusedError("arithmetic", _shown(node))
    if kind == "reference":
        raise RefusedError("reference", _shown(node))
    return leaf.label.partition(".")[::2]


def _at_most(cases: list[list[Claim]]) -> list[list[Claim]]:
    if len(cases) > MAX_CASES:
        raise RefusedError("too-many-cases", str(MAX_CASES))
    return cases


def _below(node: Node) -> list[Node]:
    return [Node(node.tree, number) for number in range(node.number, node.end)]


def _shown(node: Node) -> str:
    """Write a part of a rule, shortened."""
    if node.is_leaf:
        return node.label
    text = f"{node.label}({','.join(map(_shown, node.children))})"
    return text if len(text) <= 80 else f"{text[:79]}…"
