"""Continuous batching: rows come and go while others are being written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

import torch

from p4ir.inference.rows import MOST_CACHED, Row, draw

if TYPE_CHECKING:
    from p4ir.inference.decoder import Decoder
    from p4ir.inference.openvino import PagedDecoder

    AnyDecoder = Decoder | PagedDecoder


def write(decoder: AnyDecoder, rows: Iterable[Row], slots: int, limit: int) -> Iterator[Row]:
    """Write rows, some at a time, and yield each when it is done.

    Args:
        decoder: the model.
        rows: taken as slots become free; those with one prompt should follow each other.
        slots: rows written together at most.
        limit: most tokens of a row, its prompt not counted.
    """
    waiting, active = iter(rows), list[Row]()
    while True:
        new: list[Row] = []
        # A pass over one new prompt costs nearly as much as one over a few.
        if not active or slots - len(active) >= max(1, slots // 8):
            new, waiting = take_in(waiting, active, slots, limit)
        if new:
            scores = _start(decoder, new, len(active), active)
            _advance(new, scores)
            active += new
        elif active:
            newest = [row.newest for row in active]
            _advance(active, decoder.step(newest, [row.length for row in active]))
        else:
            return
        yield from _drop_finished(decoder, active)


def take_in(
    waiting: Iterator[Row], active: list[Row], slots: int, limit: int, width: int = 1
) -> tuple[list[Row], Iterator[Row]]:
    """Return the rows that there is room for, and those that go on waiting.

    Args:
        waiting: rows to come.
        active: rows that are being written.
        slots: as for `write`, like `limit`.
        limit: most tokens of a row.
        width: slots that each row may come to need.
    """
    new: list[Row] = []
    longest = max((len(row.prompt.tokens) for row in active), default=0)
    while (count := len(active) + len(new) + 1) == 1 or count * width <= slots:
        row = next(waiting, None)
        if row is None:
            break
        longest = max(longest, len(row.prompt.tokens))
        if count > 1 and count * width * (longest + limit) > MOST_CACHED:
            return new, chain([row], waiting)
        new.append(row)
    return new, waiting


def _start(decoder: AnyDecoder, new: list[Row], first: int, active: list[Row]) -> torch.Tensor:
    """Read the prompts of new rows, each once, into the slots from `first` on.

    Puts the rows into the order of their slots.

    Returns:
        Scores of the token after each prompt, rows × vocabulary.
    """
    slots = {row.prompt: slot for slot, row in enumerate(active)}
    read: list[Row] = []
    copied: list[Row] = []
    for row in new:
        if row.prompt in slots:
            copied.append(row)
        else:
            slots[row.prompt] = first + len(read)
            read.append(row)
    new[:] = read + copied
    if read:
        scores = decoder.read([row.prompt.tokens for row in read], first)
        for row, of_prompt in zip(read, scores, strict=True):
            row.prompt.scores = of_prompt
    for slot, row in enumerate(copied, first + len(read)):
        decoder.copy(slots[row.prompt], slot, len(row.prompt.tokens))
    known = [row.prompt.scores for row in new]
    return torch.stack([scores for scores in known if scores is not None])


def _advance(rows: list[Row], scores: torch.Tensor) -> None:
    """Write a token in each row."""
    usual = _pick(rows, scores)
    chosen = [
        row.choose(of_row, token) for row, of_row, token in zip(rows, scores, usual, strict=True)
    ]
    tokens = torch.tensor([token or 0 for token in chosen], device=scores.device)[:, None]
    logprobs = scores.gather(1, tokens).squeeze(1) - scores.logsumexp(-1)
    for row, token, logprob in zip(rows, chosen, logprobs.tolist(), strict=True):
        if token is not None:
            row.take(token, logprob)


def _pick(rows: list[Row], scores: torch.Tensor) -> list[int]:
    """Return the token that each row takes if nothing is forbidden, in one go for all of them."""
    picked = scores.argmax(-1)
    drawing = [place for place, row in enumerate(rows) if row.rng is not None]
    if drawing:
        drawn = draw(scores[drawing], [rows[place] for place in drawing])
        picked[drawing] = drawn
    return picked.tolist()  # type: ignore[no-any-return]


def _drop_finished(decoder: AnyDecoder, active: list[Row]) -> Iterator[Row]:
    """Take finished rows out, so that those in use stand together, and yield them."""
    for slot in reversed(range(len(active))):
        row = active[slot]
        if row.is_done:
            last = active.pop()
            if last is not row:
                decoder.copy(len(active), slot, last.length)
                active[slot] = last
            yield row
