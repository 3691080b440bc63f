"""Mixtures of neighbouring embeddings that a rollout reads in place of its own tokens.

After arXiv 2606.10768: e = Σ_c w_c E[c] over an anchor token and its nearest neighbours in
the table of input embeddings (by cosine), w being their probabilities under the policy,
brought to sum 1. The token that is recorded stays the one that was drawn. Candidates and
weights are kept, so that the loss can read exactly what the rollout has read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

    from p4ir.grpo.options import NGrpoOptions


class Mixing:
    """Mixes embeddings during one rollout and keeps what it has mixed.

    Args:
        model: Whose table of input embeddings is mixed.
        rows: Completions of the rollout.
        options: How often, how many, around what.
        forbidden: Tokens that are never mixed in, such as the end.
    """

    def __init__(self, model: Any, rows: int, options: NGrpoOptions, forbidden: list[int]) -> None:
        import torch

        self._table = model.get_input_embeddings()
        self._rows, self._options = rows, options
        weight = self._table.weight.detach().float()
        self._directions = torch.nn.functional.normalize(weight, dim=-1)
        self._forbidden = torch.tensor(sorted(set(forbidden)), device=weight.device)
        self._kept: list[tuple[torch.Tensor, torch.Tensor]] = []

    def __call__(
        self, step: int, rows: torch.Tensor, tokens: torch.Tensor, probabilities: torch.Tensor
    ) -> torch.Tensor:
        """Return mixed embeddings (b, 1, H); as `rollout.Feed`."""
        import torch

        anchors = tokens if self._options.anchor == "sampled" else probabilities.argmax(-1)
        candidates = torch.cat([anchors[:, None], self._neighbours(anchors)], 1)
        weights = probabilities.gather(1, candidates)
        weights = weights / weights.sum(1, keepdim=True)
        is_mixed = torch.rand(len(rows), device=tokens.device) < self._options.rate
        is_mixed &= ~torch.isin(anchors, self._forbidden)
        alone = torch.zeros_like(weights)
        alone[:, 0] = 1.0
        candidates = torch.where(is_mixed[:, None], candidates, tokens[:, None])
        weights = torch.where(is_mixed[:, None], weights, alone)
        self._keep(step, rows, candidates, weights)
        return mix(self._table, candidates, weights)[:, None]

    def _neighbours(self, anchors: torch.Tensor) -> torch.Tensor:
        """Return the nearest tokens of each anchor, (b, k − 1), itself excluded."""
        near = self._directions[anchors] @ self._directions.T
        near[:, self._forbidden] = -2.0
        near.scatter_(1, anchors[:, None], -2.0)
        return near.topk(self._options.candidates - 1).indices

    def _keep(
        self, step: int, rows: torch.Tensor, candidates: torch.Tensor, weights: torch.Tensor
    ) -> None:
        """Store a step; `step` counts up from 0, and rows that have ended are negative."""
        assert step == len(self._kept)
        writing = rows >= 0
        all_candidates = candidates.new_zeros(self._rows, candidates.size(1))
        all_weights = weights.new_zeros(self._rows, weights.size(1))
        all_candidates[rows[writing]] = candidates[writing]
        all_weights[rows[writing]] = weights[writing]
        self._kept.append((all_candidates, all_weights))

    def record(self, completions: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return candidates and weights (B, T, k) of what was read.

        Args:
            completions: (B, T) tokens, read as they are where nothing was fed: the last one
                of each completion, and padding.
        """
        import torch

        candidates = completions[..., None].repeat(1, 1, self._options.candidates)
        weights = torch.zeros(candidates.shape, device=candidates.device)
        weights[..., 0] = 1.0
        for step, (found, shares) in enumerate(self._kept[: completions.size(1)]):
            was_fed = shares.sum(1) > 0
            candidates[was_fed, step] = found[was_fed]
            weights[was_fed, step] = shares[was_fed].float()
        return candidates, weights


def mix(table: Any, candidates: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Return Σ_c w_c E[c], (…, H), from candidates and weights (…, k).

    The table's own `forward` is asked, since some models scale in it.
    """
    vectors = type(table).forward(table, candidates)
    return (weights[..., None].to(vectors.dtype) * vectors).sum(-2)


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
        vectors[:, -candidates.size(1) :] = mix(table, candidates[rows], weights[rows])
        return vectors

    hook = model.get_input_embeddings().register_forward_hook(read)
    try:
        yield
    finally:
        hook.remove()
