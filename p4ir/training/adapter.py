"""Save what was trained: an adapter that plain PEFT loads, with its card."""

from __future__ import annotations

import json
from typing import Any

from p4ir.corpus.writing import write_text
from p4ir.errors import TrainingError
from p4ir.models import write_info
from p4ir.training.recipe import Recipe
from p4ir.training.run import Run


def save_adapter(
    model: Any, tokenizer: Any, recipe: Recipe, run: Run, stage: str, metrics: dict[str, float]
) -> None:
    """Write the trained weights, `p4ir.json` and a card to the run's `adapter/`.

    LoRA weights are stored as bfloat16, which halves the file and changes the rules that
    the model writes less than the batch size does. A model trained whole is saved whole.
    """
    import torch
    from peft import PeftModel

    try:
        if isinstance(model, PeftModel):
            state = {
                name: tensor.to(torch.bfloat16) for name, tensor in _adapter_state(model).items()
            }
            model.save_pretrained(str(run.adapter), state_dict=state)
        else:
            model.save_pretrained(str(run.adapter))
            tokenizer.save_pretrained(str(run.adapter))
    except OSError as error:
        raise TrainingError(f"cannot write {run.adapter}: {error.strerror}") from None
    info = {
        "base": recipe.model,
        "stage": stage,
        "notation": recipe.notation,
        "clause_number": recipe.corpus.clause_number,
        "validation": {name: round(value, 4) for name, value in metrics.items()},
    }
    if isinstance(model, PeftModel):
        write_info(run.adapter, info)
    else:
        write_text(run.adapter / "p4ir.json", json.dumps(info, indent=2) + "\n")
    write_text(run.adapter / "README.md", _card(recipe, run, stage, metrics))


def _adapter_state(model: Any) -> dict[str, Any]:
    # Full names: `save_pretrained` itself picks the adapter's weights and strips its name.
    return {name: tensor for name, tensor in model.state_dict().items() if "lora_" in name}


def _card(recipe: Recipe, run: Run, stage: str, metrics: dict[str, float]) -> str:
    manifest = json.loads((run.output / "run.json").read_text(encoding="utf-8"))
    rows = "\n".join(f"| {name} | {value:.4f} |" for name, value in metrics.items())
    return f"""---
base_model: {recipe.model}
library_name: peft
---

# Adapter of a {stage.upper()} run

Turns a clause of a building code into a rule, in the notation `{recipe.notation}`.

- Base model: {recipe.model}
- Corpus: {recipe.corpus.path}, {manifest["clauses"]["train"]} clauses
- Started: {manifest["started"]}, on {manifest["machine"]}
- Seed: {recipe.seed}

| validation metric ({manifest["clauses"]["validation"]} clauses) | value |
|---|---|
{rows}

Use: `p4ir interpret --adapter {run.adapter.name} "…"`. Drafts for expert review.
"""
