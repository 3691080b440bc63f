"""Constrained decoding: only tokens after which a text can still become a rule.

The engine is llguidance, over the grammars of `p4ir.rules.grammar`. A model that knows
its notation hardly ever leaves it, so that first the token that it chose is looked at, in
microseconds, and all the others only where that one is not allowed: the choice is the
same.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from p4ir.errors import ModelError
from p4ir.rules.grammar import grammar_of

if TYPE_CHECKING:
    import torch

_MOST_CLOSERS = 500
_LETTER_ENDS = (b"\x80", b"\x90", b"\xa0", b"\xbf")
"""One of them completes any character of which some bytes are written already."""


_Closer = tuple[list[int], list[int]]
"""Tokens to write, and tokens that could stand only where that is meant."""


class Constraint:
    """A notation's grammar over the tokens of a tokenizer.

    Args:
        tokenizer: A fast tokenizer of transformers.
        notation: The notation in which rules are to be written.
        ends: Tokens that end a text.

    Raises:
        NotationError: the notation has no grammar.
        ModelError: the tokenizer is of a kind that the engine cannot read.
    """

    def __init__(self, tokenizer: Any, notation: str, ends: Sequence[int]) -> None:
        from llguidance import LLMatcher

        grammar = grammar_of(notation)
        self._ends = frozenset(ends)
        self._engine = _read_tokenizer(tokenizer, tuple(ends))
        self._start = LLMatcher(
            self._engine, LLMatcher.grammar_from_lark(grammar.text), log_level=0
        )
        assert not self._start.is_error(), self._start.get_error()
        closers = [(c.text.encode(), c.where.encode()) for c in grammar.closers]
        closers += [(end, b"") for end in _LETTER_ENDS]
        encode = self._engine.tokenize_bytes
        self._closers = [(encode(text), encode(where)) for text, where in closers]

    def start(self) -> Guide:
        """Return the guide of a new text."""
        return Guide(self._engine, self._start.deep_copy(), self._closers, self._ends)


class Guide:
    """How far one text has come in the grammar."""

    def __init__(
        self, engine: Any, matcher: Any, closers: list[_Closer], ends: frozenset[int]
    ) -> None:
        self._engine, self._matcher, self._closers, self._ends = engine, matcher, closers, ends

    def fork(self) -> Guide:
        """Return the guide of a text that has come as far and may go on otherwise."""
        return Guide(self._engine, self._matcher.deep_copy(), self._closers, self._ends)

    def allows(self, token: int) -> bool:
        """Say whether a token may come next."""
        if token in self._ends:
            # Where nothing but the end can follow, the engine has stopped and denies even that.
            return bool(self._matcher.is_accepting())
        return bool(self._matcher.validate_tokens([token]))

    def allowed(self, size: int) -> torch.Tensor:
        """Return which tokens of a vocabulary may come next."""
        import numpy as np
        import torch

        bits = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8)
        known = torch.from_numpy(np.unpackbits(bits, bitorder="little")[:size]).bool()
        return torch.nn.functional.pad(known, (0, size - len(known)))

    def take(self, token: int) -> None:
        """Go on by a token that is allowed."""
        taken = self._matcher.consume_token(token)
        assert taken, self._matcher.get_error()

    def closing(self, back: int = 0) -> list[int]:
        """Return tokens that complete the rule, few though not always fewest.

        Open functors get the arguments that they must have, as placeholders; nothing is
        opened anew but the conclusion, where there is none yet.

        Args:
            back: tokens to take back before.
        """
        matcher = self._matcher.deep_copy()
        if back:
            matcher.rollback(back)
        found: list[int] = []
        for _ in range(_MOST_CLOSERS):
            if matcher.is_accepting():
                return found
            forced = self._engine.tokenize_bytes(matcher.compute_ff_bytes())
            way = forced or next(
                text
                for text, where in self._closers
                if _fits(matcher, text) and _fits(matcher, where)
            )
            matcher.consume_tokens(way)
            found += way
        raise AssertionError("the grammar's closers lead nowhere")


def _fits(matcher: Any, tokens: list[int]) -> bool:
    return bool(matcher.validate_tokens(tokens) == len(tokens))


@lru_cache(maxsize=4)
def _read_tokenizer(tokenizer: Any, ends: tuple[int, ...]) -> Any:
    """Prepare the engine for a tokenizer, which takes a third of a second."""
    from llguidance.hf import from_tokenizer

    try:
        return from_tokenizer(tokenizer, eos_token=list(ends))
    except ValueError as error:
        raise ModelError(
            f"the tokenizer cannot be used for constrained decoding: {error}"
        ) from error
