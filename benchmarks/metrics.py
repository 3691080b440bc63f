"""Speed of the metrics against named peers, all in one run; prints Markdown.

    python benchmarks/metrics.py [--corpus FILE] [--pairs 10000]

Times are CPU times, so that another load on the machine does not count.

Pairs are rules of a corpus, or random rules of the same size where none is given. The
tree edit distance starts from parsed Rules; zss from ready-made zss trees.
"""

from __future__ import annotations

import argparse
import platform
import random
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version

import Levenshtein
import zss

from p4ir.corpus.reading import read_corpus
from p4ir.metrics import (
    lrml_precision_recall,
    token_levenshtein,
    tree_edit_distance,
    tree_edit_distances,
)
from p4ir.rules import Node, Rule, RuleBuilder, format_rule, parse_rule

REPEATS = 5
WORDS = "door stair width wall roof 900mm fire rating handle exit and or is has obligation".split()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", help="file with rules to pair; random ones if absent")
    parser.add_argument("--pairs", type=int, default=10_000, help="pairs compared with zss")
    args = parser.parse_args()
    rng = random.Random(0)
    rules = (
        [r.rule for r in read_corpus(args.corpus) if r.rule]
        if args.corpus
        else [random_rule(rng) for _ in range(600)]
    )
    pairs = [(rng.choice(rules), rng.choice(rules)) for _ in range(args.pairs)]
    sizes = [rule.size for rule in rules]
    packages = ", ".join(f"{n} {version(n)}" for n in ("numba", "zss", "rapidfuzz", "levenshtein"))
    print(f"{platform.machine()}, Python {platform.python_version()}, {packages}")
    print(f"{len(rules)} rules of {statistics.mean(sizes):.0f} nodes on average\n")
    tree_edit_distance(*pairs[0])  # compiled, or loaded from its cache
    compare_with_zss(pairs)
    print("| what | median, µs | lowest to highest of five |")
    print("|---|---:|---|")
    some = pairs[:1000]
    row("tree edit distance", lambda: tree_edit_distances(some), len(some))
    row("token Levenshtein (rapidfuzz)", lambda: [token_levenshtein(*p) for p in some], len(some))
    row(
        "token Levenshtein (python-Levenshtein)",
        lambda: [Levenshtein.distance(a.tokens, b.tokens) for a, b in some],
        len(some),
    )
    row("LRML-F1", lambda: [lrml_precision_recall(*p) for p in some[:200]], 200)
    texts = [format_rule(rule) for rule in rules]
    row("parsing compact LRML", lambda: [parse_rule(text) for text in texts], len(texts))
    many = [(rng.choice(rules), rng.choice(rules)) for _ in range(100_000)]
    started = time.process_time()
    tree_edit_distances(many)
    print(f"\n100,000 tree edit distances: {time.process_time() - started:.1f} s on one core")


def compare_with_zss(pairs: list[tuple[Rule, Rule]]) -> None:
    """Compare speed and, on every pair, the distances themselves."""
    ready = [(zss_tree(a.root), zss_tree(b.root)) for a, b in pairs]
    started = time.process_time()
    theirs = [zss.simple_distance(a, b) for a, b in ready]
    theirs_s = time.process_time() - started
    ours_s = statistics.median(timed(lambda: tree_edit_distances(pairs)) for _ in range(REPEATS))
    unequal = sum(a != b for a, b in zip(theirs, tree_edit_distances(pairs), strict=True))
    print(
        f"{len(pairs)} pairs: zss {1e6 * theirs_s / len(pairs):.0f} µs a pair, p4ir "
        f"{1e6 * ours_s / len(pairs):.1f} µs: {theirs_s / ours_s:.0f} times as fast; "
        f"{unequal} distances differ\n"
    )
    if unequal:
        raise SystemExit("the distances differ")


def row(name: str, run: Callable[[], object], count: int) -> None:
    times = sorted(1e6 * timed(run) / count for _ in range(REPEATS))
    print(f"| {name} | {times[REPEATS // 2]:.1f} | {times[0]:.1f} to {times[-1]:.1f} |")


def timed(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


def zss_tree(node: Node) -> zss.Node:
    made = zss.Node(node.tree.words[node.number])
    for child in node.children:
        made.addkid(zss_tree(child))
    return made


def random_rule(rng: random.Random) -> Rule:
    build = RuleBuilder()
    for part in ("if", "then"):
        build.open(part)
        grow(build, rng, rng.randint(4, 18))
        build.close()
    return build.build()


def grow(build: RuleBuilder, rng: random.Random, size: int) -> None:
    while size > 0:
        own = rng.randint(1, size)
        size -= own
        if own == 1:
            build.leaf(rng.choice(WORDS))
        else:
            build.open(rng.choice(WORDS))
            grow(build, rng, own - 1)
            build.close()


if __name__ == "__main__":
    main()
