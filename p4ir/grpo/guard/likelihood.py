"""What a policy thinks of given answers, token by token, and how far it has moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from p4ir.training.head import next_token_logits

if TYPE_CHECKING:
    import torch

_BATCH = 16
"""Answers read together: with 49,152 words in the vocabulary about 150 MB of logits."""
_LEAST = 1e-6
"""Least probability of all the tokens that are not among the likeliest."""


class Reading(NamedTuple):
    """How a policy reads an answer of T tokens."""

    row: int
    """Which answer."""
    tokens: torch.Tensor
    """(T,) ids."""
    logps: torch.Tensor
    """(T, V) log-probabilities of every token of the vocabulary, at each place."""

    @property
    def mean_logp(self) -> float:
        """Mean log-probability of the answer's tokens, in nats."""
        return float(self.logps.gather(1, self.tokens[:, None]).mean())

    @property
    def total_logp(self) -> float:
        """Log-probability of the answer, in nats."""
        return float(self.logps.gather(1, self.tokens[:, None]).sum())

    @property
    def entropies(self) -> torch.Tensor:
        """(T,) in nats."""
        return -(self.logps.exp() * self.logps).sum(1)


def read_answers(model: Any, tokenizer: Any, pairs: Sequence[tuple[str, str]]) -> Iterator[Reading]:
    """Read an answer after its prompt, for each pair of prompt and answer, in no order."""
    import torch

    encoded = [_encode(tokenizer, prompt, answer) for prompt, answer in pairs]
    order = sorted(range(len(pairs)), key=lambda row: len(encoded[row][0]))
    was_training = model.training
    model.eval()
    try:
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            ids, mask, wanted = _padded([encoded[row] for row in rows])
            with torch.inference_mode():
                where = model.device
                logits = next_token_logits(model, ids.to(where), mask.to(where), wanted.to(where))
                logps = logits.float().log_softmax(-1).cpu().split(wanted.sum(1).tolist())
            for place, row in enumerate(rows):
                yield Reading(row, ids[place][wanted[place]], logps[place])
    finally:
        model.train(was_training)


def likeliest(logps: torch.Tensor, k: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ids and log-probabilities, (T, k) each, of the likeliest tokens at each place."""
    top = logps.topk(min(k, logps.shape[1]), 1)
    return top.indices, top.values


def coarse_kl(logps: torch.Tensor, ids: torch.Tensor, start: torch.Tensor) -> torch.Tensor:
    """Return the KL divergence, (T,) in nats, from what the policy was at its start.

    All tokens but the start's k likeliest count as one, so that it is a lower bound (by the
    data processing inequality) of the divergence over the vocabulary.

    Args:
        logps: (T, V) log-probabilities now.
        ids: (T, k) the start's likeliest tokens.
        start: (T, k) their log-probabilities then.
    """
    import torch

    now = logps.gather(1, ids)
    rest, rest_then = (
        (1 - each.double().exp().sum(1)).clamp(min=_LEAST).log() for each in (now, start)
    )
    both = torch.cat([now.double(), rest[:, None]], 1)
    then = torch.cat([start.double(), rest_then[:, None]], 1)
    return (both.exp() * (both - then)).sum(1).clamp(min=0)


def _encode(tokenizer: Any, prompt: str, answer: str) -> tuple[list[int], int]:
    """Return the tokens of prompt and answer, and how many are the answer's."""
    asked = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    answered = tokenizer(answer, add_special_tokens=False)["input_ids"]
    return asked + answered, len(answered)


def _padded(
    rows: Sequence[tuple[list[int], int]],
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return tokens, mask and which tokens are the answers', (B, L) each, padded on the right."""
    import torch

    shape = (len(rows), max(len(tokens) for tokens, _ in rows))
    ids, mask = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
    wanted = torch.zeros(shape, dtype=torch.bool)
    for row, (tokens, answered) in enumerate(rows):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
        wanted[row, len(tokens) - answered : len(tokens)] = True
    return ids, mask, wanted
