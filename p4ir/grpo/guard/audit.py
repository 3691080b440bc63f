"""What the training clauses show before anything is trained, without a model.

The damage that narrow training does begins with its data: few prompts, one many times,
rules that say what their clause does not, clauses about people.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

from p4ir.corpus.likeness import like_pairs
from p4ir.corpus.records import Record
from p4ir.errors import RuleError
from p4ir.grpo.guard.findings import Finding, share_finding
from p4ir.grpo.guard.options import GuardOptions
from p4ir.grpo.guard.people import about_people
from p4ir.metrics import normalized_tree_edit_distance
from p4ir.rules import Rule, format_rule
from p4ir.rules.grounding import ground

_SAME = 0.95
"""Likeness, numbers masked, from which two clauses ask for like rules."""
_UNLIKE = 0.2
"""nTED from which the rules of such clauses are in conflict; another number gives less."""
_MOSTLY = 0.5
"""Share of a rule's leaves that its clause has to support."""


def audit(records: Sequence[Record], probes: Sequence[str], options: GuardOptions) -> list[Finding]:
    """Return what is odd about the clauses to train on.

    Args:
        records: the training clauses.
        probes: the clauses and questions that may not be among them.
        options: the limits.
    """
    normal = [normal_text(record.clause) for record in records]
    n, asked = len(records), {normal_text(probe) for probe in probes}
    ids = [record.id for record in records]
    leaked = [name for name, text in zip(ids, normal, strict=True) if text in asked]
    found = (
        *_few(normal, options),
        *_repeated(normal, ids, options),
        *share_finding("conflicting_rules", _conflicts(records, normal), n, options.max_conflicts),
        *share_finding("ungrounded_rules", _ungrounded(records), n, options.max_ungrounded),
        *share_finding("people", _people(records), n, options.max_people),
        *share_finding("leaked_probes", leaked, n, 0.0),
    )
    return list(found)


def normal_text(clause: str) -> str:
    """Return a clause as it is compared: white space and case do not count."""
    return " ".join(clause.lower().split())


def row_digests(records: Sequence[Record]) -> list[tuple[str, str]]:
    """Return SHA-256 and id of each row; the hash is of clause and compact rule, a line each."""
    return [(_digest(f"{each.clause}\n{_text(each)}\n"), each.id) for each in records]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _text(record: Record) -> str:
    return format_rule(record.rule) if record.rule else ""


def _few(normal: Sequence[str], options: GuardOptions) -> list[Finding]:
    different = len(set(normal))
    if different >= options.min_prompts:
        return []
    return [
        Finding(
            check="few_prompts",
            level="refuse",
            message=f"{different} different clauses, limit {options.min_prompts}",
        )
    ]


def _repeated(normal: Sequence[str], ids: Sequence[str], options: GuardOptions) -> list[Finding]:
    text, most = Counter(normal).most_common(1)[0]
    if most == 1 or most <= options.max_repeats * len(normal):
        return []
    same = [name for name, each in zip(ids, normal, strict=True) if each == text]
    return share_finding("repeated_prompts", same, len(normal), options.max_repeats)


def _conflicts(records: Sequence[Record], normal: Sequence[str]) -> list[str]:
    rows: set[int] = set()
    for first, second, _ in like_pairs(normal, normal, _SAME):
        a, b = records[first].rule, records[second].rule
        if first >= second or a is None or b is None or a == b:
            continue
        if normal[first] == normal[second] or _are_unlike(a, b):
            rows |= {first, second}
    return [records[row].id for row in sorted(rows)]


def _are_unlike(a: Rule, b: Rule) -> bool:
    try:
        return normalized_tree_edit_distance(a, b) > _UNLIKE
    except RuleError:  # too large to be compared
        return True


def _ungrounded(records: Sequence[Record]) -> list[str]:
    names = []
    for record in records:
        if record.rule is None:
            continue
        grounding = ground(record.rule, record.clause, record.document)
        if grounding.invented or grounding.share < _MOSTLY:
            names.append(record.id)
    return names


def _people(records: Sequence[Record]) -> list[str]:
    return [record.id for record in records if about_people(record.clause, record.rule)]
