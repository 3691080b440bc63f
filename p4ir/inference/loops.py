"""Small models repeat themselves; a text is helped out of a loop, and in the end stopped."""

from __future__ import annotations

from collections.abc import Sequence

PERIODS = range(4, 64)
"""Lengths of a block, in tokens; shorter loops repeat as multiples."""
MOST = 4
"""Times that a text is helped out of a loop before it is stopped."""


class LoopBreaker:
    """Watches one text for blocks of tokens written twice in a row."""

    def __init__(self) -> None:
        self._times = 0
        self.kept: int | None = None
        """Tokens to keep of a text that is to be stopped: the last copy is left out."""

    def forbidden(self, tokens: Sequence[int]) -> set[int]:
        """Return tokens that would begin a third copy of a block."""
        periods = _periods(tokens)
        if periods:
            self._times += 1
            if self._times == MOST:
                self.kept = len(tokens) - periods[0]
        return {tokens[-period] for period in periods}


def _periods(tokens: Sequence[int]) -> list[int]:
    """Return the lengths of the blocks that the text ends with twice."""
    count = len(tokens)
    longest = min(PERIODS.stop - 1, count // 2)
    return [
        period
        for period in range(PERIODS.start, longest + 1)
        if tokens[-1] == tokens[-1 - period]
        and tokens[count - period :] == tokens[count - 2 * period : count - period]
    ]
