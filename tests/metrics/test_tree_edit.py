import random

import numpy as np
import pytest
import zss
from hypothesis import given, settings

from p4ir.errors import RuleError
from p4ir.metrics import (
    normalized_tree_edit_distance,
    tree_edit_distance,
    tree_edit_distances,
)
from p4ir.rules import Node, RuleBuilder, Tree, parse_rule
from tests.rules.strategies import random_rule, rules
from tests.shared_data import development_texts, needs_shared


def zss_tree(node: Node) -> zss.Node:
    made = zss.Node(node.tree.words[node.number])
    for child in node.children:
        made.addkid(zss_tree(child))
    return made


def zss_distance(a: Tree, b: Tree) -> int:
    # Costs spelled out: by default zss inserts a label without words (`__`) for nothing.
    return int(
        zss.distance(
            zss_tree(a.root),
            zss_tree(b.root),
            zss.Node.get_children,
            insert_cost=lambda _: 1,
            remove_cost=lambda _: 1,
            update_cost=lambda x, y: int(x.label != y.label),
        )
    )


BASE = "if(exist(door)),then(obligation(has(door,handle)))"


@pytest.mark.parametrize(
    ("other", "distance"),
    [
        (BASE, 0),
        ("if(exist(door)),then(permission(has(door,handle)))", 1),  # one relabelled
        ("if(exist(door)),then(obligation(has(door)))", 1),  # a leaf less
        ("if(exist(door)),then(has(door,handle))", 1),  # a node between less
        ("if(exist(door)),then(obligation(not(has(door,handle))))", 1),  # a node between more
        ("if(exist(door)),then(obligation(has(handle,door)))", 2),  # order counts
        ("if(exist(Door)),then(obligation(has( door, handle )))", 0),  # compared in words
        ("if(exist(fireDoor)),then(obligation(has(fire door,handle)))", 2),
    ],
)
def test_distances_that_can_be_counted_by_hand(other, distance):
    assert tree_edit_distance(parse_rule(BASE), parse_rule(other)) == distance


def test_the_root_counts_in_the_size_and_the_larger_tree_normalizes():
    small, large = parse_rule("if(a),then(b)"), parse_rule("if(a),then(b(c,d))")
    assert (small.size, large.size) == (5, 7)
    assert normalized_tree_edit_distance(small, large) == 2 / 7


def test_equal_to_zss_on_random_rules():
    rng = random.Random(1)
    for _ in range(300):
        a, b = random_rule(rng), random_rule(rng)
        assert tree_edit_distance(a, b) == zss_distance(a, b)


@needs_shared
def test_equal_to_zss_on_published_rules():
    rules_ = [parse_rule(text) for text in development_texts()]
    rng = random.Random(2)
    for _ in range(60):
        a, b = rng.sample(rules_, 2)
        assert tree_edit_distance(a, b) == zss_distance(a, b)


@settings(max_examples=100, deadline=None)
@given(rules(), rules(), rules())
def test_it_is_a_metric(a, b, c):
    assert tree_edit_distance(a, a) == 0
    assert tree_edit_distance(a, b) == tree_edit_distance(b, a)
    assert tree_edit_distance(a, c) <= tree_edit_distance(a, b) + tree_edit_distance(b, c)
    assert (tree_edit_distance(a, b) == 0) == (a.words == b.words and a.arities == b.arities)
    assert abs(a.size - b.size) <= tree_edit_distance(a, b) <= a.size + b.size - 2


def test_many_pairs_at_once_are_the_same_one_by_one():
    rng = random.Random(3)
    pairs = [(random_rule(rng), random_rule(rng)) for _ in range(20)]
    distances = tree_edit_distances(pairs)
    assert distances.dtype == np.int64
    assert distances.tolist() == [tree_edit_distance(a, b) for a, b in pairs]
    assert tree_edit_distances([]).shape == (0,)


def test_trees_that_memory_cannot_hold_are_refused():
    build = RuleBuilder().open("if").open("and")
    for number in range(9_000):
        build.leaf(f"a{number}")
    huge = build.close().close().open("then").leaf("b").build()
    with pytest.raises(RuleError):
        tree_edit_distance(huge, huge)
