"""`Rule`: an immutable, ordered, labelled tree.

Every notation parses to a `Rule` and prints from it, every metric compares two of
them, the checker evaluates one. It is kept flat, as its labels in preorder with the
number of children of each: equality and hashing are those of tuples, nothing
recurses, and what the metrics need (words, tokens, postorder arrays) is made once,
here. Node 0 is the root; the children of a complete rule's root are `if` and `then`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from p4ir.errors import RuleError
from p4ir.rules.words import label_words

ROOT = "root"
MAX_NODES = 20_000
MAX_DEPTH = 200

NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters and what neither UTF-8 nor XML can hold: in no label."""

_LABEL = re.compile(r"'[^']*'|[^\s'(),](?:[^(),]*[^\s(),])?")

IntArray = npt.NDArray[np.int64]


class TreeArrays(NamedTuple):
    """What Zhang and Shasha's algorithm reads of a tree with n nodes, in postorder."""

    labels: IntArray
    """(n,) hashes of the labels in words."""
    leftmost: IntArray
    """(n,) index of the leftmost leaf below each node."""
    keyroots: IntArray
    """(k,) the highest node of each distinct leftmost leaf, ascending."""
    preorder: IntArray
    """(n,) preorder index of each node."""


class Tree:
    """An immutable, ordered, labelled tree with any labels: what the metrics compare."""

    __slots__ = ("_arrays", "_hash", "_tokens", "_words", "arities", "labels")

    labels: tuple[str, ...]
    """Labels in preorder, the root's included."""
    arities: tuple[int, ...]
    """Number of children of each node, in preorder."""
    _hash: int
    _words: tuple[str, ...]
    _tokens: tuple[str, ...]
    _arrays: TreeArrays

    def __init__(self, labels: Sequence[str], arities: Sequence[int]) -> None:
        labels, arities = tuple(labels), tuple(arities)
        _check_shape(labels, arities)
        known = [label_words(label) for label in labels]
        values = {
            "labels": labels,
            "arities": arities,
            "_hash": hash((labels, arities)),
            "_words": tuple(words for words, _, _ in known),
            "_tokens": tuple(_bracketed([tokens for _, _, tokens in known], arities)),
            "_arrays": _arrays([code for _, code, _ in known], arities),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {type(self).__name__} is immutable: {name!r} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a {type(self).__name__} is immutable: {name!r} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tree):
            return NotImplemented
        return self.labels == other.labels and self.arities == other.arities

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type[Tree], tuple[tuple[str, ...], tuple[int, ...]]]:
        # Made anew rather than restored: hashes of strings differ between processes.
        return type(self), (self.labels, self.arities)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {print_brackets(self)}>"

    @property
    def size(self) -> int:
        """Number of nodes, the root included."""
        return len(self.labels)

    @property
    def words(self) -> tuple[str, ...]:
        """Labels in words, in preorder."""
        return self._words

    @property
    def tokens(self) -> tuple[str, ...]:
        """The tokens of the tree in words; the root gives none."""
        return self._tokens

    @property
    def arrays(self) -> TreeArrays:
        """Postorder arrays for the tree edit distance, read-only."""
        return self._arrays

    @property
    def root(self) -> Node:
        """The root node, from which the others are reached."""
        return Node(self, 0)

    def nodes(self) -> Iterator[Node]:
        """Yield every node in preorder, the root first."""
        return (Node(self, index) for index in range(self.size))

    def parents(self) -> list[int]:
        """Return the preorder index of each node's parent; −1 for the root."""
        parents = [-1] * self.size
        open_nodes: list[list[int]] = []
        for index, arity in enumerate(self.arities):
            if open_nodes:
                parents[index] = open_nodes[-1][0]
                open_nodes[-1][1] -= 1
            if arity:
                open_nodes.append([index, arity])
            while open_nodes and not open_nodes[-1][1]:
                open_nodes.pop()
        return parents


