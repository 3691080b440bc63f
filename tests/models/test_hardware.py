"""What the hardware is good at is tried, not read off its instructions."""

import time

import pytest
import torch

from p4ir.models import hardware


@pytest.mark.parametrize("slow", [torch.bfloat16, torch.float32])
def test_bfloat16_is_used_where_it_multiplies_quicker(monkeypatch, slow):
    def linear(inputs, weights):
        time.sleep(0.005 if inputs.dtype == slow else 0)

    monkeypatch.setattr(torch.nn.functional, "linear", linear)
    monkeypatch.setattr(hardware, "_has_bf16_instructions", lambda: True)
    assert hardware.has_fast_bf16.__wrapped__("cpu") == (slow == torch.float32)


def test_without_instructions_nothing_is_tried(monkeypatch):
    monkeypatch.setattr(hardware, "_has_bf16_instructions", lambda: False)
    monkeypatch.setattr(hardware, "_is_bf16_quicker", lambda: pytest.fail("it was tried"))
    assert not hardware.has_fast_bf16.__wrapped__("cpu")
