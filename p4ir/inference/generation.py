"""Completions of prompts by a causal language model, many at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

from p4ir.inference.rows import End, Prompt, Row
from p4ir.models.loading import end_tokens

if TYPE_CHECKING:
    import numpy as np

    from p4ir.inference.decoding import AnyDecoder


class Completion(NamedTuple):
    """What a model wrote after a prompt."""

    text: str
    logprobs: tuple[float, ...]
    """Natural log-probability of each token of the text, in order."""
    spans: tuple[tuple[int, int], ...]
    """Where each token stands in the text, in characters (start, end).

    A character of several tokens belongs to each of them.
    """
    end: End
    """Whether the model ended the text itself, reached the limit, or kept repeating itself.

    Of a text that repeats itself to the end the last copy is left out.
    """
    is_closed: bool = False
    """Whether the text, though it did not end by itself, was brought to the end of a rule."""
    tokens: tuple[int, ...] = ()
    """The tokens, with the one that ended it if the model did."""
    steered: int = 0
    """Times that the grammar did not let the model write the token that it would have; 0 means,
    without beams, that the text is the one that it writes unconstrained."""


def generate(
    model: Any,
    tokenizer: Any,
    prompts: Sequence[str | Sequence[int]],
    *,
    beams: int = 1,
    notation: str | None = None,
    max_new_tokens: int = 400,
    batch_size: int = 16,
    on_batch: Callable[[int], None] = lambda done: None,
) -> list[Completion]:
    """Complete prompts by what is likeliest; the order of the results is that of the prompts.

    Args:
        model: a causal language model of transformers or PEFT, or one that OpenVINO compiled.
        tokenizer: the model's.
        prompts: what to go on from, as texts or as tokens.
        beams: beginnings of a completion that are followed side by side; of 1 only the
            likeliest next token is.
        notation: the notation to which completions are held, as `p4ir.rules.grammar` has it;
            `None` lets the model write anything.
        max_new_tokens: longest completion. Those held to a notation end in a complete rule.
        batch_size: completions written together.
        on_batch: called with the number of prompts that were just completed.

    Raises:
        NotationError: the notation has no grammar.
    """
    found = search(
        model, tokenizer, prompts, beams=beams, notation=notation, max_new_tokens=max_new_tokens,
        batch_size=batch_size,
    )  # fmt: skip
    return [completions[0] for completions in in_order(found, on_batch)]


def search(
    model: Any,
    tokenizer: Any,
    prompts: Sequence[str | Sequence[int]],
    *,
    beams: int = 1,
    notation: str | None = None,
    max_new_tokens: int = 400,
    batch_size: int = 16,
) -> Iterator[tuple[int, list[Completion]]]:
    """Yield each prompt's place among all and what a beam found for it, in no given order.

    The completions of a prompt begin with the likeliest by mean log-probability of a token;
    those that the model did not end itself come last. The arguments are those of `generate`.

    Raises:
        NotationError: the notation has no grammar.
    """
    draws: list[list[np.random.Generator | None]] = [[None]] * len(prompts)
    return _complete(
        model, tokenizer, prompts, draws, 1.0, notation, max_new_tokens, batch_size, beams
    )


def sample(
    model: Any,
    tokenizer: Any,
    prompts: Sequence[str | Sequence[int]],
    *,
    samples: int,
    rngs: Sequence[np.random.Generator],
    temperature: float = 1.0,
    with_greedy: bool = False,
    notation: str | None = None,
    max_new_tokens: int = 400,
    batch_size: int = 16,
) -> Iterator[tuple[int, list[Completion]]]:
    """Yield each prompt's place among all and completions drawn for it, in no given order.

    Each prompt is read once.

    Args:
        model: as for `generate`, like `tokenizer` and `prompts`.
        tokenizer: the model's.
        prompts: what to go on from.
        samples: completions of each prompt.
        rngs: a source of draws for each prompt. Each completion has draws of its own, so
            that it does not depend on what is written beside it, but for rounding.
        temperature: divides the scores; 1 draws from the model's own distribution.
        with_greedy: whether the first completion of each prompt is the greedy one.
        notation: as for `generate`, like what follows.
        max_new_tokens: longest completion.
        batch_size: completions written together.

    Raises:
        NotationError: the notation has no grammar.
    """
    greedy: list[np.random.Generator | None] = [None] if with_greedy else []
    draws = [[*greedy, *rng.spawn(samples - len(greedy))] for rng in rngs]
    return _complete(
        model, tokenizer, prompts, draws, temperature, notation, max_new_tokens, batch_size
    )


def source_of_draws(seed: int, prompt: str) -> np.random.Generator:
    """Return a source of draws that depends on a seed and a prompt alone."""
    import numpy as np

    return np.random.default_rng([seed, *hashlib.sha256(prompt.encode()).digest()])


def _complete(
    model: Any,
    tokenizer: Any,
    prompts: Sequence[str | Sequence[int]],
    draws: Sequence[Sequence[np.random.Generator | None]],
    temperature: float,
    notation: str | None,
    limit: int,
    batch_size: int,
    beams: int = 1,
) -> Iterator[tuple[int, list[Completion]]]:
    """Yield each prompt's place and its completions: one of each source of draws, or a beam's."""
    from p4ir.inference.beams import grow_beams
    from p4ir.inference.decoding import write

    ends = end_tokens(model, tokenizer)
    constraint = None
    if notation is not None:
        from p4ir.inference.constraint import Constraint

        constraint = Constraint(tokenizer, notation, ends)

    def rows() -> Iterator[Row]:
        asked = [tokenizer(p)["input_ids"] if isinstance(p, str) else p for p in prompts]
        # The longest first: in the end, when rows become few, those left are short.
        for number in sorted(range(len(asked)), key=lambda number: -len(asked[number])):
            prompt = Prompt(asked[number], number)
            for place, rng in enumerate(draws[number]):
                guide = constraint.start() if constraint else None
                yield Row(
                    prompt, ends=ends, limit=limit, guide=guide, temperature=temperature, rng=rng,
                    place=place,
                )  # fmt: skip

    with _decoder_of(model) as decoder:
        if beams > 1:
            for beam in grow_beams(decoder, rows(), batch_size, limit, beams):
                ranked = beam.ranked()
                completions = [_completion(tokenizer, row, ends) for row in ranked]
                yield ranked[0].prompt.number, completions
            return
        unfinished: dict[int, dict[int, Completion]] = {}
        for row in write(decoder, rows(), batch_size, limit):
            number = row.prompt.number
            found = unfinished.setdefault(number, {})
            found[row.place] = _completion(tokenizer, row, ends)
            if len(found) == len(draws[number]):
                del unfinished[number]
                yield number, [found[place] for place in range(len(found))]


def in_order(
    found: Iterable[tuple[int, list[Completion]]],
    on_batch: Callable[[int], None] = lambda done: None,
) -> list[list[Completion]]:
    """Return the completions of all prompts in their order, telling of each that is done."""
    completions: dict[int, list[Completion]] = {}
    for number, of_prompt in found:
        completions[number] = of_prompt
        on_batch(1)
    return [completions[number] for number in sorted(completions)]


def _decoder_of(model: Any) -> AbstractContextManager[AnyDecoder]:
    """Return what reads and steps, for a while."""
    from p4ir.inference.openvino import CompiledModel

    if isinstance(model, CompiledModel):
        return model.decoder()
    from p4ir.inference.decoder import Decoder  # with transformers' code of models: a second

    return nullcontext(Decoder(model))


def _completion(tokenizer: Any, row: Row, ends: Sequence[int]) -> Completion:
    assert row.end is not None
    written = row.tokens[:-1] if row.end == "finished" else row.tokens
    pieces = tokenizer.convert_ids_to_tokens(written)
    text = tokenizer.convert_tokens_to_string(pieces)
    return Completion(
        text,
        tuple(row.logprobs[: len(written)]),
        _spans(tokenizer, pieces, text),
        row.end,
        row.is_closed,
        tuple(row.tokens),
        row.steered,
    )


def _spans(tokenizer: Any, pieces: list[str], text: str) -> tuple[tuple[int, int], ...]:
    """Return where each token stands in the text, whatever the kind of vocabulary."""
    spans: list[tuple[int, int]] = []
    start = 0
    for count in range(1, len(pieces) + 1):
        written = tokenizer.convert_tokens_to_string(pieces[:count])[: len(text)]
        # A character of which some bytes are still to come stands as U+FFFD, once or more.
        whole = written if text.startswith(written) else written.rstrip("\ufffd")
        end = len(whole) + (len(whole) < len(written))
        spans.append((start, max(start, end)))
        start = max(start, len(whole))
    return tuple(spans)
