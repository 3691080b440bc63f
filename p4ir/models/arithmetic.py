"""Adapters added up: the average of some, and one with what another run taught.

An average is one policy that is often better than each of them, after model soups
(Wortsman et al. 2022) and, for policies, WARP (Ramé et al. 2024), which average fine-tunings
of one start. The factors A and B of LoRA are averaged, each with each: good for adapters that
went on from one another, whose factors stand for the same directions, and meaningless for
others, which are refused.

A transfer adds what a run changed, its end less its start, to another adapter, after task
arithmetic (Ilharco et al. 2023). There the products BA are added and cut to the rank by their
singular values, so that the two need no common descent. Weights are stored as bfloat16, as a
run stores them.
"""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from p4ir.errors import ModelError, OutputError, OutputExistsError
from p4ir.models.adapters import CONFIG, INFO, WEIGHTS, AdapterInfo
from p4ir.models.signoff import STAMP, stage_of
from p4ir.models.terms import LICENSE

MOST_OFF = 0.3
"""How far an average may be from the mean of what its parts do, as a share of that."""


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
    if len(adapters) < 2:
        raise ModelError("an average is of two adapters or more: name another")
    _check_alike(adapters, "averaged")
    _check_free(output)
    import torch

    loaded = _load(adapters, "averaged")
    mean = mean_weights(loaded)
    if (off := _off_by(mean, loaded)) > MOST_OFF:
        names = [info.name for info in adapters]
        raise ModelError(
            f"{' and '.join(names)} cannot be averaged: their factors do not stand for the same "
            f"directions, the average would be off by {off:.0%}; `p4ir model transfer --onto "
            f"{names[0]} --start {names[0]} --end {names[1]} --scale 0.5` adds up two whatever "
            "their factors"
        )
    stored = {name: tensor.to(torch.bfloat16) for name, tensor in mean.items()}
    _write(output, stored, adapters[-1], adapters, average_of=[info.name for info in adapters])


