"""What the hardware is good at."""

from __future__ import annotations

from typing import Any


def has_fast_bf16(device: str = "cpu") -> bool:
    """Say whether bfloat16 arithmetic is native, and so faster than float32, on a device."""
    import torch

    if device == "cuda":
        return torch.cuda.is_bf16_supported()  # type: ignore[no-any-return]
    if device == "cpu":
        capabilities = torch.backends.cpu.get_cpu_capability()
        return capabilities.startswith("AVX512") and _cpu_flag("avx512_bf16")
    return False


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
