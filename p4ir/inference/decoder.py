"""A causal language model as a decoder of rows: prompts in, then a token a row a step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from p4ir.inference.attention import attend_in_groups
from p4ir.inference.cache import SlotCache
from p4ir.inference.packing import PackedLinear
from p4ir.inference.rows import Mixture
from p4ir.models import hardware
from p4ir.models.loading import quiet


class Decoder:
    """A model with the cache of the rows that it is writing.

    Args:
        model: A causal language model of transformers, PEFT's adapters included.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._cache = SlotCache()

    @torch.inference_mode()
    def read(self, prompts: Sequence[Sequence[int]], first: int) -> torch.Tensor:
        """Read prompts into the slots from `first` on.

        Returns:
            Scores of the token after each prompt, prompts × vocabulary, in float32.
        """
        longest = max(map(len, prompts))
        # Filled up behind: what stands there is seen by none before it, and overwritten by
        # what the row goes on with.
        ids = torch.tensor([[*prompt, *[0] * (longest - len(prompt))] for prompt in prompts])
        places = torch.arange(longest).expand(len(prompts), -1)
        seen = torch.ones(longest, longest, dtype=torch.bool).tril()[None, None]
        self._cache.begin(slice(first, first + len(prompts)), longest, None)
        return self._score(ids, places, seen, [len(prompt) - 1 for prompt in prompts])

    @torch.inference_mode()
    def step(self, tokens: Sequence[int | Mixture], lengths: Sequence[int]) -> torch.Tensor:
        """Take the newest token of each row in use.

        Args:
            tokens: the tokens, or what is read in place of them, in the order of the slots.
            lengths: tokens that stand before them.

        Returns:
            Scores of the next token, rows × vocabulary, in float32.
        """
        places = torch.tensor(lengths)[:, None]
        longest = max(lengths) + 1
        seen = (torch.arange(longest) <= places)[:, None, None]
        self._cache.begin(slice(0, len(tokens)), longest, places[:, 0].to(self._model.device))
        ids = torch.tensor([each if isinstance(each, int) else each.tokens[0] for each in tokens])
        with _read_mixed(self._model, tokens):
            return self._score(ids[:, None], places, seen, [0] * len(tokens))

    @torch.inference_mode()
    def copy(self, source: int, target: int, length: int) -> None:
        """Copy the first tokens of a slot to another."""
        self._cache.copy(source, target, length)

    @torch.inference_mode()
    def _score(
        self, ids: torch.Tensor, places: torch.Tensor, seen: torch.Tensor, wanted: list[int]
    ) -> torch.Tensor:
        """Run the model and return the scores at one place of each row."""
        model, device = self._model, self._model.device
        dtype = torch.bfloat16 if _is_autocast(model) else next(model.parameters()).dtype
        mask = torch.zeros(seen.shape, dtype=dtype).masked_fill(~seen, torch.finfo(dtype).min)
        with (
            quiet(),
            torch.autocast(device.type, torch.bfloat16, enabled=_is_autocast(model)),
            attend_in_groups(model),
            _only(model, wanted),
        ):
            output = model(
                input_ids=ids.to(device),
                attention_mask=mask.to(device),
                position_ids=places.to(device),
                past_key_values=self._cache,
                use_cache=True,
            )
        return output.logits[:, -1].float()


@contextmanager
def _only(model: Any, wanted: list[int]) -> Iterator[None]:
    """Have the scores calculated for one place of each row, not for all."""
    rows = torch.arange(len(wanted))

    def pick(_: Any, hidden: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        return (hidden[0][rows, wanted][:, None],)

    hook = model.get_output_embeddings().register_forward_pre_hook(pick)
    try:
        yield
    finally:
        hook.remove()


@contextmanager
def _read_mixed(model: Any, tokens: Sequence[int | Mixture]) -> Iterator[None]:
    """Have mixtures read in place of tokens, in a pass over one token a row."""
    mixtures = {row: each for row, each in enumerate(tokens) if not isinstance(each, int)}

    def mix(table: Any, _: Any, vectors: torch.Tensor) -> torch.Tensor:
        for row, (candidates, weights) in mixtures.items():
            vectors[row, 0] = mix_embeddings(
                table, torch.tensor(candidates).to(vectors.device),
                torch.tensor(weights).to(vectors.device),
            )  # fmt: skip
        return vectors

    if not mixtures:
        yield
        return
    hook = model.get_input_embeddings().register_forward_hook(mix)
    try:
        yield
    finally:
        hook.remove()


def mix_embeddings(table: Any, candidates: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Return Σ_c w_c E[c], (…, H), from candidates and weights (…, k).

    The table's own `forward` is asked, since some models scale in it.
    """
    vectors = type(table).forward(table, candidates)
    return (weights[..., None].to(vectors.dtype) * vectors).sum(-2)


def _is_autocast(model: Any) -> bool:
    """Say whether weights in float32 are to be used in bfloat16, where that is fast.

    Packed weights can only be used in the type that they have.
    """
    is_float = next(model.parameters()).dtype == torch.float32
    is_packed = isinstance(model.get_output_embeddings(), PackedLinear)
    return is_float and not is_packed and hardware.has_fast_bf16(model.device.type)
