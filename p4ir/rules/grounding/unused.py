"""Numbers of a clause that no node of its rule takes up.

They are as suspicious as numbers that a rule made up: `1.1 m` of the clause is lost where the
rule says `1 m`, and each word of the rule may stand in the clause all the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from p4ir.rules.grounding.numerals import Number
from p4ir.rules.grounding.prose import Prose
from p4ir.rules.grounding.support import Span

_IDLE = ("one", "once", "single", "both")
"""Words for numbers that seldom count anything."""


def unused_numbers(prose: Prose, taken: Sequence[Span]) -> tuple[Span, ...]:
    """Return where a clause measures or counts something that nothing takes up, in order.

    What numbers the clause, a table or a standard does not count, nor do `one` and `both`, an
    amount that the rule has from elsewhere in the clause, or one that says the one before it
    again, in brackets: `10° (1:6)`.

    Args:
        prose: the clause.
        taken: what supports nodes of the rule.
    """
    names = [(n.start, n.end) for names in prose.names.values() for n in names if n.is_certain]
    used, unused = list[Number](), list[Number]()
    for number in sorted(prose.numbers, key=lambda number: number.start):
        # What supports `person` may be the unit of `50 people`.
        is_taken = any(start <= number.start < end for start, end in [*taken, *names])
        (used if is_taken else unused).append(number)
    amounts = {(number.value, number.unit) for number in used}
    ends = {number.end for number in used}
    return tuple(
        dict.fromkeys(
            (number.start, number.end)
            for number in unused
            if (number.value, number.unit) not in amounts
            and prose.text[number.start : number.end].lower().split()[0] not in _IDLE
            and not _says_again(prose.text, number, ends)
        )
    )


def _says_again(text: str, number: Number, ends: set[int]) -> bool:
    opening = text[: number.start].rstrip()
    is_alone = opening.endswith("(") and text[number.end :].lstrip().startswith(")")
    return is_alone and len(opening[:-1].rstrip()) in ends
