"""Start a policy from a base or an adapter; save what was trained, with its card."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from p4ir.corpus.writing import write_text
from p4ir.errors import TrainingError
from p4ir.models import load_base, load_with_adapter, write_info
from p4ir.models.adapters import CONFIG, INFO, WEIGHTS
from p4ir.models.signoff import STAMP
from p4ir.models.terms import LICENSE
from p4ir.training.recipe import Recipe
from p4ir.training.run import Run


def start_policy(
    base: str, adapter: str | None, lora: dict[str, Any] | None
) -> tuple[Any, Any, Any]:
    """Return the model to train, its tokenizer, and LoRA's settings if it has no adapter yet.

    An adapter is trained on; without one, `lora` describes a new one for TRL to add, and
    without that all weights are trained.

    Raises:
        ModelError: base or adapter is missing, or they do not belong together.
    """
    from peft import LoraConfig

    if adapter is not None:
        model, tokenizer = load_with_adapter(adapter, base=base, trainable=True)
        return model, tokenizer, None
    model, tokenizer = load_base(base)
    return model, tokenizer, LoraConfig(task_type="CAUSAL_LM", **lora) if lora else None


def save_adapter(
    model: Any,
    tokenizer: Any,
    recipe: Recipe,
    run: Run,
    stage: str,
    metrics: dict[str, float],
    sign: Callable[[Path], str] = lambda folder: "",
) -> None:
    """Write the trained weights, `p4ir.json` and a card to the run's `adapter/`, all or nothing.

    LoRA weights are stored as bfloat16, which halves the file and changes the rules that
    the model writes less than the batch size does. A model trained whole is saved whole.
    `sign` may add to the folder, when the weights are in it, and to the end of the card.

    Raises:
        TrainingError: the folder cannot be written.
    """
    from safetensors import SafetensorError

    temporary = run.output / ".adapter"
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        _save(model, tokenizer, temporary, stage)
        describe(temporary, recipe, run, stage, metrics)
        card = _card(model, recipe, _manifest(run), stage, metrics) + sign(temporary)
        write_text(temporary / "README.md", card)
        shutil.rmtree(run.adapter, ignore_errors=True)
        os.replace(temporary, run.adapter)
    except (OSError, SafetensorError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise TrainingError(f"cannot write {run.adapter}: {why}") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def describe(
    folder: Path, recipe: Recipe, run: Run, stage: str, metrics: dict[str, float] | None = None
) -> None:
    """Write `p4ir.json` and the terms of the run's start beside weights that it trained.

    Without `metrics` it does not say how good they are.
    """
    start = _manifest(run).get("start", {})
    scored = {name: round(value, 4) for name, value in (metrics or {}).items()}
    info = {
        "base": recipe.model,
        "stage": stage,
        **({"start": start["name"], "licence": _licence(start)} if start else {}),
        "notation": recipe.notation,
        "clause_number": recipe.corpus.clause_number,
        **({"drafts": True} if recipe.drafts else {}),
        **({"validation": scored} if metrics is not None else {}),
    }
    if (folder / CONFIG).is_file():
        write_info(folder, info)
    else:
        write_text(folder / INFO, json.dumps(info, indent=2) + "\n")
    if (run.output / LICENSE).is_file():
        shutil.copy(run.output / LICENSE, folder)


def _manifest(run: Run) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((run.output / "run.json").read_text(encoding="utf-8"))
    return manifest


def _save(model: Any, tokenizer: Any, folder: Path, stage: str) -> None:
    import torch

    if not _is_adapter(model):
        model.save_pretrained(str(folder))
        tokenizer.save_pretrained(str(folder))
        return
    # Full names: `save_pretrained` itself picks the adapter's weights and strips its name.
    state = {
        name: tensor.to(torch.bfloat16)
        for name, tensor in model.state_dict().items()
        if "lora_" in name
    }
    # With a KL term the model also holds the adapter that it started from, as "ref".
    model.save_pretrained(str(folder), state_dict=state, selected_adapters=["default"])
    _stamp(folder / WEIGHTS, stage)


def _stamp(weights: Path, stage: str) -> None:
    """Write the stage into the header of an adapter's weights, which nobody copies without it."""
    from safetensors.torch import load, save

    tensors = load(weights.read_bytes())
    weights.write_bytes(save(tensors, metadata={"format": "pt", STAMP: stage}))


def _is_adapter(model: Any) -> bool:
    from peft import PeftModel

    return isinstance(model, PeftModel)


def _licence(start: dict[str, Any]) -> str:
    """Return the terms of what was trained on from a start: of both, whatever the corpus's are."""
    own = start["licence"] or "no licence stated"
    return f"{own} (of {start['name']}, which it began as); the terms of its corpus apply as well"


def _card(
    model: Any, recipe: Recipe, manifest: dict[str, Any], stage: str, metrics: dict[str, float]
) -> str:
    library, what = ("peft", "Adapter") if _is_adapter(model) else ("transformers", "Model")
    start = manifest.get("start")
    began = f"\n- Began as: {start['name']}; terms: {_licence(start)}" if start else ""
    rows = "\n".join(f"| {name} | {value:.4f} |" for name, value in metrics.items())
    return f"""---
base_model: {recipe.model}
library_name: {library}
---

# {what} of {"an" if stage == "sft" else "a"} {stage.upper()} run

Turns a clause of a building code into a rule, in the notation `{recipe.notation}`.

- Base model: {recipe.model}{began}
- Corpus: {recipe.corpus.path}, {manifest["clauses"]["train"]} clauses
- Started: {manifest["started"]}, on {manifest["machine"]}
- Seed: {recipe.seed}

| validation metric ({manifest["clauses"]["validation"]} clauses) | value |
|---|---|
{rows}

Use: `p4ir interpret --adapter FOLDER "…"`, with this folder. Drafts for expert review.
"""
