"""How many rules of a corpus a check can decide at all, whatever the facts.

    python experiments/decidable_rules.py CORPUS...

A rule is decided by facts alone, in part by a person (it refers to another document, or states
something beside what it demands), by a person only, or not at all (it says something that has no
meaning to the checker); or it demands nothing.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable

from p4ir.check.formulas import (
    And,
    Arithmetic,
    Compare,
    Defined,
    Each,
    Every,
    Exist,
    Formula,
    Given,
    Not,
    Odd,
    Or,
    Relation,
    Review,
    Some,
    Term,
)  # fmt: skip
from p4ir.check.planning import plan_rule
from p4ir.corpus.reading import read_corpus
from p4ir.rules import Rule


def main() -> None:
    for path in sys.argv[1:]:
        rules = [record.rule for record in read_corpus(path)]
        counts = Counter(map(sort_of, rules))
        print(f"{path}: {len(rules)} rules")
        for sort, count in counts.most_common():
            print(f"  {count:4} {count / len(rules):6.1%}  {sort}")


def sort_of(rule: Rule) -> str:
    """Return how a rule can be decided."""
    plan = plan_rule(rule)
    if plan.silent is not None:
        return f"demands nothing: {plan.silent.code}"
    if plan.broken is not None:
        return f"not understood: {plan.broken.text}"
    demands = {leaf for case in plan.cases for leaf in leaves(case.demand)}
    others = demands | {leaf for case in plan.cases for leaf in leaves(case.condition)}
    if "odd" in others:
        return "holds something that is not understood"
    if demands == {"review"}:
        return "demands what only a person can judge"
    is_shared = "review" in others or any(case.stated for case in plan.cases)
    return "is decided in part by a person" if is_shared else "is decided by facts alone"


def leaves(formula: Formula) -> set[str]:
    """Return the sorts of statements in a formula: fact, review or odd."""
    match formula:
        case And(parts) | Or(parts):
            return set().union(*map(leaves, parts))
        case Not(part) | Each(part=part) | Some(part=part) | Every(part=part):
            return leaves(part)
        case Review():
            return {"review"}
        case Odd():
            return {"odd"}
        case Compare(left=left, right=right) | Relation(subject=left, object=right):
            return {sort_of_term(left), sort_of_term(right)} - {"fact"} or {"fact"}
        case Exist(term):
            return {sort_of_term(term)}


def sort_of_term(term: Term) -> str:
    """Return the sort of a term, the worst of those that define it."""
    match term:
        case Odd():
            return "odd"
        case Given():
            return "review"
        case Defined(terms):
            return worst(map(sort_of_term, terms))
        case Arithmetic(names=names):
            return worst(map(sort_of_term, names.values()))
    return "fact"


def worst(sorts: Iterable[str]) -> str:
    """Return what keeps a term from being a fact."""
    found = set(sorts)
    return next((sort for sort in ("odd", "review") if sort in found), "fact")


if __name__ == "__main__":
    main()
