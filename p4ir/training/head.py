"""The language-model head, applied once, to the positions that count.

TRL's fused head works through the vocabulary in tiles for the sake of a GPU's memory, and
on a CPU takes more time than the whole model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def causal_model(model: Any) -> Any:
    """Return the causal language model that an adapter is on, or the model itself."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def next_token_logits(
    model: Any, input_ids: torch.Tensor, attention_mask: torch.Tensor | None, wanted: torch.Tensor
) -> torch.Tensor:
    """Return the logits of the tokens at the wanted positions, from what stands before them.

    Args:
        model: A causal language model, with an adapter or without.
        input_ids: (B, L) tokens.
        attention_mask: (B, L), 0 at padding.
        wanted: (B, L) booleans; the first position of a row has nothing before it and is
            never wanted.

    Returns:
        (N, V) logits, N being the number of wanted positions in row order.
    """
    causal = causal_model(model)
    hidden = causal.get_decoder()(
        input_ids=input_ids, attention_mask=attention_mask, use_cache=False
    ).last_hidden_state
    logits: torch.Tensor = causal.get_output_embeddings()(hidden[:, :-1][wanted[:, 1:]])
    return logits
