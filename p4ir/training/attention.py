"""Attention for training on a CPU, as products of matrices.

PyTorch's own kernel is made for long texts. At the length of clauses its gradient takes a
CPU two to three times as long as the four products that it consists of. The weights, which are
rows × heads × places × places, are not kept for the gradient but computed anew.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, eager_mask

PRODUCTS = "p4ir_products"
"""Name of this attention among those of transformers."""


def attend_by_products(model: Any) -> None:
    """Let a model attend so, if it is on the CPU and uses PyTorch's own kernel."""
    if model.device.type != "cpu" or model.config._attn_implementation != "sdpa":
        return
    AttentionInterface.register(PRODUCTS, _attend)
    AttentionMaskInterface.register(PRODUCTS, eager_mask)
    model.set_attn_implementation(PRODUCTS)


def _attend(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor,
    scaling: float | None = None,
    dropout: float = 0.0,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attend; tensors are rows × heads × places × features, the mask is added."""
    if dropout:
        raise NotImplementedError("attention by products drops nothing out")
    rows, heads, length, features = query.shape
    shared = key.shape[1]
    dtype = torch.bfloat16 if torch.is_autocast_enabled("cpu") else value.dtype
    attended = _Attention.apply(
        query.reshape(rows, shared, heads // shared * length, features).to(dtype),
        key.to(dtype),
        value.to(dtype),
        attention_mask,
        features**-0.5 if scaling is None else scaling,
    )
    return attended.reshape(rows, heads, length, features).transpose(1, 2), None


class _Attention(torch.autograd.Function):  # type: ignore[misc]
    """Queries that share a key stand together, as in `p4ir.inference.attention`."""

    @staticmethod
    def forward(
        ctx: Any,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        mask: torch.Tensor,
        scaling: float,
    ) -> torch.Tensor:
        attended = _weights(query, key, mask, scaling).to(value.dtype) @ value
        ctx.save_for_backward(query, key, value, mask, attended)
        ctx.scaling = scaling
        return attended

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        (grad,) = grads
        query, key, value, mask, attended = ctx.saved_tensors
        weights = _weights(query, key, mask, ctx.scaling)
        through = (grad @ value.mT).float()
        through -= (grad.float() * attended.float()).sum(-1, keepdim=True)
        scores = (through * weights * ctx.scaling).to(query.dtype)
        return scores @ key, scores.mT @ query, weights.to(grad.dtype).mT @ grad, None, None


def _weights(
    query: torch.Tensor, key: torch.Tensor, mask: torch.Tensor, scaling: float
) -> torch.Tensor:
    """Return how much each query takes of each key's value, in float32."""
    scores = (query @ key.mT).float() * scaling
    rows, shared, _, places = scores.shape
    apart = scores.view(rows, shared, -1, mask.shape[-2], places)
    return (apart + mask[:, :, None]).view_as(scores).softmax(-1)
