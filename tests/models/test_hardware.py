"""What the hardware is good at is told from what it is, so that it is told alike each time."""

import pytest

from p4ir.models import hardware

CPUS = [
    ("AuthenticAMD", "avx512f avx512_bf16", True),
    ("GenuineIntel", "avx512f avx512_bf16", False),
    ("GenuineIntel", "avx512f avx512_bf16 amx_bf16 amx_tile", True),
    ("AuthenticAMD", "avx2", False),
]


def told(monkeypatch, info, capability="AVX512"):
    monkeypatch.setattr("torch.backends.cpu.get_cpu_capability", lambda: capability)
    monkeypatch.setattr(hardware, "_cpu_info", lambda: info)
    return hardware.has_fast_bf16.__wrapped__("cpu")


@pytest.mark.parametrize(("vendor", "flags", "is_fast"), CPUS)
def test_bfloat16_is_used_where_it_multiplies_quicker(monkeypatch, vendor, flags, is_fast):
    info = f"processor\t: 0\nvendor_id\t: {vendor}\nflags\t\t: fpu {flags} sse\n"
    assert told(monkeypatch, info) == is_fast


def test_what_pytorch_does_not_use_or_nobody_can_read_is_not_fast(monkeypatch):
    info = "vendor_id : AuthenticAMD\nflags : avx512_bf16\n"
    assert not told(monkeypatch, info, capability="AVX2")
    assert not told(monkeypatch, "")
