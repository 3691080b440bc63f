"""Attention for decoding on a CPU, where queries that share a key stand together.

With grouped queries PyTorch's kernel reads the keys once for each query head. Taken as
the queries of one head, as many as there are heads in a group, it reads them once: five
times as fast for a token at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from transformers import AttentionInterface

PRODUCTS = "p4ir_products"
"""Name of the attention of training on a CPU, which copies of its model come with."""
_NAME = "p4ir_grouped"


@contextmanager
def attend_in_groups(model: Any) -> Iterator[None]:
    """Let a model attend so, if it is on the CPU and uses PyTorch's own kernel, or `PRODUCTS`."""
    config = model.config
    before = config._attn_implementation
    if before not in ("sdpa", PRODUCTS) or model.device.type != "cpu":
        yield
        return
    AttentionInterface.register(_NAME, _attend)
    config._attn_implementation = _NAME
    try:
        yield
    finally:
        config._attn_implementation = before


def _attend(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor,
    scaling: float | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attend; tensors are rows × heads × places × features, the mask is added."""
    rows, heads, length, features = query.shape
    shared = key.shape[1]
    group = heads // shared
    together = query.reshape(rows, shared, group * length, features)
    mask = attention_mask if length == 1 else attention_mask.repeat(1, 1, group, 1)
    attended = torch.nn.functional.scaled_dot_product_attention(
        together, key, value, attn_mask=mask, scale=scaling
    )
    return attended.reshape(rows, heads, length, features).transpose(1, 2), None
