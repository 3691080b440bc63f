"""OpenVINO as what reads and steps: the same rows as `Decoder`'s, compiled as a whole.

OpenVINO's paged attention looks up each row's keys and values in blocks of 32 tokens. A slot
has blocks of its own, as many as the longest row needs, and grows with it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from p4ir.errors import ModelError
from p4ir.inference.rows import MOST_CACHED, Mixture
from p4ir.models.openvino import Converted, import_openvino

_GROWTH = 8
"""Blocks by which slots grow."""


class CompiledModel:
    """A model compiled for this CPU; it has of transformers' models what the loop asks for.

    Args:
        converted: The model; its graph is used up.
        precision: `f32` or `bf16`, of weights, arithmetic and cache.

    Raises:
        ModelError: OpenVINO does not compile it.
    """

    def __init__(self, converted: Converted, precision: str) -> None:
        self._idle: deque[PagedDecoder] = deque()
        openvino = import_openvino()
        from openvino._offline_transformations import paged_attention_transformation

        self.config = SimpleNamespace(max_position_embeddings=converted.window)
        self.generation_config = SimpleNamespace(eos_token_id=converted.ends)
        options = {
            "INFERENCE_PRECISION_HINT": precision,
            "KV_CACHE_PRECISION": precision,  # else 8 bits, which changes texts
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),
        }
        try:
            paged_attention_transformation(converted.graph)
            self._compiled = openvino.Core().compile_model(converted.graph, "CPU", options)
        except RuntimeError as error:
            last = str(error).strip().rsplit("\n", 1)[-1]
            raise ModelError(f"OpenVINO does not compile the model: {last}") from error

    @contextmanager
    def decoder(self) -> Iterator[PagedDecoder]:
        """Lend a decoder that nobody else writes with.

        One that is done is lent again: OpenVINO does not give back all that a new one takes.
        """
        try:
            decoder = self._idle.pop()
        except IndexError:
            decoder = PagedDecoder(self._compiled)
        try:
            yield decoder
        finally:
            decoder.shrink()
            self._idle.append(decoder)


class PagedDecoder:
    """A compiled model with the cache of the rows that it is writing, as `Decoder` is.

    Args:
        compiled: `openvino.CompiledModel` with paged attention.
    """

    def __init__(self, compiled: Any) -> None:
        caches = [each for each in compiled.inputs if "_cache." in each.any_name]
        self._type = caches[0].element_type
        self._block = [length.get_length() for length in list(caches[0].partial_shape)[1:]]
        self._tokens = self._block[1]
        self._names = [each.any_name for each in caches]
        self._request = compiled.create_infer_request()
        # bfloat16 as what NumPy has of that size; the numbers are only moved about.
        kind = np.float32 if self._type.size == 4 else np.uint16
        self._pool = np.empty((len(caches), 0, 0, *self._block), kind)
        """Caches × slots × blocks of a slot × what a block holds."""

    def read(self, prompts: Sequence[Sequence[int]], first: int) -> torch.Tensor:
        """Read prompts into the slots from `first` on.

        Returns:
            Scores of the token after each prompt, prompts × vocabulary, in float32.
        """
        return self._score(prompts, [0] * len(prompts), first)

    def step(self, tokens: Sequence[int | Mixture], lengths: Sequence[int]) -> torch.Tensor:
        """Take the newest token of each row in use.

        Args:
            tokens: the tokens, in the order of the slots; mixtures, which only training
                reads, are for PyTorch.
            lengths: tokens that stand before them.

        Returns:
            Scores of the next token, rows × vocabulary, in float32.
        """
        return self._score([[token] for token in tokens], lengths, 0)

    def copy(self, source: int, target: int, length: int) -> None:
        """Copy the first tokens of a slot to another."""
        self._make_room(max(source, target) + 1, length)
        blocks = -(-length // self._tokens)
        self._pool[:, target, :blocks] = self._pool[:, source, :blocks]

    def shrink(self) -> None:
        """Give up the cache if it is larger than rows usually need."""
        _, slots, blocks = self._pool.shape[:3]
        if slots * blocks * self._tokens > MOST_CACHED:
            self._pool = np.empty((len(self._names), 0, 0, *self._block), self._pool.dtype)

    def _score(
        self, texts: Sequence[Sequence[int | Mixture]], past: Sequence[int], first: int
    ) -> torch.Tensor:
        """Go on in the slots from `first` on, and return the scores after each text."""
        before = np.array(past, np.int32)
        new = np.array([len(text) for text in texts], np.int32)
        longest = int((before + new).max())
        self._make_room(first + len(texts), longest)
        ends, blocks = new.cumsum(), -(-(before + new) // self._tokens)
        starts = (first + np.arange(len(texts))) * self._pool.shape[2]
        inputs = {
            "input_ids": np.concatenate([np.array(text, np.int64) for text in texts]),
            "position_ids": _ranges(before, new).astype(np.int64),
            "wanted": ends.astype(np.int64) - 1,
            "past_lens": before,
            "subsequence_begins": _begins(new),
            "block_indices": _ranges(starts, blocks),
            "block_indices_begins": _begins(blocks),
            "max_context_len": np.array(longest, np.int32),
        }
        # The result is a copy: what the request holds is overwritten by the next call.
        return torch.from_numpy(self._request.infer(inputs, share_inputs=True)["scores"])

    def _make_room(self, slots: int, length: int) -> None:
        """Have at least so many slots, of so many tokens each."""
        caches, there, blocks = self._pool.shape[:3]
        needed = -(-length // self._tokens)
        if slots <= there and needed <= blocks:
            return
        if needed > blocks:
            needed = -(-needed // _GROWTH) * _GROWTH
        shape = caches, max(slots, there), max(needed, blocks), *self._block
        old, self._pool = self._pool, np.empty(shape, self._pool.dtype)
        self._pool[:, :there, :blocks] = old
        tensor = import_openvino().Tensor
        for name, cache in zip(self._names, self._pool, strict=True):
            flat = cache.reshape(-1, *self._block)
            self._request.set_tensor(name, tensor(flat, list(flat.shape), self._type))


def _begins(counts: np.ndarray) -> np.ndarray:
    """Return where each of some parts begins, and the last ends."""
    return np.concatenate([[0], counts.cumsum()]).astype(np.int32)


def _ranges(starts: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return numbers that count on from each start, so many of each."""
    ranges = [np.arange(s, s + n) for s, n in zip(starts, counts, strict=True)]
    return np.concatenate(ranges).astype(np.int32)
