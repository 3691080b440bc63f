import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4ir.metrics.exact_match import COMMUTATIVE, exact_match, exact_match_unordered
from p4ir.rules import Tree, parse_rule
from p4ir.rules.tree import MAX_NODES

IF = "if(exist(door)),then"

EQUAL_IN_WORDS = [
    (f"{IF}(has(door,fireRating))", f"{IF}(has(door,fire rating))"),
    (f"{IF}(equal(door.width,1.5m))", f"{IF}(equal(door.width,1.5 m))"),
    (f"{IF}(asPer(door,nzs_1))", f"{IF}(as per(door,NZS 1))"),
]
UNEQUAL = [
    (f"{IF}(has(door,handle))", f"{IF}(has(door,hinge))"),
    (f"{IF}(has(door,handle))", f"{IF}(handle(has,door))"),
    (f"{IF}(and(a,b(c)))", f"{IF}(and(a,b,c))"),
    (f"{IF}(a)", "if(a),then(exist(door))"),
]
EQUAL_UNORDERED = [
    (f"{IF}(and(a,b))", f"{IF}(and(b,a))"),
    (f"{IF}(or(and(a,b),c))", f"{IF}(or(c,and(b,a)))"),
    (f"{IF}(equal(x0,5 mm))", f"{IF}(equal(5 mm,x0))"),
    (f"{IF}(obligation(has(door,and(a,b,a))))", f"{IF}(obligation(has(door,and(a,a,b))))"),
    (f"{IF}(adjacent(sink,and(wall,door)))", f"{IF}(adjacent(and(door,wall),sink))"),
]
UNEQUAL_UNORDERED = [
    (f"{IF}(has(a,b))", f"{IF}(has(b,a))"),
    (f"{IF}(lessThan(a,b))", f"{IF}(lessThan(b,a))"),
    (f"{IF}(and(a,a,b))", f"{IF}(and(a,b,b))"),
    (f"{IF}(and(or(a,b),c))", f"{IF}(and(or(a,c),b))"),
    (f"{IF}(and(a,b))", f"{IF}(and(a,b,b))"),
    (f"{IF}(above(a,and(b,c)))", f"{IF}(above(and(b,c),a))"),
]


@pytest.mark.parametrize(("a", "b"), EQUAL_IN_WORDS)
def test_rules_equal_in_words_match(a: str, b: str) -> None:
    assert exact_match(parse_rule(a), parse_rule(b))
    assert exact_match_unordered(parse_rule(a), parse_rule(b))


@pytest.mark.parametrize(("a", "b"), UNEQUAL)
def test_other_rules_do_not_match(a: str, b: str) -> None:
    assert not exact_match(parse_rule(a), parse_rule(b))
    assert not exact_match_unordered(parse_rule(a), parse_rule(b))


@pytest.mark.parametrize(("a", "b"), EQUAL_UNORDERED)
def test_order_does_not_matter_below_commutative_functors(a: str, b: str) -> None:
    assert not exact_match(parse_rule(a), parse_rule(b))
    assert exact_match_unordered(parse_rule(a), parse_rule(b))


@pytest.mark.parametrize(("a", "b"), UNEQUAL_UNORDERED)
def test_order_matters_elsewhere_and_repetitions_count(a: str, b: str) -> None:
    assert not exact_match_unordered(parse_rule(a), parse_rule(b))


def test_a_very_deep_and_a_very_wide_tree_are_compared() -> None:
    deep = Tree(["root"] + ["and"] * (MAX_NODES - 1), [1] * (MAX_NODES - 1) + [0])
    leaves = [f"leaf{n}" for n in range(MAX_NODES - 2)]
    arities = [1, len(leaves)] + [0] * len(leaves)
    wide = Tree(["root", "and", *leaves], arities)
    assert exact_match_unordered(deep, Tree(deep.labels, deep.arities))
    assert exact_match_unordered(wide, Tree(["root", "and", *reversed(leaves)], arities))
    assert not exact_match_unordered(wide, deep)


Nested = tuple  # (label, children)
LABELS = st.sampled_from(["and", "or", "has", "a", "b"])
NESTED = st.recursive(
    st.tuples(LABELS, st.just(())),
    lambda inner: st.tuples(LABELS, st.lists(inner, max_size=3).map(tuple)),
    max_leaves=8,
)


def as_tree(nested: Nested) -> Tree:
    labels, arities = ["root"], [1]

    def add(node: Nested) -> None:
        labels.append(node[0])
        arities.append(len(node[1]))
        for child in node[1]:
            add(child)

    add(nested)
    return Tree(labels, arities)


def canonical(nested: Nested) -> tuple:
    children = tuple(canonical(child) for child in nested[1])
    return nested[0], tuple(sorted(children)) if nested[0] in COMMUTATIVE else children


@given(NESTED, NESTED)
def test_the_unordered_match_is_equality_of_sorted_trees(a: Nested, b: Nested) -> None:
    assert exact_match_unordered(as_tree(a), as_tree(b)) == (canonical(a) == canonical(b))


@given(NESTED, st.randoms(use_true_random=False))
def test_shuffled_arguments_of_commutative_functors_still_match(a: Nested, rng) -> None:
    def shuffled(node: Nested) -> Nested:
        children = [shuffled(child) for child in node[1]]
        if node[0] in COMMUTATIVE:
            rng.shuffle(children)
        return node[0], tuple(children)

    assert exact_match_unordered(as_tree(a), as_tree(shuffled(a)))
