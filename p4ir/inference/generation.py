"""Completions of prompts by a causal language model, in batches of like length."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    import torch


class Completion(NamedTuple):
    """What a model wrote after a prompt."""

    text: str
    logprobs: tuple[float, ...]
    """Natural log-probability of each token of the text, in order."""
    spans: tuple[tuple[int, int], ...]
    """Where each token stands in the text, in characters (start, end).

    A character of several tokens belongs to each of them.
    """
    end: Literal["finished", "length", "loop"]
    """Whether the model ended the text itself, reached the limit, or kept repeating itself.

    Of a text that repeats itself to the end the last copy is left out.
    """


def generate(
    model: Any,
    tokenizer: Any,
    prompts: Sequence[str],
    *,
    max_new_tokens: int = 400,
    batch_size: int = 16,
    on_batch: Callable[[int], None] = lambda done: None,
) -> list[Completion]:
    """Complete prompts greedily; the order of the results is that of the prompts.

    `on_batch` is called after each batch with the number of prompts that it held.
    """
    results: list[Completion | None] = [None] * len(prompts)
    for batch, completions in iterate(
        model, tokenizer, prompts, max_new_tokens=max_new_tokens, batch_size=batch_size
    ):
        for index, completion in zip(batch, completions, strict=True):
            results[index] = completion
        on_batch(len(batch))
    return [result for result in results if result is not None]


def iterate(
    model: Any,
    tokenizer: Any,
    prompts: Sequence[str],
    *,
    max_new_tokens: int,
    batch_size: int,
) -> Iterator[tuple[list[int], list[Completion]]]:
    """Yield the indices of a batch of prompts of like length, and their completions."""
    order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        yield batch, _complete(model, tokenizer, [prompts[i] for i in batch], max_new_tokens)


def _complete(model: Any, tokenizer: Any, prompts: list[str], limit: int) -> list[Completion]:
    import torch
    from transformers import LogitsProcessorList, StoppingCriteriaList

    from p4ir.models.loading import quiet

    inputs = tokenizer(prompts, return_tensors="pt", padding=True, padding_side="left").to(
        model.device
    )
    ends = _end_tokens(model, tokenizer)
    recorder = _LogprobRecorder()
    loops = _LoopBreaker(inputs["input_ids"].shape, tokenizer.pad_token_id)
    with torch.inference_mode(), quiet(), _autocast(model):
        output = model.generate(
            input_ids=inputs["input_ids"],
            attention_mask=inputs["attention_mask"],
            max_new_tokens=limit,
            do_sample=False,
            repetition_penalty=1.0,  # chat models come with another, but rules repeat names
            logits_processor=LogitsProcessorList([recorder, loops]),
            stopping_criteria=StoppingCriteriaList([loops.is_stuck]),
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=ends,
        )
    tokens = output[:, inputs["input_ids"].shape[1] :].tolist()
    logprobs = recorder.chosen(output)
    return [
        _completion(tokenizer, row, scores, length, ends)
        for row, scores, length in zip(tokens, logprobs, loops.lengths, strict=True)
    ]


def _end_tokens(model: Any, tokenizer: Any) -> list[int]:
    """Return the tokens that end a completion: the tokenizer's, and others the model knows."""
    known = model.generation_config.eos_token_id
    others = known if isinstance(known, list) else [known]
    return [end for end in dict.fromkeys([tokenizer.eos_token_id, *others]) if end is not None]


def _completion(
    tokenizer: Any,
    tokens: list[int],
    logprobs: list[float],
    loop_length: int | None,
    ends: Sequence[int],
) -> Completion:
    end: Literal["finished", "length", "loop"] = "length"
    length = len(tokens)
    finish = next((place for place, token in enumerate(tokens) if token in ends), None)
    if loop_length is not None:
        end, length = "loop", loop_length
    elif finish is not None:
        end, length = "finished", finish
    pieces = tokenizer.convert_ids_to_tokens(tokens[:length])
    text = tokenizer.convert_tokens_to_string(pieces)
    return Completion(text, tuple(logprobs[:length]), _spans(tokenizer, pieces, text), end)


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


class _LoopBreaker:
    """Keeps rows from writing the same tokens again and again, as small models do.

    A logits processor that, when a row has just written a block of tokens twice in a row,
    forbids the block's first token; and a stopping criterion that ends a row which needed
    that too often.
    """

    PERIODS = range(4, 64)
    """Lengths of a block, in tokens; shorter loops repeat as multiples."""
    MOST = 4
    """Times that a row is helped out of a loop before it is ended."""

    def __init__(self, prompt_shape: tuple[int, int], padding: int) -> None:
        rows, self._start = prompt_shape
        self._padding = padding
        self.times = [0] * rows
        """How often each row was helped."""
        self.lengths: list[int | None] = [None] * rows
        """Tokens to keep of each row; `None` for one that is not stuck."""

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        import torch

        written = input_ids[:, self._start :]
        if not written.shape[1]:
            return scores
        # A finished row is filled up with padding, which is no loop.
        active = written[:, -1] != self._padding
        helped: dict[int, int] = {}
        for period in self._candidates(written):
            copies = written[:, -2 * period :].unflatten(1, (2, period))
            looping = active & (copies[:, 0] == copies[:, 1]).all(1)
            for row in looping.nonzero().flatten().tolist():
                scores[row, copies[row, 0, 0]] = -torch.inf
                helped.setdefault(row, period)
        for row, period in helped.items():
            self.times[row] += 1
            if self.times[row] == self.MOST:
                self.lengths[row] = written.shape[1] - period
        return scores

    def is_stuck(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: Any) -> torch.Tensor:
        """Say which rows are to be ended."""
        import torch

        stuck = [length is not None for length in self.lengths]
        return torch.tensor(stuck, device=input_ids.device)

    def _candidates(self, written: torch.Tensor) -> list[int]:
        """Return the periods after which some row's last token stood already."""
        longest = min(self.PERIODS.stop - 1, written.shape[1] // 2)
        shortest = self.PERIODS.start
        if longest < shortest:
            return []
        before = written[:, -1 - longest : -shortest].flip(1)
        again = (before == written[:, -1:]).any(0)
        return [shortest + index for index in again.nonzero().flatten().tolist()]


class _LogprobRecorder:
    """A logits processor that changes nothing and keeps the chosen tokens' probabilities.

    A step's choice is known only at the next, so the scores of one step are kept.
    """

    def __init__(self) -> None:
        self._last: torch.Tensor | None = None
        self._chosen: list[torch.Tensor] = []

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        self._gather(input_ids)
        self._last = scores.float().log_softmax(-1)
        return scores

    def chosen(self, output: torch.Tensor) -> list[list[float]]:
        """Return log-probabilities, rows × steps."""
        import torch

        self._gather(output)
        return torch.stack(self._chosen, 1).tolist()  # type: ignore[no-any-return]

    def _gather(self, input_ids: torch.Tensor) -> None:
        if self._last is not None:
            self._chosen.append(self._last.gather(1, input_ids[:, -1:]).squeeze(1))


def _autocast(model: Any) -> Any:
    """Return a bfloat16 context where the weights are float32 and the hardware has bfloat16."""
    import torch

    from p4ir.models.hardware import has_fast_bf16

    device = model.device.type
    fast = next(model.parameters()).dtype == torch.float32 and has_fast_bf16(device)
    return torch.autocast(device, torch.bfloat16, enabled=fast)
