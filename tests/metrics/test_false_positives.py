import random
from itertools import combinations, permutations

import pytest
import zss
from hypothesis import given, settings
from hypothesis import strategies as st

from p4ir.metrics.false_positives import (
    EditScript,
    edit_script,
    false_positives,
    false_positives_batch,
    sum_false_positives,
)
from p4ir.metrics.tree_edit import tree_edit_distance
from p4ir.rules import Tree, parse_rule


def random_tree(rng: random.Random, size: int, labels: str = "abc") -> Tree:
    children: list[list[int]] = [[] for _ in range(size)]
    for node in range(1, size):
        children[rng.randrange(node)].append(node)
    names: list[str] = []
    arities: list[int] = []

    def add(node: int) -> None:
        names.append(rng.choice(labels) if node else "root")
        arities.append(len(children[node]))
        for child in children[node]:
            add(child)

    add(0)
    return Tree(names, arities)


def descendants(tree: Tree) -> list[range]:
    return [range(node.number + 1, node.end) for node in tree.nodes()]


def brute_force(a: Tree, b: Tree) -> tuple[int, int]:
    """Cost and kept nodes of the best of all mappings that keep ancestors and order."""
    below_a, below_b = descendants(a), descendants(b)
    best = (a.size + b.size, 0)
    for size in range(min(a.size, b.size) + 1):
        for chosen in combinations(range(a.size), size):
            for images in permutations(range(b.size), size):
                pairs = list(zip(chosen, images, strict=True))
                # Preorder and descent together fix ancestors and order from left to right.
                if any(
                    not v < w or (j in below_a[i]) != (w in below_b[v])
                    for (i, v), (j, w) in combinations(pairs, 2)
                ):
                    continue
                kept = sum(a.words[i] == b.words[j] for i, j in pairs)
                best = min(best, (a.size + b.size - size - kept, -kept))
    return best[0], -best[1]


def zss_distance(a: Tree, b: Tree) -> int:
    def convert(tree: Tree) -> zss.Node:
        nodes = [zss.Node(words) for words in tree.words]
        for index, parent in enumerate(tree.parents()):
            if parent >= 0:
                nodes[parent].addkid(nodes[index])
        return nodes[0]

    return int(zss.simple_distance(convert(a), convert(b)))


def check_script(script: EditScript, a: Tree, b: Tree) -> None:
    """Every node occurs once, and the pairs keep ancestors, order and what `keep` says."""
    predicted = [op.predicted for op in script.operations if op.predicted is not None]
    expected = [op.expected for op in script.operations if op.expected is not None]
    assert sorted(predicted) == list(range(a.size))
    assert sorted(expected) == list(range(b.size))
    pairs = [
        (op.predicted, op.expected)
        for op in script.operations
        if op.predicted is not None and op.expected is not None
    ]
    below_a, below_b = descendants(a), descendants(b)
    for (i, v), (j, w) in combinations(sorted(pairs), 2):
        assert v < w
        assert (j in below_a[i]) == (w in below_b[v])
    for op in script.operations:
        if op.predicted is None:
            assert op.change == "insert"
        elif op.expected is None:
            assert op.change == "delete"
        else:
            same = a.words[op.predicted] == b.words[op.expected]
            assert op.change == ("keep" if same else "relabel")


@pytest.mark.parametrize("seed", range(60))
def test_the_script_is_optimal_and_keeps_most_as_all_mappings_show(seed: int) -> None:
    rng = random.Random(seed)
    a, b = random_tree(rng, rng.randint(1, 5)), random_tree(rng, rng.randint(1, 5))
    script = edit_script(a, b)
    assert (script.cost, script.kept) == brute_force(a, b)


def test_of_equally_short_scripts_the_one_that_keeps_most_is_taken() -> None:
    # Relabelling both leaves costs as much as deleting one and inserting it on the other
    # side, but only the latter keeps a leaf.
    a = Tree(["root", "a", "b"], [2, 0, 0])
    b = Tree(["root", "b", "a"], [2, 0, 0])
    script = edit_script(a, b)
    assert (script.cost, script.kept) == (2, 2)
    assert sorted(op.change for op in script.operations) == ["delete", "insert", "keep", "keep"]


