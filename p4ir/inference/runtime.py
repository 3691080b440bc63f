"""Which program does the arithmetic: PyTorch, or OpenVINO where that is there and faster."""

from __future__ import annotations

import platform
from typing import Any, Literal, get_args

from p4ir.errors import ModelError
from p4ir.models import AdapterInfo, load_base, load_with_adapter
from p4ir.models.hardware import as_fast_as_possible, has_fast_bf16

Runtime = Literal["auto", "torch", "openvino"]


def load_to_write(base: str, adapter: AdapterInfo | None, runtime: Runtime) -> tuple[Any, Any]:
    """Load a model ready to write rules, and its tokenizer.

    Args:
        base: the base model, by name or path.
        adapter: the adapter, whose weights are added into the base's.
        runtime: what does the arithmetic; `auto` takes OpenVINO if it is installed, the
            processor is an x86, there is no GPU and the model is of a kind that it runs.

    Returns:
        A model as `p4ir.inference.generation` takes it, and a tokenizer.

    Raises:
        ModelError: model or adapter is missing, damaged or does not fit, or OpenVINO was
            asked for and is not installed or does not run such models.
    """
    from p4ir.models import openvino
    from p4ir.models.openvino_graph import why_not

    if runtime not in (known := get_args(Runtime)):
        raise ModelError(f"no runtime {runtime!r}; there are {', '.join(known)}")
    if runtime == "openvino":
        openvino.check_installed()
    with_openvino = runtime == "openvino" or (runtime == "auto" and _prefers_openvino())
    converted = openvino.find_converted(base, adapter) if with_openvino else None
    if converted is None:
        model, tokenizer = (
            load_with_adapter(adapter, base=base, merge=True) if adapter else load_base(base)
        )
        problem = why_not(model.config)
        if problem and runtime == "openvino":
            raise ModelError(f"{base}: {problem}; leave out --runtime openvino")
        if problem or not with_openvino:
            return _pack(as_fast_as_possible(model)), tokenizer
        converted = openvino.convert(model, tokenizer)
        openvino.keep(converted, base, adapter)
    from p4ir.inference.openvino import CompiledModel

    return CompiledModel(converted, "bf16" if has_fast_bf16() else "f32"), converted.tokenizer


def _prefers_openvino() -> bool:
    """Say whether OpenVINO is there and the machine is one on which it was found faster."""
    import torch

    from p4ir.models.openvino import is_installed

    is_x86 = platform.machine() in ("x86_64", "AMD64")
    return is_installed() and is_x86 and not torch.cuda.is_available()


def _pack(model: Any) -> Any:
    from p4ir.inference.packing import pack

    return pack(model)
