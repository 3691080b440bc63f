"""Where x-variables are defined, and which definition a use of one means.

A definition holds in the conjunction that it stands in and in all below; the innermost
wins. One that stands elsewhere (in the condition, in another branch) is what is left when
there is none. Several at the same place are alternatives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from p4ir.check.formulas import Aggregate, Arithmetic, Defined, Odd, Term
from p4ir.rules.tree import Node, Rule

MAX_TERMS = 500
"""Terms that a variable may stand for at most, all that define it counted."""
MAX_USES = 2_000
"""Variables of a rule that are replaced at most, those in definitions counted."""


class Scopes:
    """The definitions of a rule, and the conjunctions around the node at hand."""

    def __init__(self, rule: Rule) -> None:
        self._everywhere = _by_name(_all_definitions(rule))
        self._around: list[dict[str, list[Node]]] = []
        self._in_progress: list[str] = []
        self._uses = 0

    @contextmanager
    def inside(self, conjunction: Node) -> Iterator[None]:
        """Let the definitions of a conjunction hold."""
        self._around.append(_by_name(_definitions(conjunction)))
        try:
            yield
        finally:
            self._around.pop()

    def variable(self, name: str, term: Callable[[Node], Term]) -> Term:
        """Return what a variable stands for.

        Args:
            name: the variable, such as `x0`.
            term: makes terms of the nodes that define it.
        """
        plain, _, of_value = name.partition(".")
        if of_value:
            return Odd("not-understood", name)
        self._uses += 1
        if plain in self._in_progress or self._uses > MAX_USES:
            return Odd("cycle" if plain in self._in_progress else "too-much", name)
        found = next((names[plain] for names in reversed(self._around) if plain in names), None)
        nodes = found or self._everywhere.get(plain)
        if not nodes:
            return Odd("undefined-variable", name)
        self._in_progress.append(plain)
        try:
            terms = tuple(term(node) for node in nodes)
        finally:
            self._in_progress.pop()
        defined = Defined(terms, name)
        return defined if _size(defined) <= MAX_TERMS else Odd("too-much", name)


def _definitions(node: Node) -> Iterator[Node]:
    """Yield the definitions among the parts of a node, and in its alternatives of those."""
    for part in node.children:
        if part.label == "define":
            yield part
        elif part.label == "and" or (
            part.label == "or" and all(one.label == "define" for one in part.children)
        ):
            yield from _definitions(part)


def _all_definitions(rule: Rule) -> Iterator[Node]:
    return (node for node in rule.nodes() if node.label == "define")


def _by_name(definitions: Iterator[Node]) -> dict[str, list[Node]]:
    named: dict[str, list[Node]] = {}
    for definition in definitions:
        arguments = definition.children
        if len(arguments) == 2:
            named.setdefault(arguments[1].label, []).append(arguments[0])
    return named


def _size(term: Term) -> int:
    match term:
        case Defined(terms):
            return 1 + sum(map(_size, terms))
        case Arithmetic(names=names):
            return 1 + sum(map(_size, names.values()))
        case Aggregate():
            return 2
    return 1