@given(st.integers(0, 10**9), st.integers(1, 30), st.integers(1, 30))
@settings(max_examples=60, deadline=None)
def test_the_cost_is_the_tree_edit_distance_and_the_script_is_sound(seed, m, n) -> None:
    rng = random.Random(seed)
    a, b = random_tree(rng, m, "abcdef"), random_tree(rng, n, "abcdef")
    script = edit_script(a, b)
    assert script.cost == tree_edit_distance(a, b) == zss_distance(a, b)
    check_script(script, a, b)


@given(st.integers(0, 10**9), st.integers(1, 20), st.integers(1, 20))
@settings(max_examples=40, deadline=None)
def test_exchanging_the_rules_exchanges_positives_and_negatives(seed, m, n) -> None:
    rng = random.Random(seed)
    a, b = random_tree(rng, m), random_tree(rng, n)
    one, other = false_positives(a, b), false_positives(b, a)
    assert (one.positives, one.negatives) == (other.negatives, other.positives)
    assert one.predicted - one.positives == one.expected - one.negatives


def test_equal_rules_have_neither_false_positives_nor_negatives() -> None:
    rule = parse_rule("if(exist(door)),then(obligation(has(door,handle)))")
    found = false_positives(rule, rule)
    assert (found.positives, found.negatives) == (0, 0)
    assert found.positives_by_kind == found.negatives_by_kind == {}
    assert {op.change for op in edit_script(rule, rule).operations} == {"keep"}


def test_an_added_condition_is_a_false_positive_by_its_kinds() -> None:
    prediction = parse_rule(
        "if(exist(door)),then(obligation(and(has(door,handle),lessThan(handle.height,1 m))))"
    )
    reference = parse_rule("if(exist(door)),then(obligation(has(door,handle)))")
    found = false_positives(prediction, reference)
    assert found.positives_by_kind == {
        "logic": 1,
        "functor": 1,
        "entity.property": 1,
        "quantity": 1,
    }
    assert (found.positives, found.negatives) == (4, 0)


def test_a_relabelled_node_is_one_of_each() -> None:
    prediction = parse_rule("if(exist(door)),then(obligation(lessThan(door.width,900 mm)))")
    reference = parse_rule("if(exist(door)),then(permission(lessThan(door.width,nzs_1234)))")
    found = false_positives(prediction, reference)
    assert found.positives_by_kind == {"deontic": 1, "quantity": 1}
    assert found.negatives_by_kind == {"deontic": 1, "reference": 1}


def test_labels_are_compared_in_words() -> None:
    a = parse_rule("if(exist(fireDoor)),then(equal(fireDoor.width,1.5m))")
    b = parse_rule("if(exist(fire door)),then(equal(fire door.width,1.5 m))")
    assert edit_script(a, b).cost == 0


def test_a_batch_is_counted_pair_by_pair_and_added_up() -> None:
    a = parse_rule("if(exist(door)),then(obligation(has(door,handle)))")
    b = parse_rule("if(exist(door)),then(permission(has(door,and(handle,hinge))))")
    counts = false_positives_batch([(a, b), (b, a), (a, a)])
    assert counts == [false_positives(a, b), false_positives(b, a), false_positives(a, a)]
    total = sum_false_positives(counts)
    assert total.positives == total.negatives == counts[0].positives + counts[1].positives
    assert total.positives_by_kind == {"deontic": 2, "logic": 1, "entity": 1}
    assert total.predicted == 2 * a.size + b.size
    assert sum_false_positives([]).positives == 0


def test_large_trees_are_compared_without_recursion() -> None:
    chain = Tree(["root"] + ["and"] * 2000, [1] * 2000 + [0])
    other = Tree(["root", "or"] + ["and"] * 1999, [1] * 2000 + [0])
    script = edit_script(chain, other)
    assert (script.cost, script.kept) == (1, 2000)
