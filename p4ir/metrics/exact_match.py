"""Whether two rules are the same: in words, or but for the order of what has no order."""

from __future__ import annotations

from p4ir.rules.tree import Tree

COMMUTATIVE = frozenset(
    {
        "and", "or", "equal", "sum", "max", "min", "adjacent", "adjoin", "connect", "intersect",
        "compare",
    }
)  # fmt: skip
"""Functors whose arguments may stand in any order."""


def exact_match(a: Tree, b: Tree) -> bool:
    """Say whether two rules are equal in words: their tree edit distance is 0.

    >>> from p4ir.rules import parse_rule
    >>> exact_match(parse_rule("if(a),then(fireDoor)"), parse_rule("if(a),then(fire door)"))
    True
    """
    return a.words == b.words and a.arities == b.arities


def exact_match_unordered(a: Tree, b: Tree) -> bool:
    """Say whether two rules are equal up to the order of the arguments of `COMMUTATIVE` functors.

    Takes time in proportion to n log n for n nodes.

    >>> from p4ir.rules import parse_rule
    >>> first, second = "if(a),then(and(or(b,c),d))", "if(a),then(and(d,or(c,b)))"
    >>> exact_match_unordered(parse_rule(first), parse_rule(second))
    True
    """
    if a.size != b.size:
        return False
    names: dict[tuple[str, tuple[int, ...]], int] = {}
    return _name(a, names) == _name(b, names)


def _name(tree: Tree, names: dict[tuple[str, tuple[int, ...]], int]) -> int:
    """Return a number for a tree that equal trees share, and no others.

    From the last node in preorder to the first, so that the children's numbers are
    known when their parent comes; `names` is shared by the trees to compare.
    """
    waiting: list[int] = []  # numbers of the subtrees not yet claimed by a parent
    for words, arity in zip(reversed(tree.words), reversed(tree.arities), strict=True):
        children = waiting[len(waiting) - arity :]
        del waiting[len(waiting) - arity :]
        key = (words, tuple(sorted(children) if words in COMMUTATIVE else children))
        waiting.append(names.setdefault(key, len(names)))
    return waiting[0]
