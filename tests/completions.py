"""Completions as a model with one token for each character would write them."""

import math

from p4ir.inference.generation import Completion


def spell_out(text, end="finished", doubtful=(), probability=0.9):
    """Return a completion; the characters from `doubtful[0]` to `doubtful[1]` are unlikely."""
    chances = [0.1 if doubtful and i in range(*doubtful) else probability for i in range(len(text))]
    return Completion(
        text=text,
        logprobs=tuple(math.log(chance) for chance in chances),
        spans=tuple((i, i + 1) for i in range(len(text))),
        end=end,
    )