def mean_weights(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the mean of the weights of one or more adapters of one shape, by name, in float64."""
    total: dict[str, Any] = {}
    count = 0
    for part in parts:
        count += 1
        for name, tensor in part.items():
            total[name] = total[name] + tensor.double() if name in total else tensor.double()
    return {name: tensor / count for name, tensor in total.items()}


def _off_by(mean: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]) -> float:
    """Return how far the mean factors' products BA are from the mean of the parts' products.

    Relative to the latter's norm over all layers: 0 where the parts share their directions, 0.7 for
    two that share none. (The ends of our runs from one start: less than 0.1.) The products, which
    are as large as the model, are never written out: <BA, B'A'> = <BᵀB', AA'ᵀ>.
    """

    def inner(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
        total = 0.0
        for a in (name for name in mean if ".lora_A." in name):
            b = a.replace(".lora_A.", ".lora_B.")
            columns = one[b].double().T @ other[b].double()
            total += (columns * (one[a].double() @ other[a].double().T)).sum().item()
        return total

    n = len(parts)
    whole = sum(inner(one, other) for one in parts for other in parts) / n**2
    shared = sum(inner(mean, part) for part in parts) / n
    off = max(inner(mean, mean) - 2 * shared + whole, 0.0)
    return math.sqrt(off / whole) if whole else 0.0


def transfer(
    output: Path, onto: AdapterInfo, start: AdapterInfo, end: AdapterInfo, scale: float = 1.0
) -> float:
    """Write an adapter with what a run taught another: onto + scale · (end − start).

    Args:
        output: folder to make.
        onto: adapter to which it is added; its rank and description are kept.
        start: what the run started from.
        end: what came out of it. All of one base and notation.
        scale: factor of the difference.

    Returns:
        The share of the sum's squared weights that its rank keeps, 0 to 1, a mean of layers.

    Raises:
        OutputExistsError: the folder exists.
        OutputError: it cannot be written; nothing is left of it.
        ModelError: the adapters do not go together, or `scale` is no finite number.
    """
    adapters = (onto, start, end)
    if not math.isfinite(scale):
        raise ModelError(f"the scale is {scale}: give a finite number")
    _check_alike(adapters, "added up", but=("rank", "lora_alpha", "use_rslora"))
    _check_free(output)
    loaded = _load(adapters, "added up")
    scalings = [_scaling(info.folder) for info in adapters]
    factors = [scalings[0], -scale * scalings[1], scale * scalings[2]]
    weights: dict[str, Any] = {}
    kept: list[float] = []
    for name in (name for name in loaded[0] if ".lora_A." in name):
        other = name.replace(".lora_A.", ".lora_B.")
        pairs = [(each[name].double(), each[other].double()) for each in loaded]
        weights[name], weights[other], share = _cut(pairs, factors, scalings[0])
        kept.append(share)
    if len(weights) != len(loaded[0]):
        raise ModelError(f"{onto.name} has more than LoRA's factors, which cannot be added up")
    step = {"onto": onto.name, "start": start.name, "end": end.name, "scale": scale}
    transfers = [*_description(onto).get("transfers", []), step]
    _write(output, weights, onto, adapters, transfers=transfers)
    return sum(kept) / len(kept)


def _cut(
    pairs: Sequence[tuple[Any, Any]], factors: Sequence[float], scaling: float
) -> tuple[Any, Any, float]:
    """Return A and B of the first's rank for a sum of products BA, and the share that they keep.

    The sum is never written out: its singular values are those of a small matrix.
    """
    import torch

    rank = len(pairs[0][0])
    rows = torch.cat([a for a, _ in pairs])
    columns = torch.cat([f * b for f, (_, b) in zip(factors, pairs, strict=True)], dim=1)
    left, small_left = torch.linalg.qr(columns)
    right, small_right = torch.linalg.qr(rows.T)
    u, values, v = torch.linalg.svd(small_left @ small_right.T)
    root = values[:rank].sqrt()
    b = left @ u[:, :rank] * root / scaling
    a = (right @ v[:rank].T * root).T
    energy = values.square().sum().item()
    share = values[:rank].square().sum().item() / energy if energy else 1.0
    return a.to(torch.bfloat16).contiguous(), b.to(torch.bfloat16).contiguous(), share


def _scaling(folder: Path) -> float:
    """Return the factor by which PEFT multiplies BA."""
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    rank = config["r"]
    return float(config["lora_alpha"] / (math.sqrt(rank) if config.get("use_rslora") else rank))


def _check_alike(adapters: Sequence[AdapterInfo], what: str, but: Sequence[str] = ()) -> None:
    """Refuse adapters that differ in what they write, or in how their factors are multiplied."""
    first, *others = [{**_settings(info), **dict.fromkeys(but)} for info in adapters]
    for info, other in zip(adapters[1:], others, strict=True):
        for name, value in first.items():
            if other[name] != value:
                raise ModelError(
                    f"{adapters[0].name} and {info.name} cannot be {what}: {name} {value} and "
                    f"{other[name]}"
                )


def _settings(info: AdapterInfo) -> dict[str, Any]:
    said = _description(info)
    config = json.loads((info.folder / CONFIG).read_text(encoding="utf-8"))
    return {
        **{name: getattr(info, name) for name in ("base", "notation", "rank")},
        **{name: said.get(name) for name in ("clause_number", "drafts")},
        "lora_alpha": config["lora_alpha"],
        "use_rslora": bool(config.get("use_rslora")),
        **{name: config.get(name) or {} for name in ("rank_pattern", "alpha_pattern")},
    }


def _check_free(output: Path) -> None:
    if output.exists():
        raise OutputExistsError(f"{output} exists: give another name")


def _load(adapters: Sequence[AdapterInfo], what: str) -> list[dict[str, Any]]:
    """Return the weights of adapters; those averaged, of one rank, must have one shape."""
    from safetensors.torch import load_file

    loaded = [load_file(info.folder / WEIGHTS) for info in adapters]
    # Along a factor's rank adapters may differ, where it is not one of what they must share.
    sizes = [
        {name: sorted({*tensor.shape} - {info.rank}) for name, tensor in each.items()}
        for info, each in zip(adapters, loaded, strict=True)
    ]
    for info, other in zip(adapters[1:], sizes[1:], strict=True):
        if other != sizes[0]:
            raise ModelError(
                f"{adapters[0].name} and {info.name} cannot be {what}: their weights differ in "
                "names or shapes"
            )
    return loaded


def _description(info: AdapterInfo) -> dict[str, Any]:
    file = info.folder / INFO
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _write(
    output: Path, weights: dict[str, Any], like: AdapterInfo, parts: Sequence[AdapterInfo],
    **more: Any,
) -> None:  # fmt: skip
    """Write an adapter, under the terms of all its parts; one of stage two makes it one of that."""
    from safetensors.torch import save

    said = {key: value for key, value in _description(like).items() if key != "validation"}
    if any(stage_of(info.folder) == "grpo" for info in parts):
        said["stage"] = "grpo"
    licences = dict.fromkeys(info.licence for info in parts if info.licence)
    if licences:
        said["licence"] = "; ".join(licences)
    files = (info.folder / LICENSE for info in parts)
    terms = dict.fromkeys(file.read_text("utf-8").strip() for file in files if file.is_file())
    folder = output.with_name(f".{output.name}.part")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir()
        stamp = {"format": "pt", STAMP: str(said.get("stage", ""))}
        (folder / WEIGHTS).write_bytes(save(weights, metadata=stamp))
        shutil.copyfile(like.folder / CONFIG, folder / CONFIG)
        text = json.dumps({**said, **more}, indent=2)
        (folder / INFO).write_text(text + "\n", encoding="utf-8")
        if terms:
            (folder / LICENSE).write_text("\n\n".join(terms) + "\n", encoding="utf-8")
        os.replace(folder, output)
    except OSError as error:
        raise OutputError(f"{output} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
