"""Clusters of clauses by what the policy makes of them, each sorted from easy to hard.

After arXiv 2606.22305: mean hidden states of clause and reference rule under the policy at
the start, brought to length 1, their principal components clustered by k-means; difficulty
is the mean negative log-likelihood of the reference rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from p4ir.training.head import causal_model

if TYPE_CHECKING:
    import torch

FloatArray = npt.NDArray[np.float64]
_ROWS = 8
"""Clauses that are read together."""


def embed(
    model: Any, tokenizer: Any, prompts: Sequence[str], references: Sequence[str]
) -> tuple[FloatArray, FloatArray]:
    """Return the clauses' embeddings (n, H), of length 1, and difficulties (n,)."""
    import torch

    vectors, difficulties = [], []
    with torch.inference_mode():
        for start in range(0, len(prompts), _ROWS):
            batch = slice(start, start + _ROWS)
            for vector, loss in _read(model, tokenizer, prompts[batch], references[batch]):
                vectors.append((vector / vector.norm()).double().cpu().numpy())
                difficulties.append(loss)
    return np.array(vectors), np.array(difficulties)


def _read(
    model: Any, tokenizer: Any, prompts: Sequence[str], references: Sequence[str]
) -> list[tuple[torch.Tensor, float]]:
    import torch

    heads = [tokenizer(text)["input_ids"] for text in prompts]
    tails = [
        [*tokenizer(text, add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
        for text in references
    ]
    width = max(len(head) + len(tail) for head, tail in zip(heads, tails, strict=True))
    ids = torch.full((len(heads), width), tokenizer.pad_token_id)
    mask = torch.zeros_like(ids)
    for row, (head, tail) in enumerate(zip(heads, tails, strict=True)):
        length = len(head) + len(tail)
        ids[row, :length], mask[row, :length] = torch.tensor([*head, *tail]), 1
    ids, mask = ids.to(model.device), mask.to(model.device)
    causal = causal_model(model)
    hidden = causal.get_decoder()(input_ids=ids, attention_mask=mask).last_hidden_state
    read = []
    for row, (head, tail) in enumerate(zip(heads, tails, strict=True)):
        length = len(head) + len(tail)
        logits = causal.get_output_embeddings()(hidden[row, len(head) - 1 : length - 1])
        target = ids[row, len(head) : length]
        loss = torch.nn.functional.cross_entropy(logits.float(), target)
        read.append((hidden[row, :length].float().mean(0), loss.item()))
    return read


def cluster(
    vectors: FloatArray, difficulties: FloatArray, *, count: int, least: int, components: int,
    seed: int,
) -> list[list[int]]:  # fmt: skip
    """Return clusters of clause numbers, each from easy to hard.

    Args:
        vectors: (n, H).
        difficulties: (n,), higher is harder.
        count: Clusters to look for; there may be fewer.
        least: Clauses that a cluster has at least: smaller ones join their neighbours.
        components: Most principal components that are compared.
        seed: Of k-means' start.
    """
    from scipy.cluster.vq import kmeans2

    centred = vectors - vectors.mean(0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    points = centred @ axes[:components].T
    rng = np.random.default_rng(seed)
    centres, labels = kmeans2(points, min(count, len(points)), minit="++", rng=rng, missing="warn")
    while len(sizes := np.unique(labels, return_counts=True)[1]) > 1 and sizes.min() < least:
        names = np.unique(labels)
        small = names[sizes.argmin()]
        others = names[names != small]
        for clause in np.flatnonzero(labels == small):
            nearest = np.linalg.norm(centres[others] - points[clause], axis=1).argmin()
            labels[clause] = others[nearest]
    return [
        sorted(np.flatnonzero(labels == name).tolist(), key=lambda i: (difficulties[i], i))
        for name in np.unique(labels)
    ]
