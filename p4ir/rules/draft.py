"""Drafts: what a model may note before a rule, between `<think>` and `</think>`.

    <think>
    subject: door
    condition: exist door
    requirement: obligation, greater than equal, door's width, 850 mm
    quantities: 850 mm
    </think>

A draft is no part of the rule. Readers blank it out, which leaves the offsets of what
follows as they are.
"""

from __future__ import annotations

import re

from p4ir.rules.kinds import Kind, kind_of
from p4ir.rules.outline import spell
from p4ir.rules.tree import Rule

_DRAFT = re.compile(r"\s*<think>(.*?)</think>", re.DOTALL)
_AMOUNTS: frozenset[Kind] = frozenset({"quantity", "number", "reference"})
_NAMES: frozenset[Kind] = frozenset({"entity", "entity.property"})


def read_draft(text: str) -> str:
    """Return what a completion notes before its rule; empty where there is no draft.

    >>> read_draft("<think>a door</think> if(exist(door)),then(may(open))")
    'a door'
    """
    match = _DRAFT.match(text)
    return match[1].strip() if match else ""


def draft_steps(text: str) -> list[int]:
    r"""Return where each line of a draft ends, the last one where the draft does.

    >>> draft_steps("<think>\na door\nmay\n</think>\nif")
    [15, 19, 27]
    """
    match = _DRAFT.match(text)
    if match is None:
        return []
    lines = re.finditer(r"\S[^\n]*\n", match[1])
    return [*(match.start(1) + line.end() for line in lines), match.end()]


def blank_draft(text: str) -> str:
    r"""Return a completion of the same length and lines without what it notes before its rule.

    >>> blank_draft("<think>\na</think>\nif")
    '       \n         \nif'
    """
    match = _DRAFT.match(text)
    if match is None:
        return text
    return re.sub(r"[^\n]", " ", match[0]) + text[match.end() :]


def write_draft(rule: Rule) -> str:
    """Write the draft of a rule, its last line ended."""
    nodes = list(rule.nodes())
    split = rule.root.children[1].number
    condition, requirement = nodes[2:split], nodes[split + 1 :]
    subject = next((node for node in nodes if kind_of(node) in _NAMES), None)
    lines = {
        "subject": [subject.label.partition(".")[0]] if subject else [],
        "condition": [node.label for node in condition],
        "requirement": [node.label for node in requirement],
        "quantities": [node.label for node in nodes if kind_of(node) in _AMOUNTS],
    }
    said = [f"{name}: {', '.join(map(spell, labels)) or 'none'}" for name, labels in lines.items()]
    return "\n".join(["<think>", *said, "</think>", ""])
