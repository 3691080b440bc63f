"""Where a rule and its clause say different things, in lines for the one who checks the rule."""

from __future__ import annotations

from p4ir.rules.bounds import turned_bounds
from p4ir.rules.grounding import GroundedNode, Grounding, ground
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
                *(
                    f"{clause[start:end]}: the clause does not tell whether this is one measure"
                    for start, end in grounding.unclear
                ),
                *turned_bounds(rule, clause, grounding),
            ]
        )
    )


def misstates(rule: Rule, clause: str) -> bool:
    """Say whether a rule makes up or leaves out an amount of a clause, or turns a bound round.

    References do not count: clauses seldom say which document they are to.

    >>> from p4ir.rules import parse_rule
    >>> clause = "Guards shall be at least 1.1 m high where the drop exceeds 1 m."
    >>> text = "if(greaterThan(drop,1 m)),then(obligation(greaterThanEqual(guard.height,{})))"
    >>> [misstates(parse_rule(text.format(amount)), clause) for amount in ("1 m", "1.1 m")]
    [True, False]
    """
    grounding = ground(rule, clause)
    is_made_up = any(node.kind in ("quantity", "number") for node in grounding.invented)
    return is_made_up or bool(grounding.unused or turned_bounds(rule, clause, grounding))


def _invented(node: GroundedNode) -> str:
    note = node.note or "not in the clause"
    return note if note.startswith(node.label) else f"{node.label}: {note}"
