"""The rule as a tree: what it accepts, that nothing changes it, and what it is made of."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4ir.errors import RuleError
from p4ir.rules import Node, Rule, RuleBuilder, Tree, parse_rule
from p4ir.rules.tree import MAX_DEPTH, MAX_NODES, is_label, print_brackets
from p4ir.rules.words import in_words, tokens_of
from tests.rules.strategies import rules, tree_of, trees

RULE = parse_rule("if(and(exist(door),is(door.use,escape))),then(obligation(has(door,handle)))")

LABELS = [
    "a",
    "door.width",
    "350 mm",
    "a'b",
    "''",
    "'(,)'",
    "' a '",
    ";",
    "🔥",
    "\u200b",
    "\u202edoor",
    "a\u2028b",
]
NO_LABELS = [
    "",
    " ",
    "a ",
    " a",
    "\u00a0a",
    "a\u3000",
    "a(",
    ")",
    "a,b",
    "'",
    "'a",
    "'a'b",
    "'a''",
    "'a' ",
    "a\nb",
    "a\x00",
    "\x7f",
    "a\x9fb",
    "'\x1b'",
    "\ud800",
    "'\udfff'",
    "\ufffe",
    "a\uffff",
]
NO_TREES = [
    ([], []),
    (["root"], []),
    (["root"], [1]),
    (["root", "a"], [0, 1]),
    (["root", "a"], [2, -1]),
    (["root", "a", "b"], [0, 1, 1]),
    (["root", "a"], [1, 0, 0]),
    (["root", "a", "b"], [1, 0, 0]),
    (["root", "a", "b"], [1, 0, 1]),
]


@pytest.mark.parametrize("label", LABELS)
def test_is_a_label(label: str) -> None:
    assert is_label(label)
    assert Rule(["root", label], [1, 0]).labels[1] == label


@pytest.mark.parametrize("label", NO_LABELS)
def test_is_no_label(label: str) -> None:
    assert not is_label(label)
    with pytest.raises(RuleError, match="cannot be a label"):
        Rule(["root", label], [1, 0])


@given(st.text("a (,)'\x00\n\u00a0\ud800"))
@settings(deadline=None)
def test_labels_are_what_the_definition_says(text: str) -> None:
    quoted = len(text) > 1 and text[0] == text[-1] == "'" and "'" not in text[1:-1]
    plain = not set("(,)") & set(text) and text[:1] not in ("'", "") and text == text.strip()
    assert is_label(text) == ((quoted or plain) and not set("\x00\n\ud800") & set(text))


@pytest.mark.parametrize(("labels", "arities"), NO_TREES)
def test_numbers_of_children_that_describe_no_tree_are_refused(
    labels: list[str], arities: list[int]
) -> None:
    with pytest.raises(RuleError, match="do not describe one tree"):
        Tree(labels, arities)


def test_the_root_of_a_rule_is_called_root() -> None:
    with pytest.raises(RuleError, match="the root of a rule is 'root', not 'x'"):
        Rule(["x", "a"], [1, 0])
    assert Tree(["x", "a"], [1, 0]).labels == ("x", "a")


def test_a_tree_has_at_most_so_many_nodes() -> None:
    assert Tree(["a"] * MAX_NODES, [MAX_NODES - 1] + [0] * (MAX_NODES - 1)).size == MAX_NODES
    with pytest.raises(RuleError, match=f"more than {MAX_NODES} nodes"):
        Tree(["a"] * (MAX_NODES + 1), [MAX_NODES] + [0] * MAX_NODES)


def test_a_rule_is_at_most_so_deep_but_a_tree_as_deep_as_it_is() -> None:
    labels, arities = ["root"] + ["a"] * (MAX_DEPTH - 1), [1] * (MAX_DEPTH - 1) + [0]
    assert Rule(labels, arities).size == MAX_DEPTH
    with pytest.raises(RuleError, match=f"nested more than {MAX_DEPTH} deep"):
        Rule([*labels, "a"], [1, *arities])
    assert Tree([*labels, "a"], [1, *arities]).size == MAX_DEPTH + 1


@pytest.mark.parametrize("name", ["labels", "arities", "_hash", "_words", "_arrays", "new", "size"])
def test_no_attribute_can_be_set_or_deleted(name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(RULE, name, ())
    with pytest.raises(AttributeError):
        delattr(RULE, name)


def test_no_array_can_be_written_to() -> None:
    for array in RULE.arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_lists_that_a_tree_was_made_of_are_not_shared_with_it() -> None:
    labels, arities = ["root", "a"], [1, 0]
    tree = Tree(labels, arities)
    labels[1], arities[1] = "b", 5
    assert (tree.labels, tree.arities) == (("root", "a"), (1, 0))


def test_equal_rules_are_one_in_a_set() -> None:
    again = parse_rule(
        " if ( and(exist(door), is(door.use,escape))), then(obligation(has(door,handle)))"
    )
    assert again == RULE
    assert len({again, RULE, Tree(RULE.labels, RULE.arities)}) == 1


@pytest.mark.parametrize(
    "other",
    [
        "if(a,b),then(c)",
        "if(a(b)),then(c)",
        "if(b,a),then(c)",
        "if(a),then(b,c)",
        "if(A),then(c)",
    ],
)
def test_rules_with_other_labels_order_or_shape_differ(other: str) -> None:
    rule = parse_rule("if(a),then(c)")
    assert parse_rule(other) != rule
    assert rule != print_brackets(rule)
    assert rule != rule.labels


@given(rules())
@settings(max_examples=50, deadline=None)
def test_copies_and_pickles_are_equal_rules(rule: Rule) -> None:
    for again in (copy.copy(rule), copy.deepcopy(rule), pickle.loads(pickle.dumps(rule))):
        assert (again, hash(again), type(again)) == (rule, hash(rule), Rule)


def test_a_pickle_is_compared_rightly_in_another_process() -> None:
    # Hashes of strings differ between processes: a pickle must not carry them along.
    code = (
        "import pickle, sys; from p4ir.rules import parse_rule, format_rule\n"
        "rule = pickle.load(sys.stdin.buffer); again = parse_rule(format_rule(rule))\n"
        "assert rule == again and hash(rule) == hash(again)\n"
        "assert (rule.arrays.labels == again.arrays.labels).all()"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(RULE), env=environment, check=True
    )


def test_nodes_are_reached_from_the_root() -> None:
    condition, conclusion = RULE.root.children
    assert (condition.label, conclusion.label) == ("if", "then")
    assert [node.label for node in condition.children[0].children] == ["exist", "is"]
    assert [node.label for node in conclusion.children[0].children[0].children] == [
        "door",
        "handle",
    ]
    assert conclusion.children[0].children[0].children[1].is_leaf
    assert condition.end == conclusion.number
    assert conclusion.end == RULE.size
    assert Node(RULE, 1) == condition


@given(trees())
@settings(deadline=None)
def test_children_parents_ends_and_order_agree(tree: Tree) -> None:
    parents = tree.parents()
    assert parents[0] == -1
    for node in tree.nodes():
        children = node.children
        assert [child.number for child in children] == [
            number for number, parent in enumerate(parents) if parent == node.number
        ]
        assert node.is_leaf == (not children)
        assert node.end == (children[-1].end if children else node.number + 1)


@given(trees())
@settings(deadline=None)
def test_arrays_are_those_of_zhang_and_shasha(tree: Tree) -> None:
    order: list[int] = []
    leftmost: dict[int, int] = {}

    def visit(node: Node) -> int:
        below = [visit(child) for child in node.children]
        leftmost[node.number] = below[0] if below else len(order)
        order.append(node.number)
        return leftmost[node.number]

    visit(tree.root)
    lefts = [leftmost[number] for number in order]
    highest = [node for node, left in enumerate(lefts) if left not in lefts[node + 1 :]]
    arrays = tree.arrays
    assert arrays.preorder.tolist() == order
    assert arrays.leftmost.tolist() == lefts
    assert arrays.keyroots.tolist() == highest
    assert arrays.labels.tolist() == [hash(in_words(tree.labels[number])) for number in order]
    assert {array.dtype for array in arrays} == {np.dtype(np.int64)}
    assert all(array.flags.c_contiguous for array in arrays)


@given(rules())
@settings(max_examples=100, deadline=None)
def test_words_and_tokens_are_those_of_the_whole_text(rule: Rule) -> None:
    text = in_words(print_brackets(rule))
    assert rule.tokens == tuple(tokens_of(text))
    assert rule.words == tuple(in_words(label) for label in rule.labels)


@given(rules())
@settings(max_examples=50, deadline=None)
def test_a_repr_is_one_line(rule: Rule) -> None:
    assert repr(rule) == f"<Rule {print_brackets(rule)}>"
    assert "\n" not in repr(rule)


def test_a_tree_of_the_root_alone_is_a_tree() -> None:
    tree = Tree(["root"], [0])
    assert (tree.size, tree.tokens, tree.root.children, tree.parents()) == (1, (), [], [-1])
    assert print_brackets(tree) == ""


@pytest.mark.parametrize(
    ("rule", "is_complete"),
    [
        (RULE, True),
        (Rule(["root"], [0]), False),
        (Rule(["root", "if", "then"], [2, 0, 0]), False),
        (Rule(["root", "if", "a", "then"], [2, 1, 0, 0]), False),
        (Rule(["root", "then", "a", "if", "b"], [2, 1, 0, 1, 0]), False),
        (Rule(["root", "if", "a", "then", "b"], [2, 1, 0, 1, 0]), True),
        (Rule(["root", "if", "a", "then", "b", "then", "c"], [3, 1, 0, 1, 0, 1, 0]), False),
    ],
)
def test_a_rule_is_complete_with_one_condition_and_one_conclusion(
    rule: Rule, is_complete: bool
) -> None:
    assert rule.is_complete == is_complete


def test_a_builder_knows_what_is_open() -> None:
    build = RuleBuilder()
    assert (build.depth, build.outermost, build.innermost, build.is_empty) == (0, None, None, True)
    build.open("if", 0, 2).open("not", 3, 3)
    assert (build.depth, build.outermost, build.innermost, build.is_empty) == (2, "if", "not", True)
    assert build.open_labels == ["if", "not"]
    assert build.leaf("a", 7, 1).is_empty is False
    assert build.close().innermost == "if"
    assert build.spans == [(0, 0), (0, 2), (3, 6), (7, 8)]


def test_a_builder_takes_back_an_empty_functor_only() -> None:
    build = RuleBuilder().open("if").leaf("a").open("b").drop()
    assert build.build() == Rule(["root", "if", "a"], [1, 1, 0])
    assert len(build.spans) == 3
    with pytest.raises(RuleError, match="without arguments can be dropped"):
        build.drop()
    with pytest.raises(RuleError, match="dropped"):
        RuleBuilder().drop()
    with pytest.raises(RuleError, match="no open functor"):
        RuleBuilder().close()


def test_a_builder_stops_as_soon_as_a_rule_is_too_deep_or_too_large() -> None:
    build = RuleBuilder()
    for _ in range(MAX_DEPTH - 1):
        build.open("a")
    with pytest.raises(RuleError, match=f"nested more than {MAX_DEPTH} deep"):
        build.leaf("b")
    assert build.build().size == MAX_DEPTH
    build = RuleBuilder().open("if")
    for _ in range(MAX_NODES - 2):
        build.leaf("a")
    with pytest.raises(RuleError, match=f"more than {MAX_NODES} nodes"):
        build.open("b")
    assert build.build().size == MAX_NODES


def test_nested_terms_are_read_in_preorder() -> None:
    assert tree_of(("root", [("a", ["b", ("c", ["d"])]), "e"])).labels == tuple(
        "root a b c d e".split()
    )
