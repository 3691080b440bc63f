"""What the numbers of a recipe may be: what is plain without asking a library.

A library would say the same when it is built, in words of its own and without the key.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

BOUNDS: tuple[tuple[str, Callable[[float], bool], tuple[str, ...]], ...] = (
    ("at least 1", lambda number: number >= 1, (
        "corpus.limit", "validation.limit", "validation.max_new_tokens", "validation.batch_size",
        "patience", "lora.r", "trainer.per_device_train_batch_size",
        "trainer.per_device_eval_batch_size", "trainer.gradient_accumulation_steps",
        "trainer.max_length", "trainer.max_completion_length", "trainer.num_iterations",
        "trainer.steps_per_generation", "trainer.generation_batch_size",
    )),
    ("more than 0 and finite", lambda number: 0 < number < math.inf, (
        "validation.every", "lora.lora_alpha", "trainer.learning_rate", "trainer.logging_steps",
        "trainer.temperature",
    )),
    ("at least 0", lambda number: number >= 0, (
        "corpus.recombined", "min_spread", "trainer.weight_decay", "trainer.adam_epsilon",
        "trainer.max_grad_norm", "trainer.warmup_steps", "trainer.dataloader_num_workers",
        "trainer.beta", "trainer.epsilon", "trainer.epsilon_high",
    )),
    ("at least 0 and less than 1", lambda number: 0 <= number < 1, (
        "lora.lora_dropout", "trainer.adam_beta1", "trainer.adam_beta2",
    )),
    ("0 to 4294967295", lambda number: 0 <= number < 2**32, ("seed",)),
)  # fmt: skip
"""What is expected, in words and as a test, and of which keys."""


def processes() -> int:
    """Return how many processes train together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def check_numbers(recipe: Mapping[str, Any]) -> list[str]:
    """Return which numbers are out of bounds; what is no number is left to the types."""
    numbers = dict(_numbers(recipe))
    problems = [
        f"{key} is {numbers[key]}, expected {expected}"
        for expected, holds, keys in BOUNDS
        for key in keys
        if key in numbers and not holds(numbers[key])
    ]
    epochs = numbers.get("trainer.num_train_epochs", 1)
    if not 0 < epochs < math.inf and not numbers.get("trainer.max_steps", -1) > 0:
        problems.append(
            f"trainer.num_train_epochs is {epochs}, expected more than 0 and finite, or set "
            "trainer.max_steps"
        )
    return problems


def is_number(value: Any) -> bool:
    """Say whether a value of a recipe is a number, which true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers(values: Mapping[str, Any], where: str = "") -> Iterator[tuple[str, float]]:
    """Yield each number of nested values with its dotted key."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{where}{key}.")
        elif is_number(value):
            yield f"{where}{key}", value
