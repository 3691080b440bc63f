"""How long generating takes, whether all is valid, and how far it is from written corpora.

    python experiments/generated_corpus.py --n 50000 --seed 0 data/corpus CLAUSES.csv

Distances are Jensen-Shannon divergences in bits (0 alike, 1 nothing in common) between the
distributions of words per clause (bins of 5), nodes per rule (bins of 4), depths and functors.
"""

import argparse
import math
import time
from collections import Counter

from p4ir.corpus import Record, read_corpus
from p4ir.corpus.conventions import broken_conventions
from p4ir.corpus.generation import generate
from p4ir.corpus.likeness import masked_words
from p4ir.corpus.no_requirement import is_no_requirement
from p4ir.rules.grounding import ground
from p4ir.rules.lint import lint

HEADS = ("if", "then")


def count_features(records: list[Record]) -> dict[str, Counter]:
    """Return what is compared, each a distribution."""
    counts: dict[str, Counter] = {
        name: Counter() for name in ("words", "nodes", "depths", "functors")
    }
    for record in records:
        rule = record.rule
        depths = [0]
        for parent in rule.parents()[1:]:
            depths.append(depths[parent] + 1)
        counts["words"][len(record.clause.split()) // 5] += 1
        counts["nodes"][rule.size // 4] += 1
        counts["depths"][max(depths) - 1] += 1
        counts["functors"].update(
            label
            for label, arity in zip(rule.labels[1:], rule.arities[1:], strict=True)
            if arity and label not in HEADS
        )
    return counts


def divergence(ones: Counter, others: Counter) -> float:
    """Return the Jensen-Shannon divergence of two distributions in bits."""
    total = 0.0
    for key in ones | others:
        p, q = ones[key] / ones.total(), others[key] / others.total()
        middle = (p + q) / 2
        total += sum(x * math.log2(x / middle) for x in (p, q) if x) / 2
    return total


def find_faults(pairs: list) -> list[str]:
    """Return what is wrong with generated pairs, which should be nothing."""
    faults = []
    for record, derived in pairs:
        found = [warning.message for warning in lint(record.rule)]
        if not is_no_requirement(record.rule):
            found += broken_conventions(record.rule)
            nodes = ground(record.rule, record.clause).ungrounded
            found += [node.note for node in nodes if node.label not in derived]
        faults += [f"{record.id}: {fault}" for fault in found]
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpora", nargs="*", help="written corpora to compare with")
    parser.add_argument("--n", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    started = time.process_time()
    pairs = list(generate(args.n, args.seed))
    print(f"{len(pairs)} pairs in {time.process_time() - started:.0f} s of one core")
    clauses = {masked_words(record.clause) for record, _ in pairs}
    print(f"{len(pairs) - len(clauses)} that another repeats but for its numbers")
    faults = find_faults(pairs)
    print(f"{len(faults)} findings of lint, conventions and grounding")
    print(*faults[:10], sep="\n")
    counts = count_features([record for record, _ in pairs])
    names = {
        label.split(".")[0]
        for record, _ in pairs
        for label, arity in zip(record.rule.labels, record.rule.arities, strict=True)
        if not arity and label[0].islower() and "_" not in label
    }
    print(f"{len(names)} names of entities and values, {len(counts['functors'])} functors")
    for path in args.corpora:
        others = count_features(read_corpus(path))
        distances = {name: divergence(counts[name], others[name]) for name in counts}
        print(path, *(f"{name} {value:.3f}" for name, value in distances.items()))


if __name__ == "__main__":
    main()
