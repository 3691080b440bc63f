"""`RuleBuilder`: a rule made from left to right, as readers of notations find it."""

from __future__ import annotations

from p4ir.errors import RuleError
from p4ir.rules.tree import MAX_DEPTH, MAX_NODES, ROOT, Rule, too_deep, too_large


class RuleBuilder:
    """Make a rule from left to right, without recursion.

    >>> build = RuleBuilder()
    >>> build.open("if").open("exist").leaf("door").close().close()  # doctest: +ELLIPSIS
    <...RuleBuilder object at ...>
    >>> build.open("then").leaf("x").close().build()
    <Rule if(exist(door)),then(x)>

    `open` and `leaf` raise a `RuleError` as soon as the rule is too large or too deep.
    """

    def __init__(self) -> None:
        self._labels, self._arities = [ROOT], [0]
        self._open = [0]
        self.spans: list[tuple[int, int]] = [(0, 0)]
        """Where each node's label stood in the text it was read from, where known."""

    @property
    def depth(self) -> int:
        """Number of functors now open."""
        return len(self._open) - 1

    @property
    def open_labels(self) -> list[str]:
        """Labels of the functors now open, the outermost first."""
        return [self._labels[index] for index in self._open[1:]]

    @property
    def outermost(self) -> str | None:
        """Label of the functor opened first of those now open, if any is."""
        return self._labels[self._open[1]] if self.depth else None

    @property
    def innermost(self) -> str | None:
        """Label of the functor opened last of those now open, if any is."""
        return self._labels[self._open[-1]] if self.depth else None

    @property
    def is_empty(self) -> bool:
        """Whether the functor now open has no children yet."""
        return self._arities[self._open[-1]] == 0

    def open(self, label: str, start: int = 0, length: int = 0) -> RuleBuilder:
        """Add a functor; what follows, until `close`, are its arguments."""
        self.leaf(label, start, length)
        self._open.append(len(self._labels) - 1)
        return self

    def leaf(self, label: str, start: int = 0, length: int = 0) -> RuleBuilder:
        """Add an argument that has none of its own."""
        if len(self._labels) >= MAX_NODES:
            raise too_large()
        if len(self._open) >= MAX_DEPTH:
            raise too_deep()
        self.spans.append((start, start + length))
        self._arities[self._open[-1]] += 1
        self._labels.append(label)
        self._arities.append(0)
        return self

    def close(self) -> RuleBuilder:
        """End the functor opened last."""
        if not self.depth:
            raise RuleError("there is no open functor to close")
        self._open.pop()
        return self

    def drop(self) -> RuleBuilder:
        """Take back the functor opened last, which has no arguments yet."""
        if not self.depth or not self.is_empty:
            raise RuleError("only an open functor without arguments can be dropped")
        self._open.pop()
        self._labels.pop()
        self._arities.pop()
        self.spans.pop()
        self._arities[self._open[-1]] -= 1
        return self

    def build(self) -> Rule:
        """Return the rule; functors still open are closed."""
        return Rule(self._labels, self._arities)
