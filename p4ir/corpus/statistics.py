"""What a corpus holds: sizes, lengths, topics, vocabulary and functors."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from p4ir.corpus.likeness import words_of
from p4ir.corpus.no_requirement import is_no_requirement
from p4ir.corpus.records import Record
from p4ir.rules import Rule
from p4ir.rules.kinds import KINDS, kind_of

SHOWN = 12
NO_REQUIREMENT = "no requirement"


class Spread(NamedTuple):
    """How large a quantity is over the records of a corpus."""

    smallest: int
    median: float
    mean: float
    largest: int


@dataclass(frozen=True, kw_only=True)
class CorpusStatistics:
    """Counts of a corpus. Dicts go from the most to the least frequent."""

    records: int
    splits: dict[str, int]
    holdouts: dict[str, int]
    """Test records by why they are held out; empty where none says so."""
    documents: dict[str, int]
    jurisdictions: dict[str, int]
    topics: dict[str, int]
    clause_words: Spread | None
    """Words per clause."""
    rule_nodes: Spread | None
    """Nodes per rule, the root included."""
    rule_depth: Spread | None
    """Functors around the deepest label, `if` and `then` included."""
    conclusions: dict[str, int]
    """Rules by their deontics: `obligation`, `permission`, both, `none`, `no requirement`."""
    functors: dict[str, int]
    leaves: dict[str, int]
    """Leaves by kind."""
    entities: int
    """Distinct names of entities, those before a dot included."""
    properties: int
    """Distinct names after a dot."""
    words: int
    """Distinct words of clauses without a digit."""
    unseen: dict[str, float]
    """Split other than `train` to the share of its distinct labels that `train` lacks."""


def corpus_statistics(records: Sequence[Record]) -> CorpusStatistics:
    """Count what a corpus holds. Records without a rule count for their clause only."""
    rules = [record.rule for record in records if record.rule is not None]
    nodes = [node for rule in rules for node in rule.nodes() if node.number]
    leaves = [node for node in nodes if node.is_leaf]
    names = [n.label.split(".") for n in leaves if kind_of(n) in ("entity", "entity.property")]
    words = [words_of(record.clause) for record in records]
    return CorpusStatistics(
        records=len(records),
        splits=_count(record.split for record in records),
        holdouts=_count(record.holdout for record in records if record.holdout),
        documents=_count(record.document for record in records),
        jurisdictions=_count(record.jurisdiction for record in records),
        topics=_count(record.topic for record in records),
        clause_words=_spread([len(clause) for clause in words]),
        rule_nodes=_spread([rule.size for rule in rules]),
        rule_depth=_spread([_depth(rule) for rule in rules]),
        conclusions=_count(_conclusion(rule) for rule in rules),
        functors=_count(node.label for node in nodes if not node.is_leaf),
        leaves=_count(kind for leaf in leaves if (kind := kind_of(leaf)) in KINDS),
        entities=len({name[0] for name in names}),
        properties=len({name[1] for name in names if len(name) > 1}),
        words=len({w.strip(".") for clause in words for w in clause if not _has_digit(w)}),
        unseen=_unseen(records),
    )


def to_object(counted: CorpusStatistics) -> dict[str, Any]:
    """Return statistics as the dicts and lists of their JSON form."""
    return {
        name: value._asdict() if isinstance(value, Spread) else value
        for name, value in asdict(counted).items()
    }


def format_statistics(counted: CorpusStatistics) -> str:
    """Write statistics as a few lines of text; long counts show their largest."""
    lines = []
    for name, value in vars(counted).items():
        if isinstance(value, Spread):
            text = (
                f"{value.smallest} to {value.largest}, median {value.median:g}, "
                f"mean {value.mean:.1f}"
            )
        elif isinstance(value, dict):
            text = _format_counts(name, value)
        else:
            text = "none" if value is None else str(value)
        lines.append(f"{name.replace('_', ' '):<14}{text}")
    return "\n".join(lines)


def _format_counts(name: str, counts: dict[str, Any]) -> str:
    if not counts:
        return "none"
    if name == "unseen":
        return ", ".join(f"{key} {share:.0%}" for key, share in counts.items())
    shown = ", ".join(f"{key} {count}" for key, count in list(counts.items())[:SHOWN])
    left = len(counts) - SHOWN
    return f"{len(counts)}: {shown}" + (f", and {left} more" if left > 0 else "")


def _count(values: Any) -> dict[str, int]:
    return dict(Counter(value or "(none)" for value in values).most_common())


def _spread(values: list[int]) -> Spread | None:
    if not values:
        return None
    return Spread(min(values), statistics.median(values), statistics.mean(values), max(values))


def _depth(rule: Rule) -> int:
    depths: list[int] = []
    for parent in rule.parents():
        depths.append(depths[parent] + 1 if parent >= 0 else 0)
    return max(depths) - 1


def _conclusion(rule: Rule) -> str:
    if is_no_requirement(rule):
        return NO_REQUIREMENT
    deontics = [label for label in rule.labels if label in ("obligation", "permission")]
    return " and ".join(dict.fromkeys(deontics)) or "none"


def _unseen(records: Sequence[Record]) -> dict[str, float]:
    labels: dict[str, set[str]] = {}
    for record in records:
        if record.rule is not None:
            labels.setdefault(record.split or "(none)", set()).update(record.rule.labels[1:])
    seen = labels.pop("train", None)
    if seen is None:
        return {}
    return {split: len(own - seen) / len(own) for split, own in labels.items()}


def _has_digit(word: str) -> bool:
    return any(char.isdigit() for char in word)
