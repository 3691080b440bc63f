"""Completions of prompts by a causal language model, in batches of like length."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    import torch


class Completion(NamedTuple):
    """What a model wrote after a prompt."""

    text: str
    logprobs: tuple[float, ...]
    """Natural log-probability of each token of the text, in order."""
    offsets: tuple[int, ...]
    """Where each token ends in the text, in characters."""
    end: Literal["finished", "length", "loop"]
    """Whether the model ended the text itself, reached the limit, or began to repeat itself.

    Of a text that repeats itself the first copy of what is repeated is kept.
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

    inputs = tokenizer(prompts, return_tensors="pt", padding=True, padding_side="left").to(
        model.device
    )
    recorder, loops = (
        _LogprobRecorder(),
        _LoopDetector(inputs["input_ids"].shape, tokenizer.pad_token_id),
    )
    with torch.inference_mode(), _autocast(model):
        output = model.generate(
            input_ids=inputs["input_ids"],
            attention_mask=inputs["attention_mask"],
            max_new_tokens=limit,
            do_sample=False,
            logits_processor=LogitsProcessorList([recorder]),
            stopping_criteria=StoppingCriteriaList([loops]),
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id,
        )
    tokens = output[:, inputs["input_ids"].shape[1] :].tolist()
    logprobs = recorder.chosen(output)
    return [
        _completion(tokenizer, row, scores, length)
        for row, scores, length in zip(tokens, logprobs, loops.lengths, strict=True)
    ]


def _completion(
    tokenizer: Any, tokens: list[int], logprobs: list[float], loop_length: int | None
) -> Completion:
    end: Literal["finished", "length", "loop"] = "length"
    length = len(tokens)
    if loop_length is not None:
        end, length = "loop", loop_length
    elif tokenizer.eos_token_id in tokens:
        end, length = "finished", tokens.index(tokenizer.eos_token_id)
    pieces = tokenizer.convert_ids_to_tokens(tokens[:length])
    text = tokenizer.convert_tokens_to_string(pieces)
    # A piece of a byte-level vocabulary has one character for each byte of its text.
    encoded, offsets = text.encode(), []
    for length_bytes in accumulate(len(piece) for piece in pieces):
        offsets.append(len(encoded[:length_bytes].decode(errors="ignore")))
    return Completion(text, tuple(logprobs[:length]), tuple(offsets), end)


class _LoopDetector:
    """A stopping criterion that ends the rows which repeat the same tokens again and again.

    Greedy decoding of a small model falls into such loops, and never leaves them.
    """

    COPIES = 3
    PERIODS = range(4, 64)
    """Lengths of what may be repeated, in tokens."""

    def __init__(self, prompt_shape: tuple[int, int], padding: int) -> None:
        rows, self._start = prompt_shape
        self._padding = padding
        self.lengths: list[int | None] = [None] * rows
        """Tokens to keep of each row; `None` for one that does not repeat itself."""

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: Any) -> torch.Tensor:
        import torch

        done = torch.zeros(len(input_ids), dtype=torch.bool, device=input_ids.device)
        written = input_ids.shape[1] - self._start
        last = input_ids[:, -1]
        for period in self.PERIODS:
            if written < period * self.COPIES:
                break
            if not bool((input_ids[:, -1 - period] == last).any()):
                continue
            tail = input_ids[:, -period * self.COPIES :].view(len(input_ids), self.COPIES, period)
            looping = (tail == tail[:, :1]).all(2).all(1)
            looping &= last != self._padding  # a finished row, filled up
            for row in looping.nonzero().flatten().tolist():
                if self.lengths[row] is None:
                    self.lengths[row] = written - period * (self.COPIES - 1)
            done |= looping
        return done


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
