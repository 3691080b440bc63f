"""A copy of the policy to generate with: its adapter added into the weights, which are packed.

Training keeps float32 weights and a separate adapter; generating with those casts every
weight for every token and runs three products for each layer's one.
"""

from __future__ import annotations

import copy
from typing import Any

from p4ir.models.hardware import has_fast_bf16


def merged_copy(model: Any) -> Any:
    """Return a copy of a model with an adapter that has none, in evaluation mode.

    Its weights are bfloat16 where the hardware is fast with that. A model without an
    adapter is returned as it is.
    """
    import torch
    from peft import PeftModel

    from p4ir.inference.packing import pack

    if not isinstance(model, PeftModel):
        return model
    merged: Any = copy.deepcopy(model).merge_and_unload()
    # TRL puts its fused head into the instance as a closure, which a copy shares: through it
    # the copy would run the model that it was copied from.
    merged.__dict__.pop("forward", None)
    merged.requires_grad_(False)
    if has_fast_bf16(model.device.type):
        merged = merged.to(torch.bfloat16)
    return pack(merged.eval())
