"""The keys and values of the rows that are being decoded, each of its own length.

A row takes a slot and leaves it when it is finished; slots in use stand together at the
front, so that a model reads them without copying. To transformers it is a cache like its
own, whose rows need not be of one length.
"""

from __future__ import annotations

from typing import Any

import torch

_CHUNK = 128
"""Places by which the cache grows, in tokens."""


class SlotCache:
    """Keys and values, for each layer rows × heads × places × features."""

    is_compileable = False

    def __init__(self) -> None:
        self._layers: list[list[torch.Tensor]] = []
        self._rows = slice(0, 0)
        self._length = 0
        self._places: torch.Tensor | None = None

    def begin(self, rows: slice, length: int, places: torch.Tensor | None) -> None:
        """Say what the model's next pass reads and writes.

        Args:
            rows: the slots; none in use lies behind them.
            length: tokens that the longest of them has after the pass.
            places: where each row's one token goes; `None` for prompts, which start at 0.
        """
        if self._layers:
            there = self._layers[0][0].shape
            if rows.stop > there[0] or length > there[2]:
                self._resize(rows.stop, max(length, self._length))
        self._rows, self._length, self._places = rows, length, places

    def update(
        self, keys: torch.Tensor, values: torch.Tensor, layer_idx: int, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Keep a layer's new keys and values and return all that the rows may look at."""
        if layer_idx == len(self._layers):
            shape = self._rows.stop, self._length
            self._layers.append([_empty(new, *shape) for new in (keys, values)])
        found = []
        for kept, new in zip(self._layers[layer_idx], (keys, values), strict=True):
            rows = kept[self._rows]
            if self._places is None:
                rows[:, :, : new.shape[2]] = new
            else:
                rows[torch.arange(len(new), device=new.device), :, self._places] = new[:, :, 0]
            found.append(rows[:, :, : self._length])
        return found[0], found[1]

    def copy(self, source: int, target: int, length: int) -> None:
        """Copy the first tokens of a slot to another."""
        rows = max(source, target) + 1
        if rows > self._layers[0][0].shape[0]:
            # Other rows may be longer than what was read last.
            self._resize(rows, max(length, self._length, self._layers[0][0].shape[2]))
        for layer in self._layers:
            for kept in layer:
                kept[target, :, :length] = kept[source, :, :length]

    def get_seq_length(self, layer_idx: int = 0) -> int:
        """Return 0: positions are always given."""
        return 0

    def _resize(self, rows: int, length: int) -> None:
        for layer in self._layers:
            for number, old in enumerate(layer):
                new = layer[number] = _empty(old, rows, length)
                shared = min(rows, len(old)), min(new.shape[2], old.shape[2])
                new[: shared[0], :, : shared[1]] = old[: shared[0], :, : shared[1]]


def _empty(like: torch.Tensor, rows: int, length: int) -> torch.Tensor:
    """Return room for rows, of places that are all numbers: what is masked counts 0 times them."""
    rounded = -(-length // _CHUNK) * _CHUNK
    return like.new_zeros(rows, like.shape[1], rounded, like.shape[3])
