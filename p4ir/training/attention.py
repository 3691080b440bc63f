"""Attention for training on a CPU, as products of matrices.

PyTorch's own kernel is made for long texts. At the length of clauses its gradient takes a
CPU, in bfloat16, up to three times as long as the four products that it consists of. The
weights, which are rows × heads × places × places, are not kept for the gradient but computed
anew. Where they are more than a processor's cache holds, and where a model asks for something
else, the kernel attends as before.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import AttentionMaskInterface, eager_mask

from p4ir.inference.attention import PRODUCTS

_MOST = 2**22
"""Weights from which the kernel is quicker: 16 MB of float32."""


def attend_by_products(model: Any, device: torch.device) -> None:
    """Let a model attend so, if it is trained on the CPU and uses PyTorch's own kernel.

    Args:
        model: A causal language model.
        device: Where it will be; a model may be moved, or split, only when training begins.
    """
    if device.type != "cpu" or model.config._attn_implementation != "sdpa":
        return
    AttentionInterface.register(PRODUCTS, _attend)
    AttentionMaskInterface.register(PRODUCTS, eager_mask)
    model.set_attn_implementation(PRODUCTS)


def _attend(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    **more: Any,
) -> tuple[torch.Tensor, None]:
    """Attend; tensors are rows × heads × places × features, the mask is added."""
    rows, heads, length, features = query.shape
    shared, places = key.shape[1:3]
    is_plain = value.shape[-1] == features and not dropout and more.get("position_bias") is None
    is_added = attention_mask is not None and attention_mask.is_floating_point()
    if not (is_plain and is_added) or rows * heads * length * places > _MOST:
        found: tuple[torch.Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, dropout=dropout, scaling=scaling, **more
        )
        return found
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
