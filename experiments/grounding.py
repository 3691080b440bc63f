"""What grounding says of expert rules, and whether it finds what was planted in them.

    python experiments/grounding.py [CORPUS] [--planted 200] [--seed 1]

First the grades of every node of the corpus' own rules, by kind, and the ids of those
with a number, unit or reference that nothing supports. Then inventions are planted, one
in a rule: a number, a unit, a reference or an entity that a plain search does not find
in the clause. Recall is the share of the planted nodes that are found ungrounded;
precision is the share of planted nodes among all that are found in those rules. No text
of the corpus is printed.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from p4ir.corpus.reading import read_corpus
from p4ir.corpus.records import Record
from p4ir.rules import Rule
from p4ir.rules.grounding import GRADES, ground
from p4ir.rules.kinds import leaf_kind
from p4ir.rules.units import unit_of

DEFAULT = Path(__file__).resolve().parents[1].parent / "shared/data/nzbc_lrml/clauses.csv"
UNITS = "mm m kg kN kPa MPa deg degC percent l m2 mm2 minute h year kg/m2 l/s gauge ha m3".split()
PLANTED = ("number", "unit", "reference", "entity")
TRIES = 200


@dataclass(frozen=True)
class Case:
    """A record's clause with a rule, and the node at which something was planted."""

    kind: str
    rule: Rule
    clause: str
    document: str
    node: int
    record: str
    """The record's id."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--planted", type=int, default=200, help="inventions, a quarter a kind")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    records = [(record, record.rule) for record in read_corpus(args.corpus) if record.rule]
    report_grades(records)
    rng = random.Random(args.seed)
    cases = [plant(kind, records, rng) for kind in PLANTED for _ in range(args.planted // 4)]
    report_planted(cases)


def report_grades(records: list[tuple[Record, Rule]]) -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    exact: list[str] = []
    begin = time.process_time()
    for record, rule in records:
        for node in ground(rule, record.clause, record.document).nodes:
            counts[node.kind][node.grade] += 1
            if node.is_invented:
                exact.append(f"{record.id}:{node.number}")
    spent = (time.process_time() - begin) / len(records)
    print(f"{len(records)} rules, {1000 * spent:.2f} ms of processor time a rule\n")
    print(f"{'kind':16}{'nodes':>7}" + "".join(f"{grade:>12}" for grade in GRADES))
    for kind, grades in counts.items():
        print(f"{kind:16}{grades.total():7}" + "".join(f"{grades[grade]:12}" for grade in GRADES))
    print(f"\nungrounded numbers, units and references (id:node): {' '.join(exact) or 'none'}\n")


def report_planted(cases: list[Case]) -> None:
    found: Counter[str] = Counter()
    total = Counter(case.kind for case in cases)
    others = exact_others = exact_found = 0
    for case in cases:
        grounding = ground(case.rule, case.clause, case.document)
        is_found = grounding.nodes[case.node].grade == "ungrounded"
        found[case.kind] += is_found
        if not is_found:
            print(f"not found: {case.kind} {case.rule.labels[case.node]!r} in {case.record}")
        exact_found += is_found and case.kind != "entity"
        others += sum(node.number != case.node for node in grounding.ungrounded)
        exact_others += sum(node.number != case.node for node in grounding.invented)
    for kind in PLANTED:
        print(f"planted {kind:10} {total[kind]:5}, found {found[kind]:5}")
    print(f"precision among all ungrounded nodes: {share(found.total(), others)}")
    print(f"precision among numbers, units and references: {share(exact_found, exact_others)}")


def share(found: int, others: int) -> str:
    return f"{found}/{found + others} = {found / max(1, found + others):.3f}"


def plant(kind: str, records: list[tuple[Record, Rule]], rng: random.Random) -> Case:
    """Replace one leaf of a random rule by what its clause does not say."""
    for _ in range(TRIES):
        record, rule = rng.choice(records)
        leaves = [node for node in rule.nodes() if node.is_leaf and is_target(kind, node.label)]
        if not leaves:
            continue
        node = rng.choice(leaves)
        label = invent(kind, node.label, record.clause, records, rng)
        if label is None:
            continue
        labels = [*rule.labels[: node.number], label, *rule.labels[node.number + 1 :]]
        planted = Rule(labels, rule.arities)
        return Case(kind, planted, record.clause, record.document or "", node.number, record.id)
    raise SystemExit(f"no place to plant a {kind} in; give a larger corpus")


def is_target(kind: str, label: str) -> bool:
    if kind == "entity":
        return leaf_kind(label) in ("entity", "entity.property")
    return leaf_kind(label) in {
        "number": ("quantity", "number", "quoted"),
        "unit": ("quantity",),
        "reference": ("reference",),
    }[kind] and any(character.isdigit() for character in re.sub(r"\bx\d+", "", label))


def invent(
    kind: str, label: str, clause: str, records: list[tuple[Record, Rule]], rng: random.Random
) -> str | None:
    """Return a label of that kind that a plain search does not find; `None` if this try fails."""
    if kind == "entity":
        other = rng.choice([leaf for leaf in rng.choice(records)[1].nodes() if leaf.is_leaf])
        words = re.findall(r"[A-Z]?[a-z]{3,}", other.label)
        is_entity = leaf_kind(other.label) == "entity" and len(words) > 1
        known = any(word.lower()[:4] in clause.lower() for word in words)
        return other.label if is_entity and not known else None
    digits = list(re.finditer(r"(?<![x\d.])\d+(?:\.\d+)*", label))
    if not digits:
        return None
    match = rng.choice(digits)
    if kind == "unit":
        unit = rng.choice([unit for unit in UNITS if unit != unit_of(label)])
        stands = re.search(rf"{re.escape(match[0])}\D?\s?{unit[0]}", clause)
        return None if stands else f"{match[0]} {unit}"
    levels = match[0].count(".")
    number = ".".join(str(rng.randint(2, 999 if not levels else 19)) for _ in range(levels + 1))
    if re.search(rf"(?<![\d]){re.escape(number)}(?!\d)", clause) or spells(number, clause):
        return None
    return label[: match.start()] + number + label[match.end() :]


def spells(number: str, clause: str) -> bool:
    """Whether a clause may spell a small number or hold it in a range."""
    if not number.isdigit():
        return False
    ends = re.findall(r"(\d+)\D{1,12}(?:to|–|-)\D{1,12}(\d+)", clause)
    return int(number) < 21 or any(int(a) <= int(number) <= int(b) for a, b in ends)


if __name__ == "__main__":
    main()
