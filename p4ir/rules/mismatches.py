"""Where a rule and its clause say different things, in lines for the one who checks the rule."""

from __future__ import annotations

from p4ir.rules.bounds import turned_bounds
from p4ir.rules.grounding import GroundedNode, Grounding
from p4ir.rules.tree import Rule


def mismatches(rule: Rule, clause: str, grounding: Grounding) -> tuple[str, ...]:
    """Return what of numbers, units, references and bounds differs between rule and clause.

    Args:
        rule: the rule.
        clause: the text that it is to represent.
        grounding: of the one in the other.

    >>> from p4ir.rules import parse_rule
    >>> from p4ir.rules.grounding import ground
    >>> clause = "Guards shall be at least 1.1 m high."
    >>> rule = parse_rule("if(exist(guard)),then(obligation(lessThan(guard.height,1 m)))")
    >>> mismatches(rule, clause, ground(rule, clause))
    ('1 m not in the clause', '1.1 m: in the clause, but no part of the rule takes it up')
    """
    return tuple(
        dict.fromkeys(
            [
                *(_invented(node) for node in grounding.invented),
                *(
                    f"{clause[start:end]}: in the clause, but no part of the rule takes it up"
                    for start, end in grounding.unused
                ),
                *turned_bounds(rule, clause, grounding),
            ]
        )
    )


def _invented(node: GroundedNode) -> str:
    note = node.note or "not in the clause"
    return note if note.startswith(node.label) else f"{node.label}: {note}"
