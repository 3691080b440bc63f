"""Mixtures of neighbouring embeddings that a rollout reads in place of its own tokens.

After arXiv 2606.10768: e = Σ_c w_c E[c] over an anchor token and its nearest neighbours in
the table of input embeddings (by cosine), w being their probabilities under the policy,
brought to sum 1. The token that is recorded stays the one that was drawn. Candidates and
weights are kept, so that the loss can read exactly what the rollout has read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from p4ir.grpo.options import NGrpoOptions
from p4ir.inference.decoder import mix_embeddings
from p4ir.inference.rows import Mixture, Row


class Mixing:
    """Mixes embeddings during one rollout and keeps what it has mixed.

    Args:
        model: Whose table of input embeddings is mixed.
        options: How often, how many, around what.
        forbidden: Tokens that are never mixed in, such as the end.
    """

    def __init__(self, model: Any, options: NGrpoOptions, forbidden: Sequence[int]) -> None:
        self.options = options
        self._rows: list[MixingRow] = []
        self._table = model.get_input_embeddings().weight.detach()
        self._lengths = self._table.norm(dim=-1).float().clamp(min=1e-9)
        self._forbidden = sorted(set(forbidden))
        self._neighbours: dict[int, list[int]] = {}

    def start(self, *arguments: Any, **settings: Any) -> MixingRow:
        """Return a row of the rollout, made of the arguments of `Row`."""
        row = MixingRow(self, *arguments, **settings)
        self._rows.append(row)
        return row

    def around(self, anchor: int, scores: torch.Tensor) -> Mixture | None:
        """Return the mixture of an anchor and its neighbours; `None` where there may be none.

        Args:
            anchor: A token.
            scores: (V,) logits over the temperature, by whose softmax they are weighed.
        """
        if anchor in self._forbidden:
            return None
        candidates = [anchor, *self._nearest(anchor)]
        weights = scores[candidates].softmax(-1)
        return Mixture(tuple(candidates), tuple(weights.tolist()))

    def _nearest(self, anchor: int) -> list[int]:
        """Return the nearest tokens of an anchor, k − 1, itself excluded."""
        if anchor not in self._neighbours:
            near = (self._table @ self._table[anchor]).float() / self._lengths
            near[[anchor, *self._forbidden]] = -torch.inf
            found: list[int] = near.topk(self.options.candidates - 1).indices.tolist()
            self._neighbours[anchor] = found
        return self._neighbours[anchor]

    def record(self, completions: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return candidates and weights (B, T, k) of what was read.

        Args:
            completions: (B, T) tokens, in the order in which the rows were started; where
                none was mixed they are read as they are.
        """
        candidates = completions[..., None].repeat(1, 1, self.options.candidates)
        weights = torch.zeros(candidates.shape, device=candidates.device)
        weights[..., 0] = 1.0
        for number, row in enumerate(self._rows):
            for step, mixture in enumerate(row.mixtures):
                if mixture is not None:
                    candidates[number, step] = candidates.new_tensor(mixture.tokens)
                    weights[number, step] = weights.new_tensor(mixture.weights)
        return candidates, weights


class MixingRow(Row):
    """A completion in which some tokens are read as mixtures."""

    def __init__(self, mixing: Mixing, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.mixtures: list[Mixture | None] = []
        """For each token what the model reads in place of it, if not itself."""
        self._mixing = mixing

    def choose(self, scores: torch.Tensor, token: int) -> int | None:
        """Return the next token, and choose what will be read in place of it."""
        chosen = super().choose(scores, token)
        del self.mixtures[len(self.tokens) :]  # those of tokens that were taken back
        self.mixture = self._draw(scores, chosen)
        self.mixtures.append(self.mixture)
        return chosen

    def _draw(self, scores: torch.Tensor, chosen: int | None) -> Mixture | None:
        options = self._mixing.options
        assert self.rng is not None
        if chosen is None or self.rng.random() >= options.rate:
            return None
        anchor = chosen if options.anchor == "sampled" else int(scores.argmax())
        return self._mixing.around(anchor, scores / self.temperature)


@contextmanager
def replay(model: Any, candidates: torch.Tensor, weights: torch.Tensor) -> Iterator[None]:
    """Let a model read, inside, the mixtures in place of each row's last T tokens.

    Args:
        model: Run over the B rows once, in order, all together or some at a time.
        candidates: (B, T, k).
        weights: (B, T, k).
    """
    model = getattr(model, "module", model)
    done = 0

    def read(table: Any, arguments: Any, vectors: Any) -> Any:
        nonlocal done
        rows = slice(done, done + len(vectors))
        done += len(vectors)
        vectors = vectors.clone()
        mixed = mix_embeddings(table, candidates[rows], weights[rows])
        vectors[:, -candidates.size(1) :] = mixed
        return vectors

    hook = model.get_input_embeddings().register_forward_hook(read)
    try:
        yield
    finally:
        hook.remove()
