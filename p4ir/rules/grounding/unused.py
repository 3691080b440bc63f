"""Numbers of a clause that no node of its rule takes up.

They are as suspicious as numbers that a rule made up: `1.1 m` of the clause is lost where the
rule says `1 m`, and each word of the rule may stand in the clause all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from p4ir.rules.grounding.amounts import is_amount
from p4ir.rules.grounding.numerals import Number
from p4ir.rules.grounding.prose import Prose
from p4ir.rules.grounding.support import Span
from p4ir.rules.grounding.tolerances import half_taken
from p4ir.rules.units import Quantity

_IDLE = ("one", "once", "single", "both", "double")
"""Words for numbers that seldom count anything."""
_KNOWN = re.compile(r"\b(?:the|these|those|their) $", re.IGNORECASE)
"""What stands before `two` where it counts what has been named."""
_BRACKET = re.compile(r"\.?\s*[(\[]\s*(?:(?:about|approx\w*\.?|i\.e\.)\s+)?")
_CLOSING = re.compile(r"\.?\s*[)\]]")
_EDITION = re.compile(r"\((?:19|20)\d\d\)")
"""The year of a standard, `NZS 3604 (2011)`, or of an Act."""


def unused_numbers(prose: Prose, taken: Sequence[Span]) -> tuple[Span, ...]:
    """Return where a clause measures or counts something that nothing takes up, in order.

    What numbers the clause, a table or a standard does not count, nor do words such as `both`, an
    amount that the rule has from elsewhere in the clause, the year of an edition in brackets, or
    one that is said twice, the second time in brackets: `10° (1:6)`, `36 inches (914 mm)`.

    Args:
        prose: the clause.
        taken: what supports the labels of the rule, of each label once.
    """
    names = [(n.start, n.end) for names in prose.names.values() for n in names if n.is_certain]
    # What supports `person` may be the unit of `50 people`: the digits have to be taken.
    used = [
        number
        for number in prose.numbers
        if any(start <= number.start < end for start, end in [*taken, *names])
    ]
    starts = {number.start for number in used}
    amounts = [Quantity(number.value, number.unit) for number in used]
    unused = [
        (number.start, number.end)
        for number in _outermost(prose.numbers, taken)
        if number.start not in starts
        and not _is_idle(prose.text, number)
        and not any(is_amount(number, amount) for amount in amounts)
        and not _says_again(prose.text, number, used)
    ]
    return tuple(sorted({*unused, *half_taken(prose.tolerances, taken)}))


def _outermost(numbers: Iterable[Number], taken: Sequence[Span]) -> list[Number]:
    """Return numbers in order, without those inside another.

    Each is in its longest reading among those that are taken as a whole, if any is: of
    `900 mm ± 5 mm`, whose 900 mm are taken, the 5 mm are a number too.
    """

    def rank(number: Number) -> tuple[int, bool, int]:
        is_whole = any(start <= number.start and number.end <= end for start, end in taken)
        return number.start, not is_whole, -number.end

    found: list[Number] = []
    for number in sorted(numbers, key=rank):
        if not found or number.start >= found[-1].end:
            found.append(number)
    return found


def _is_idle(text: str, number: Number) -> bool:
    word = text[number.start : number.end].lower()
    is_known = word == "two" and bool(_KNOWN.search(text, 0, number.start))
    is_year = _EDITION.match(text, max(0, number.start - 1))
    return is_known or bool(is_year) or (word in _IDLE and not number.unit)


def _says_again(text: str, number: Number, used: Sequence[Number]) -> bool:
    """Whether a number and one that is used say the same, the second of the two in brackets."""
    pairs = [(number, other) for other in used] + [(other, number) for other in used]
    return any(
        _BRACKET.fullmatch(text, first.end, second.start) and _CLOSING.match(text, second.end)
        for first, second in pairs
        if first.end < second.start
    )
