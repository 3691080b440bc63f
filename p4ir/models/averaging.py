"""Average the weights of adapters: one policy that is often better than each of them.

After model soups (Wortsman et al. 2022) and, for policies, WARP (Ramé et al. 2024), which
average fine-tunings of one start. The factors A and B of LoRA are averaged, each with
each: good for adapters that went on from one another, whose factors stand for the same
directions, and meaningless for others. Weights are stored as bfloat16, as a run stores them.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from p4ir.errors import ModelError, OutputError, OutputExistsError
from p4ir.models.adapters import CONFIG, INFO, WEIGHTS, AdapterInfo
from p4ir.models.signoff import STAMP, stage_of


def average(output: Path, adapters: Sequence[AdapterInfo]) -> None:
    """Write the average of adapters to a folder, with what `p4ir.json` of the last one says.

    The figures of a validation are left out: they are not those of the average.

    Args:
        output: folder to make.
        adapters: two or more of one base, one notation and one shape.

    Raises:
        OutputExistsError: the folder exists.
        OutputError: it cannot be written; nothing is left of it.
        ModelError: the adapters do not go together.
    """
    _check_alike(adapters)
    if output.exists():
        raise OutputExistsError(f"{output} exists: give another name")
    from safetensors.torch import save

    weights = _mean_weights(adapters)
    said = _description(adapters)
    part = output.with_name(f".{output.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir()
        stamp = {"format": "pt", STAMP: str(said.get("stage", ""))}
        (part / WEIGHTS).write_bytes(save(weights, metadata=stamp))
        shutil.copyfile(adapters[-1].folder / CONFIG, part / CONFIG)
        (part / INFO).write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
        os.replace(part, output)
    except OSError as error:
        raise OutputError(f"{output} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _description(adapters: Sequence[AdapterInfo]) -> dict[str, Any]:
    """Return what the last one says of itself; one of stage two makes the average one of it."""
    last = adapters[-1].folder / INFO
    said = json.loads(last.read_text(encoding="utf-8")) if last.is_file() else {}
    said = {key: value for key, value in said.items() if key != "validation"}
    if any(stage_of(info.folder) == "grpo" for info in adapters):
        said["stage"] = "grpo"
    return {**said, "average_of": [info.name for info in adapters]}


def _check_alike(adapters: Sequence[AdapterInfo]) -> None:
    if len(adapters) < 2:
        raise ModelError("an average is of two adapters or more: name another")
    first = adapters[0]
    for info in adapters[1:]:
        for what in ("base", "notation", "rank"):
            one, other = getattr(first, what), getattr(info, what)
            if one != other:
                raise ModelError(
                    f"{first.name} and {info.name} cannot be averaged: {what} {one} and {other}"
                )


def _mean_weights(adapters: Sequence[AdapterInfo]) -> dict[str, Any]:
    import torch
    from safetensors.torch import load_file

    loaded = [load_file(info.folder / WEIGHTS) for info in adapters]
    shapes = [{name: tensor.shape for name, tensor in each.items()} for each in loaded]
    for info, other in zip(adapters[1:], shapes[1:], strict=True):
        if other != shapes[0]:
            raise ModelError(
                f"{adapters[0].name} and {info.name} cannot be averaged: their weights differ in "
                "names or shapes"
            )
    return {
        name: (sum(each[name].double() for each in loaded) / len(loaded)).to(torch.bfloat16)
        for name in loaded[0]
    }
