"""The metrics and rewards against named peers, and as the work grows.

Pairs are rules of a corpus, or made-up rules of the same size where none is given. All
distances start from parsed rules, those of the peers from trees of their own kind; that
all of them give the same numbers is checked. Times are CPU times.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import Levenshtein
import zss
from apted import APTED
from apted.helpers import Tree as AptedTree
from rapidfuzz.distance import Levenshtein as RapidLevenshtein

from benchmarks.frame import REPEATS, Figure, Options, timed
from p4ir.corpus.reading import read_corpus
from p4ir.grpo.rewards import REWARDS
from p4ir.metrics import (
    lrml_precision_recall,
    token_levenshtein,
    tree_edit_distances,
)
from p4ir.metrics.scoring import score
from p4ir.rules import Node, Rule, RuleBuilder, format_rule, parse_rule

TITLE = "Metrics and rewards"
PACKAGES = ("p4ir", "numba", "zss", "apted", "rapidfuzz", "Levenshtein")
WORDS = "door stair width wall roof 900mm fire rating handle exit and or is has obligation".split()
STEP = 16
"""Completions of a step of GRPO: two prompts with eight each."""

Pair = tuple[Rule, Rule]


def measure(options: Options) -> Iterator[Figure]:
    """Yield times a pair, a rule, a step, and of ever more work."""
    rng = random.Random(0)
    compared = options.pairs or options.scaled(200)
    rules = (
        [record.rule for record in read_corpus(options.corpus) if record.rule]
        if options.corpus
        else [random_rule(rng, rng.randint(4, 18)) for _ in range(max(600, 2 * compared))]
    )
    count = max(compared, options.scaled(1000))
    many = [(rng.choice(rules), rng.choice(rules)) for _ in range(count)]
    few = many[:compared]
    yield from tree_distances(many, few)
    yield from token_distances(many)
    yield per("LRML-F1", lambda: [lrml_precision_recall(*pair) for pair in few], len(few))
    texts = [format_rule(rule) for rule in rules[:600]]
    yield per("parsing compact LRML", lambda: [parse_rule(text) for text in texts], len(texts))
    yield from rewards(rules[:STEP], texts[-STEP:])
    yield from growth(options, rng)


def tree_distances(many: list[Pair], few: list[Pair]) -> Iterator[Figure]:
    """Compare speed and, on every pair of the few, the distances themselves."""
    size = sum(rule.size for pair in many for rule in pair) / len(many) / 2
    about = f"{len(many):,} pairs, {size:.0f} nodes on average"
    ours = per("tree edit distance", lambda: tree_edit_distances(many), len(many), about)
    yield ours
    yield held_against("zss", few, as_zss, zss.simple_distance, ours)
    yield held_against("apted", few, as_apted, apted_distance, ours)


def held_against(
    peer: str,
    pairs: list[Pair],
    convert: Callable[[Node], Any],
    distance: Callable[[Any, Any], float],
    ours: Figure,
) -> Figure:
    """Time a peer on trees of its own kind, made before; stop unless it finds our distances."""
    trees = [(convert(a.root), convert(b.root)) for a, b in pairs]
    found: list[float] = []

    def run() -> None:
        found[:] = [distance(*pair) for pair in trees]

    repeats = REPEATS if len(pairs) <= 1000 else 1
    figure = per(f"tree edit distance: {peer}", run, len(pairs), repeats=repeats)
    same(peer, list(tree_edit_distances(pairs)), found)
    times = f"{figure.median / ours.median:,.0f} times as long as ours"
    return replace(figure, note=f"{times}; the same distance for each of {len(pairs):,} pairs")


def token_distances(many: list[Pair]) -> Iterator[Figure]:
    """Compare speed and distances over tokens."""
    tokens = [(a.tokens, b.tokens) for a, b in many]
    ours = [token_levenshtein(*pair) for pair in many]
    same("rapidfuzz", ours, [RapidLevenshtein.distance(*pair) for pair in tokens])
    same("python-Levenshtein", ours, [Levenshtein.distance(*pair) for pair in tokens])
    runs = {
        "": lambda: [token_levenshtein(*pair) for pair in many],
        ": rapidfuzz": lambda: [RapidLevenshtein.distance(*pair) for pair in tokens],
        ": python-Levenshtein": lambda: [Levenshtein.distance(*pair) for pair in tokens],
    }
    for peer, run in runs.items():
        yield per(f"token Levenshtein{peer}", run, len(many))


def rewards(references: list[Rule], completions: list[str]) -> Iterator[Figure]:
    """Yield what the rewards of one step cost."""
    columns = {
        "notation": ["lrml"] * len(completions),
        "reference": [format_rule(rule) for rule in references],
        "clause": ["A door shall have a handle no higher than 900 mm."] * len(completions),
    }

    def step() -> None:
        for reward in REWARDS.values():
            reward(completions=completions, **columns)

    note = f"{len(completions)} completions, all {len(REWARDS)} rewards"
    yield timed("rewards of a step of GRPO", step, unit="ms", clock="cpu", note=note)


def growth(options: Options, rng: random.Random) -> Iterator[Figure]:
    """Yield times as rules and corpora grow."""
    for nodes in (10, 100, 1000):
        pair = random_rule(rng, nodes // 2), random_rule(rng, nodes // 2)
        size = (pair[0].size + pair[1].size) // 2
        name = f"tree edit distance, {size:,} nodes"
        repeated = max(1, 1000 // nodes)
        run = partial(tree_edit_distances, [pair] * repeated)
        yield timed(name, run, per=repeated, unit="ms", clock="cpu")
    rules = [random_rule(rng, rng.randint(4, 18)) for _ in range(100)]
    texts = [format_rule(rule) for rule in rules]
    for clauses in (10, 100, 1000, 10_000, 100_000):
        count = options.scaled(clauses)
        pairs = [(rng.choice(texts), rng.choice(rules)) for _ in range(count)]
        run = partial(score_all, pairs)
        repeats = REPEATS if clauses < 100_000 else 1
        yield timed(f"scoring {count:,} clauses", run, repeats=repeats, clock="cpu")


def score_all(pairs: list[tuple[str, Rule]]) -> None:
    """Score predictions, as texts, against rules."""
    for prediction, reference in pairs:
        score(prediction, reference)


def per(
    what: str, run: Callable[[], object], count: int, note: str = "", repeats: int = REPEATS
) -> Figure:
    """Measure the time for each of the things that a call does."""
    return timed(what, run, per=count, unit="µs", repeats=repeats, clock="cpu", note=note)


def same(peer: str, ours: list[int], theirs: list[float]) -> None:
    """Stop where a peer comes to other distances."""
    unequal = sum(a != b for a, b in zip(ours, theirs, strict=True))
    if unequal:
        raise SystemExit(f"{unequal} of {len(ours)} distances differ from those of {peer}")


def as_zss(node: Node) -> zss.Node:
    """Return a node and what is below it as zss has it."""
    made = zss.Node(node.tree.words[node.number])
    for child in node.children:
        made.addkid(as_zss(child))
    return made


def apted_distance(a: AptedTree, b: AptedTree) -> float:
    """Return the distance of two trees of apted's."""
    return APTED(a, b).compute_edit_distance()


def as_apted(node: Node) -> AptedTree:
    """Return a node and what is below it as apted has it."""
    return AptedTree(node.tree.words[node.number], *map(as_apted, node.children))


def random_rule(rng: random.Random, size: int) -> Rule:
    """Make up a rule with so many nodes in each of its halves."""
    build = RuleBuilder()
    for part in ("if", "then"):
        build.open(part)
        grow(build, rng, size)
        build.close()
    return build.build()


def grow(build: RuleBuilder, rng: random.Random, size: int) -> None:
    """Add arguments with so many nodes in all."""
    while size > 0:
        own = rng.randint(1, min(size, 20))
        size -= own
        if own == 1:
            build.leaf(rng.choice(WORDS))
        else:
            build.open(rng.choice(WORDS))
            grow(build, rng, own - 1)
            build.close()
