"""One text that is being written: which token comes next, and when the text ends."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from p4ir.inference.loops import LoopBreaker

if TYPE_CHECKING:
    import numpy as np
    import torch

    from p4ir.inference.constraint import Guide

End = Literal["finished", "length", "loop"]

MOST_CACHED = 32_768
"""Tokens that the rows in use may need, unless one needs more: 0.75 GB of the default model."""

BEAMS = 8
"""Beginnings of a text that are followed side by side, unless it is said otherwise."""

_GROWTH = 8
"""Tokens by which one token lengthens the way to the end, at most, as a guess.

Where it was wrong, the row goes back to where the way was short enough.
"""


@dataclass(eq=False)
class Prompt:
    """What rows go on from; those with the same prompt share its object."""

    tokens: Sequence[int]
    number: int = 0
    """Its place among all prompts."""
    scores: torch.Tensor | None = None
    """The model's scores of the token after it, once it has been read."""


class Mixture(NamedTuple):
    """What a model reads in place of one token: the weighted sum of tokens' embeddings."""

    tokens: tuple[int, ...]
    weights: tuple[float, ...]
    """Of each, of sum 1."""


class Row:
    """A text in the making, token by token.

    Args:
        prompt: What it goes on from.
        ends: Tokens that end a text.
        limit: Most tokens that it may have, the one that ends it included.
        guide: Its way through a grammar; `None` if anything may be written.
        temperature: Of the draws.
        min_p: Of the draws; tokens less than so many times as likely as the likeliest are not
            drawn, as in transformers. 0 to 1.
        rng: Source of the draws; `None` takes the likeliest token each time.
        may_loop: Whether it may repeat itself as often as it likes.
        place: Its place among the texts of its prompt.
    """

    def __init__(
        self,
        prompt: Prompt,
        *,
        ends: Sequence[int],
        limit: int,
        guide: Guide | None = None,
        temperature: float = 1.0,
        min_p: float = 0.0,
        rng: np.random.Generator | None = None,
        may_loop: bool = False,
        place: int = 0,
    ) -> None:
        self.prompt, self.place = prompt, place
        self.tokens: list[int] = []
        self.logprobs: list[float] = []
        """Of each token, as the model gave it before anything was forbidden."""
        self.end: End | None = None
        """Why it ended; `None` while the model goes on."""
        self.is_closed = False
        """Whether it was brought to its end by the grammar, not by the model."""
        self.mixture: Mixture | None = None
        """What is read in place of the newest token, if not that."""
        self.steered = 0
        """Times that the grammar did not let the model write what it would have."""
        self._ends, self._limit, self._guide = ends, limit, guide
        self.temperature, self.min_p, self.rng = temperature, min_p, rng
        self._loops = None if may_loop else LoopBreaker()
        self._forced: list[int] = []
        self._safe: tuple[int, list[int]] | None = None
        self._next_check = 0
        self._keep_within_limit()

    @property
    def is_done(self) -> bool:
        """Whether nothing more is to be written."""
        return self.end is not None and not self._forced

    @property
    def newest(self) -> int | Mixture:
        """What is read next: the newest token, the prompt's last one where there is none yet."""
        return self.mixture or (self.tokens or self.prompt.tokens)[-1]

    @property
    def length(self) -> int:
        """Tokens of prompt and text that stand before the newest one."""
        return len(self.prompt.tokens) + len(self.tokens) - 1

    def choose(self, scores: torch.Tensor, token: int) -> int | None:
        """Return the next token; `None` if the text is stopped before it.

        Args:
            scores: the model's, one for each token of the vocabulary.
            token: the one that is taken if it is not forbidden: the likeliest or a draw.
        """
        forbidden = self._look_for_loops()
        if self.end is not None:
            return self._forced[0] if self._forced else None
        if token in forbidden:
            usual = scores.clone()
            usual[list(forbidden)] = -float("inf")
            token = self._choose_among(usual)
        if self._guide is None or self._guide.allows(token):
            return token
        self.steered += 1
        return self._choose_among(self._only_free(scores, forbidden))

    def ways_on(
        self, logprobs: torch.Tensor, likely: Sequence[tuple[int, float]]
    ) -> list[tuple[int, float]]:
        """Return likely tokens that may come next, with their log-probabilities.

        None where the text is stopped; one where it is being brought to its end.

        Args:
            logprobs: the model's, one for each token of the vocabulary.
            likely: its likeliest tokens, in order, each with its own. Others, as many at most,
                are looked at only where none of these may come next.
        """
        forbidden = self._look_for_loops()
        if self.end is not None:
            return [(token, float(logprobs[token])) for token in self._forced[:1]]
        allows = self._guide.allows if self._guide else lambda token: True
        self.steered += not allows(likely[0][0])
        found = [way for way in likely if way[0] not in forbidden and allows(way[0])]
        if found:
            return found
        rare = self._only_free(logprobs, forbidden).topk(len(likely))
        ranked = zip(rare.indices.tolist(), rare.values.tolist(), strict=True)
        return [way for way in ranked if way[1] > -float("inf")]

    def _only_free(self, scores: torch.Tensor, forbidden: set[int]) -> torch.Tensor:
        """Return scores that are minus infinity but for tokens that may come next."""
        import torch

        size = len(scores)
        allowed = self._guide.allowed(size) if self._guide else torch.ones(size, dtype=torch.bool)
        free = allowed.clone()
        free[list(forbidden)] = False
        # Where there is one way on, it is taken, loop or not.
        kept = (free if free.any() else allowed).to(scores.device)
        return scores.masked_fill(~kept, -float("inf"))

    def fork(self) -> Row:
        """Return a text that has come as far and goes its own way from here."""
        twin = copy.copy(self)
        twin.tokens, twin.logprobs = [*self.tokens], [*self.logprobs]
        twin._forced, twin._loops = [*self._forced], copy.copy(self._loops)
        twin._guide = self._guide.fork() if self._guide else None
        return twin

    def take(self, token: int, logprob: float) -> None:
        """Write a token."""
        self.tokens.append(token)
        self.logprobs.append(logprob)
        if self.end is not None:
            del self._forced[:1]
            return
        if token in self._ends:
            self.end = "finished"
            return
        if self._guide is not None:
            self._guide.take(token)
        self._keep_within_limit()

    def _look_for_loops(self) -> set[int]:
        """Return the tokens that would go on with a loop; end the text if it stays in one."""
        if self.end is not None or self._loops is None:
            return set()
        forbidden = self._loops.forbidden(self.tokens)
        if self._loops.kept is not None:
            self._stop("loop", self._loops.kept)
        return forbidden

    def _choose_among(self, scores: torch.Tensor) -> int:
        return int(scores.argmax() if self.rng is None else draw(scores[None], [self])[0])

    def _keep_within_limit(self) -> None:
        """End the text at its limit; by the grammar, as soon as the way there is needed."""
        count = len(self.tokens)
        if count < min(self._next_check, self._limit):
            return
        if self._guide is None:
            self._next_check = self._limit
            if count == self._limit:
                self.end = "length"
            return
        closing = self._guide.closing()
        spare = self._limit - count - len(closing)
        if spare > 0:
            self._safe = count, closing
            self._next_check = count + max(1, spare // _GROWTH)
        elif spare == 0 or self._safe is not None:
            self._stop("length", count)
        elif count == self._limit:
            self.end = "length"

    def _stop(self, end: End, kept: int) -> None:
        """End the text after so many tokens, or, by the grammar, where that is possible."""
        self.end = end
        if self._guide is not None:
            closing = self._guide.closing(len(self.tokens) - kept)
            if kept + len(closing) > self._limit and self._safe is not None:
                kept, closing = self._safe
            self.is_closed = kept + len(closing) <= self._limit
            self._forced = [*closing] if self.is_closed else []
        del self.tokens[kept:], self.logprobs[kept:]


def draw(scores: torch.Tensor, rows: Sequence[Row]) -> torch.Tensor:
    """Draw a token for each of the rows that have a source of draws.

    One draw is one number, which stands for a token whatever else is in the batch.

    Args:
        scores: rows × vocabulary; of minus infinity where a token is forbidden.
        rows: with temperature, `min_p` and source.

    Returns:
        The tokens, one a row.
    """
    import torch

    numbers, temperatures, least = (
        torch.tensor(values, device=scores.device)[:, None]
        for values in (
            [row.rng.random() for row in rows if row.rng is not None],
            [row.temperature for row in rows],
            [row.min_p for row in rows],
        )
    )
    likelihoods = (scores / temperatures).softmax(-1)
    if least.any():
        likelihoods[likelihoods < least * likelihoods.amax(-1, keepdim=True)] = 0
    shares = likelihoods.cumsum(-1)
    whole = shares[:, -1:]
    # Rounded up to the whole, a number would stand for none.
    drawn = torch.minimum(numbers * whole, torch.nextafter(whole, torch.zeros_like(whole)))
    return torch.searchsorted(shares, drawn, right=True)[:, 0]
