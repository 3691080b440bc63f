"""From the tree of a rule to formulas and terms; where quantifiers stand comes later.

Lists of arguments become logic (`has(stair,or(a,b))` is `or(has(stair,a),has(stair,b))`),
x-variables are replaced by what defines them, and whatever the checker has no meaning for
becomes an `Odd` formula, which is unknown whatever the facts.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Literal

from p4ir.check.arithmetic import Expression, Name, Number, Operation, parse_arithmetic
from p4ir.check.conclusions import is_refusal
from p4ir.check.facts import rating_in
from p4ir.check.formulas import (
    TRUTH,
    Aggregate,
    And,
    Arithmetic,
    Compare,
    Constant,
    Each,
    Entity,
    Exist,
    Formula,
    Given,
    Not,
    Odd,
    Or,
    Path,
    Relation,
    Review,
    Term,
    Word,
)
from p4ir.check.names import key_of
from p4ir.check.namesakes import EACH, Namesakes
from p4ir.check.scopes import Scopes
from p4ir.errors import RuleError
from p4ir.rules.kinds import leaf_kind
from p4ir.rules.tree import Node
from p4ir.rules.units import parse_quantity
from p4ir.rules.vocabulary import AGGREGATES, ARITIES, COMPARISONS, REFERENCES

Operator = Literal["=", "<", "≤", ">", "≥"]

OPERATORS: dict[str, Operator] = {
    "equal": "=",
    "lessThan": "<",
    "lessThanEqual": "≤",
    "greaterThan": ">",
    "greaterThanEqual": "≥",
}
assert OPERATORS.keys() == COMPARISONS

TOP = "top"
"""Property that `topOf` reads."""


class Compiler:
    """Turns the nodes of one rule into formulas and terms."""

    def __init__(self, variables: frozenset[str], given: dict[str, str], scopes: Scopes) -> None:
        self._variables = variables
        self._given = given
        """Name of a value: the document that gives it."""
        self._scopes = scopes
        self._namesakes = Namesakes()
        self._members: list[dict[str, str]] = []
        """Of each loop around the node: names of its members, as written, and variable."""

    def inside(self, node: Node) -> AbstractContextManager[None]:
        """Let the definitions in a node hold."""
        return self._scopes.inside(node)

    def formula(self, node: Node) -> Formula:
        """Return what a node says."""
        children = node.children
        match node.label:
            case "and":
                with self._scopes.inside(node):
                    return And(tuple(map(self.formula, children)))
            case "or":
                return Or(tuple(map(self._alternative, children)))
            case "not" if is_refusal(node):
                return And(tuple(Not(self.formula(each)) for each in children[0].children))
            case "not" | "prohibition" if len(children) == 1:
                return Not(self.formula(children[0]))
            case "obligation" if len(children) == 1:
                return self.formula(children[0])
            case "define":
                return TRUTH
            case "loop" if len(children) == 2 and children[0].label == "forEach":
                return self._loop(node)
            case "exist" if len(children) == 1:
                return self._exist(children[0], text_of(node))
            case _:
                return self._literal(node)

    def _alternative(self, node: Node) -> Formula:
        with self._namesakes.alternative():
            return self.formula(node)

    def _literal(self, node: Node) -> Formula:
        children, text = node.children, text_of(node)
        if node.label in REFERENCES and len(children) == 2:
            return Review(text_of(children[1]), text)
        if node.label in COMPARISONS:
            if len(children) != 2:
                return Odd("not-understood", text)
            left, right = self.term(children[0], is_value=True), self.term(children[1])
            self._namesakes.bound(left, right)
            return Compare(OPERATORS[node.label], left, right, text)
        fewest, _ = ARITIES.get(node.label, (1, 2))
        if not fewest <= len(children) <= 2 or node.label in AGGREGATES | {"permission", "topOf"}:
            return Odd("not-understood", text)
        if node.label == "inBetween":
            self._namesakes.place(children[0])
        return self._relation(node.label, [*children, *children][:2])

    def _relation(self, functor: str, arguments: list[Node], *, is_listed: bool = False) -> Formula:
        """Return a relation; a list of arguments makes as many, joined as the list is."""
        for place, argument in enumerate(arguments):
            if argument.label in ("and", "or") and argument.children:
                rest = [
                    (*arguments[:place], one, *arguments[place + 1 :]) for one in argument.children
                ]
                is_and = is_listed or argument.label == "and"
                parts = tuple(
                    self._relation(functor, list(each), is_listed=is_and) for each in rest
                )
                return And(parts) if argument.label == "and" else Or(parts)
        subject, other = arguments
        text = f"{functor}({text_of(subject)},{text_of(other)})"
        is_alone = subject == other  # `adjoin(firecells)`
        if is_alone:
            text = f"{functor}({text_of(subject)})"
        is_same = subject.is_leaf and functor != "is" and subject.label == other.label
        if is_alone or (is_same and leaf_kind(subject.label) == "entity"):
            word = Word(key_of(subject.label), subject.label)  # another of the same kind
            return Relation(functor, self.term(subject, is_value=True), word, text)
        term, to = self.term(subject, is_value=True), self.term(other, is_word=functor == "is")
        if functor == "inBetween" and is_listed:  # of `and(flats,corridor)` flats are one end
            to = replace(to, text=key_of(to.text))
        return Relation(functor, term, to, text)

    def _exist(self, argument: Node, text: str) -> Formula:
        if argument.label in ("and", "or") and argument.children:
            parts = tuple(self._exist(one, f"exist({text_of(one)})") for one in argument.children)
            return And(parts) if argument.label == "and" else Or(parts)
        return Exist(self.term(argument, is_value=True), text)

    def _loop(self, node: Node) -> Formula:
        head, body = node.children
        text = text_of(head)
        members = self.term(head.children[0], is_value=True)
        if len(head.children) != 1 or not isinstance(members, Entity | Path):
            return Odd("not-understood", text_of(node))
        # `stair.side` and `side` alike stand for the member inside of the loop.
        short = members.name if isinstance(members, Path) else members.variable
        variable = f"{EACH}{short}"
        self._members.append({members.text: variable, short: variable})
        try:
            return Each(members, (variable,), self.formula(body), text)
        finally:
            self._members.pop()

    def term(self, node: Node, *, is_value: bool = False, is_word: bool = False) -> Term:
        """Return what an argument stands for.

        Args:
            node: the argument.
            is_value: whether a bare name is an element's, not a word.
            is_word: whether it is a word even if elements are called so too.
        """
        text = text_of(node)
        if not node.is_leaf:
            return self._functor_term(node, text)
        text = rating_in(text.strip("'")) or text  # as facts have it: `60/30` of `'60/30 min'`
        kind = leaf_kind(text)
        if kind == "variable":
            return self._scopes.variable(text, self.term)
        if kind == "quoted":
            return self._quoted(text)
        if kind in ("quantity", "number"):
            try:
                return Constant(parse_quantity(text), text)
            except RuleError:
                return Odd("not-understood", text)
        if kind == "reference":
            return Word(key_of(text), text)
        return self._name(text, kind == "entity.property", is_value, is_word)

    def _name(self, text: str, is_path: bool, is_value: bool, is_word: bool) -> Term:
        for members in reversed(self._members):
            if variable := members.get(text) or members.get(key_of(text)):
                return Entity(variable, text)
        if is_path:
            entity, _, name = text.partition(".")
            for members in reversed(self._members):
                if variable := members.get(key_of(entity)):
                    return Path(variable, key_of(name), text)
            return Path(self._namesakes.variable(key_of(entity)), key_of(name), text)
        key = key_of(text)
        if key in self._given:
            return Given(self._given[key], text)
        is_entity = is_value or (key in self._variables and not is_word)
        return Entity(self._namesakes.variable(key), text) if is_entity else Word(key, text)

    def _functor_term(self, node: Node, text: str) -> Term:
        children = node.children
        if len(children) != 1:
            return Odd("not-understood", text)
        of = self.term(children[0], is_value=True)
        if node.label in AGGREGATES and isinstance(of, Entity | Path):
            return Aggregate(node.label, of, text)
        if node.label == "topOf" and isinstance(of, Entity):
            return Path(of.variable, TOP, text)
        if node.label == "topOf" and isinstance(of, Path):
            return Path(of.variable, f"{of.name} {TOP}", text)
        return Odd("not-understood", text)

    def _quoted(self, text: str) -> Term:
        inner = text.strip("'").strip()
        expression = parse_arithmetic(inner)
        if expression is None or isinstance(expression, Number):
            quantity = expression.quantity if isinstance(expression, Number) else None
            return Constant(quantity, text) if quantity else Word(key_of(inner), text)
        if isinstance(expression, Name):
            term = self._named(expression.name)
            return Word(key_of(inner), text) if isinstance(term, Entity) else term
        names: dict[str, Term] = {}
        _each_name(expression, lambda name: names.update({name: self._named(name)}))
        return Arithmetic(expression, names, text)

    def _named(self, name: str) -> Term:
        kind = leaf_kind(name)
        if kind == "variable":
            return self._scopes.variable(name, self.term)
        return self._name(name, kind == "entity.property", is_value=True, is_word=False)


def text_of(node: Node) -> str:
    """Write a node as compact LRML."""
    if node.is_leaf:
        return node.label
    return f"{node.label}({','.join(map(text_of, node.children))})"


def _each_name(expression: Expression, call: Callable[[str], None]) -> None:
    if isinstance(expression, Name):
        call(expression.name)
    elif isinstance(expression, Operation):
        _each_name(expression.left, call)
        _each_name(expression.right, call)
