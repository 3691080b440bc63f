"""What the hardware is good at."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=2)
def has_fast_bf16(device: str = "cpu") -> bool:
    """Say whether arithmetic in bfloat16 is faster than in float32 on a device.

    A CPU is judged by what it is and not by a trial, whose outcome is another now and then: a run
    that was interrupted must go on in the type that it began with, or it ends elsewhere.
    """
    import torch

    if device == "cuda":
        return torch.cuda.is_bf16_supported()  # type: ignore[no-any-return]
    if device != "cpu" or not torch.backends.cpu.get_cpu_capability().startswith("AVX512"):
        return False
    return _multiplies_bf16(_cpu_info())


def _multiplies_bf16(info: str) -> bool:
    """Tell from /proc/cpuinfo whether matrices are multiplied faster in bfloat16.

    With AVX512-BF16 an AMD EPYC is twice as fast as in float32, and an Intel Xeon, with the same
    instructions, half as fast unless it has AMX.
    """
    words = set(info.split())
    return "amx_bf16" in words or words >= {"avx512_bf16", "AuthenticAMD"}


def _cpu_info() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def as_fast_as_possible(model: Any) -> Any:
    """Move a model to the GPU if there is one, and to bfloat16 where that is faster."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    return model.to(device, torch.bfloat16 if has_fast_bf16(device) else torch.float32)