class Rule(Tree):
    """A rule: the tree of a condition (`if`) and a conclusion (`then`).

    Make one with `parse_rule` or a `RuleBuilder`. Labels are non-empty text without
    control characters, brackets, commas or outer white space; a label in single
    quotes may hold brackets and commas.

    Raises:
        RuleError: a label is not allowed, the root is not `root`, or the tree has
            more than `MAX_NODES` nodes or more than `MAX_DEPTH` below each other.
    """

    __slots__ = ()

    def __init__(self, labels: Sequence[str], arities: Sequence[int]) -> None:
        super().__init__(labels, arities)
        if self.labels[0] != ROOT:
            raise RuleError(f"the root of a rule is {ROOT!r}, not {self.labels[0][:40]!r}")
        if not all(map(is_label, self.labels)):
            label = next(label for label in self.labels if not is_label(label))
            raise RuleError(f"{label[:40]!r} cannot be a label of a rule")
        _check_depth(self.arities)

    @property
    def is_complete(self) -> bool:
        """Whether the rule is `if(…),then(…)` and nothing else."""
        parts = self.root.children
        return [part.label for part in parts] == ["if", "then"] and all(
            not part.is_leaf for part in parts
        )


class Node(NamedTuple):
    """A place in a tree: the tree and a preorder index."""

    tree: Tree
    number: int

    @property
    def label(self) -> str:
        """The node's own text."""
        return self.tree.labels[self.number]

    @property
    def is_leaf(self) -> bool:
        """Whether it has no children."""
        return self.tree.arities[self.number] == 0

    @property
    def end(self) -> int:
        """Preorder index just past the node's last descendant."""
        missing, index = 1, self.number
        while missing:
            missing += self.tree.arities[index] - 1
            index += 1
        return index

    @property
    def children(self) -> list[Node]:
        """The children, from left to right."""
        children, index = [], self.number + 1
        for _ in range(self.tree.arities[self.number]):
            child = Node(self.tree, index)
            children.append(child)
            index = child.end
        return children


@lru_cache(maxsize=1 << 16)
def is_label(text: str) -> bool:
    """Say whether a text can be the label of a node."""
    return _LABEL.fullmatch(text) is not None and not NOT_TEXT.search(text)


def print_brackets(tree: Tree) -> str:
    """Write a tree with brackets and commas; the root is not written."""
    return "".join(_bracketed([(label,) for label in tree.labels], tree.arities))


def _check_shape(labels: tuple[str, ...], arities: tuple[int, ...]) -> None:
    missing = 1
    for arity in arities:
        if not missing or arity < 0:
            raise RuleError("the numbers of children do not describe one tree")
        missing += arity - 1
    if missing or len(labels) != len(arities):
        raise RuleError("the numbers of children do not describe one tree")
    if len(labels) > MAX_NODES:
        raise too_large()


def _check_depth(arities: tuple[int, ...]) -> None:
    remaining: list[int] = []
    for arity in arities:
        if arity:
            remaining.append(arity)
            if len(remaining) >= MAX_DEPTH:
                raise too_deep()
            continue
        while remaining:
            remaining[-1] -= 1
            if remaining[-1]:
                break
            remaining.pop()


def too_large() -> RuleError:
    """Return the error of a tree with too many nodes."""
    return RuleError(f"the rule has more than {MAX_NODES} nodes")


def too_deep() -> RuleError:
    """Return the error of a rule nested too deep."""
    return RuleError(f"the rule is nested more than {MAX_DEPTH} deep")


def _bracketed(parts: list[tuple[str, ...]], arities: tuple[int, ...]) -> list[str]:
    """Put brackets and commas between the nodes' parts, which are in preorder."""
    out: list[str] = []
    remaining = [arities[0]]
    for own, arity in zip(parts[1:], arities[1:], strict=True):
        out.extend(own)
        remaining[-1] -= 1
        if arity:
            out.append("(")
            remaining.append(arity)
            continue
        while len(remaining) > 1 and not remaining[-1]:
            remaining.pop()
            out.append(")")
        if remaining[-1]:
            out.append(",")
    return out


def _arrays(codes: list[int], arities: tuple[int, ...]) -> TreeArrays:
    order: list[int] = []
    leftmost: list[int] = []
    waiting: list[list[int]] = []  # preorder index, children to come, leftmost leaf
    for index, arity in enumerate(arities):
        if arity:
            waiting.append([index, arity, len(order)])
            continue
        leftmost.append(len(order))
        order.append(index)
        while waiting:
            node = waiting[-1]
            node[1] -= 1
            if node[1]:
                break
            order.append(node[0])
            leftmost.append(node[2])
            waiting.pop()
    highest = {left: node for node, left in enumerate(leftmost)}
    keyroots = np.array(sorted(highest.values()), dtype=np.int64)
    array = np.array([[codes[node] for node in order], leftmost, order], dtype=np.int64)
    keyroots.flags.writeable = array.flags.writeable = False
    return TreeArrays(array[0], array[1], keyroots, array[2])
