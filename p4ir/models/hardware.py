"""What the hardware is good at."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

_TRIALS = 5
_ROWS, _INPUTS, _OUTPUTS = 256, 576, 1536
"""Sizes of the multiplication that is timed: a layer of the default model, some prompts long."""


@lru_cache(maxsize=2)
def has_fast_bf16(device: str = "cpu") -> bool:
    """Say whether arithmetic in bfloat16 is faster than in float32 on a device.

    On a CPU it is tried, in some 40 ms: that it has the instructions says little. With AVX512-BF16
    an AMD EPYC multiplies twice as fast as in float32, and an Intel Xeon without AMX half as fast.
    """
    import torch

    if device == "cuda":
        return torch.cuda.is_bf16_supported()  # type: ignore[no-any-return]
    return device == "cpu" and _has_bf16_instructions() and _is_bf16_quicker()


def _has_bf16_instructions() -> bool:
    import torch

    capabilities = torch.backends.cpu.get_cpu_capability()
    return capabilities.startswith("AVX512") and _cpu_flag("avx512_bf16")


def _is_bf16_quicker() -> bool:
    """Time both types in turns; the quickest of some trials is the one least disturbed."""
    import torch

    quickest = dict.fromkeys((torch.float32, torch.bfloat16), float("inf"))
    with torch.inference_mode():
        for _ in range(_TRIALS):
            for dtype in quickest:
                inputs = torch.ones(_ROWS, _INPUTS, dtype=dtype)
                weights = torch.ones(_OUTPUTS, _INPUTS, dtype=dtype)
                started = time.perf_counter()
                torch.nn.functional.linear(inputs, weights)
                quickest[dtype] = min(quickest[dtype], time.perf_counter() - started)
    return quickest[torch.bfloat16] < quickest[torch.float32]


def _cpu_flag(flag: str) -> bool:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return any(line.startswith("flags") and flag in line for line in file)
    except OSError:
        return False


def as_fast_as_possible(model: Any) -> Any:
    """Move a model to the GPU if there is one, and to bfloat16 where that is faster."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    return model.to(device, torch.bfloat16 if has_fast_bf16(device) else torch.float32)
