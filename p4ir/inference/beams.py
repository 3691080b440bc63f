"""Beam search: some beginnings of a text are followed side by side, the likeliest of all.

Taking the likeliest token each time, a model cannot come back from a word that turns out to
lead nowhere. Here the `width` likeliest beginnings go on; texts that end are put aside, and
of those the one of the highest mean log-probability is taken, once there are `width`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from p4ir.inference.decoding import take_in
from p4ir.inference.rows import Row

if TYPE_CHECKING:
    import torch

    from p4ir.inference.decoding import AnyDecoder


@dataclass(eq=False)
class Beam:
    """The texts of one prompt."""

    rows: list[Row]
    """Those that go on."""
    ended: list[Row] = field(default_factory=list)

    def grow(self, logprobs: torch.Tensor, width: int) -> list[tuple[int, Row]]:
        """Let each text go on in its likeliest ways, and keep the likeliest of all.

        Args:
            logprobs: of the next token, the beam's rows × vocabulary.
            width: texts to keep.

        Returns:
            The texts that go on now, each with the place that its beginning had among `rows`.
        """
        likely = logprobs.topk(min(2 * width, logprobs.shape[1]))
        tokens, chances = likely.indices.tolist(), likely.values.tolist()
        ways = [
            (row.end is not None, -sum(row.logprobs) - logprob, place, token, logprob)
            for place, (row, of_row) in enumerate(zip(self.rows, logprobs, strict=True))
            for token, logprob in row.ways_on(
                of_row, list(zip(tokens[place], chances[place], strict=True))
            )
        ]
        self.ended += [row for row in self.rows if row.is_done]  # what was stopped has no way on
        ways.sort()  # what is only being closed comes behind all that the model goes on with
        kept: list[tuple[int, Row]] = []
        for rank, (_, _, place, token, logprob) in enumerate(ways):
            twin = self.rows[place].fork()
            twin.take(token, logprob)
            if not twin.is_done:
                kept.append((place, twin))
            elif rank < width:
                self.ended.append(twin)
            if len(kept) == width:
                break
        if sum(row.end == "finished" for row in self.ended) >= width:
            kept = []
        self.rows = [twin for _, twin in kept]
        return kept

    def ranked(self) -> list[Row]:
        """Return the texts, those that came to their end before those that were stopped."""
        return sorted(self.ended, key=lambda row: (row.end != "finished", -_mean(row.logprobs)))


def grow_beams(
    decoder: AnyDecoder, rows: Iterable[Row], slots: int, limit: int, width: int
) -> Iterator[Beam]:
    """Write texts, some at a time, and yield each beam when it is done.

    Args:
        decoder: the model.
        rows: the beginnings, one a prompt; taken as slots become free.
        slots: rows written together at most, unless one beam needs more.
        limit: most tokens of a row, its prompt not counted.
        width: texts of a beam.
    """
    waiting, beams, active = iter(rows), list[Beam](), list[Row]()
    while True:
        new, waiting = take_in(waiting, [beam.rows[0] for beam in beams], slots, limit, width)
        if new:
            first = len(active)
            scores = decoder.read([row.prompt.tokens for row in new], first)
            active += new
            started = [Beam([row]) for row in new]
            _grow(decoder, started, active, scores, first, width)
            beams += started
        elif beams:
            newest = [row.newest for row in active]
            scores = decoder.step(newest, [row.length for row in active])
            _grow(decoder, beams, active, scores, 0, width)
        else:
            return
        yield from (beam for beam in beams if not beam.rows)
        beams = [beam for beam in beams if beam.rows]


def _grow(
    decoder: AnyDecoder, beams: list[Beam], active: list[Row], scores: torch.Tensor, first: int,
    width: int,
) -> None:  # fmt: skip
    """Let beams grow, and bring `active`, the rows in the order of their slots, up to it.

    `scores` are those of the slots from `first` on.
    """
    logprobs = scores.log_softmax(-1)
    slot_of = {id(row): slot for slot, row in enumerate(active)}
    taken: dict[int, Row] = dict(enumerate(active[:first]))
    others: list[tuple[int, Row]] = []
    for beam in beams:
        slots = [slot_of[id(row)] for row in beam.rows]
        for place, twin in beam.grow(logprobs[[slot - first for slot in slots]], width):
            # The first to go on from a beginning stays in its slot; others get a copy of it.
            if slots[place] in taken:
                others.append((slots[place], twin))
            else:
                taken[slots[place]] = twin
    for source, twin in others:
        target = next(slot for slot in range(len(taken) + 1) if slot not in taken)
        decoder.copy(source, target, twin.length)
        taken[target] = twin
    for slot in range(len(taken)):
        if slot not in taken:
            last = max(taken)
            decoder.copy(last, slot, taken[last].length)
            taken[slot] = taken.pop(last)
    active[:] = [taken[slot] for slot in range(len(taken))]


def _mean(logprobs: list[float]) -> float:
    return sum(logprobs) / max(1, len(logprobs))
