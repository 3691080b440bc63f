"""Write a model with its adapter merged, for engines that take one folder: vLLM, llama.cpp."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

from p4ir.errors import OutputError, OutputExistsError
from p4ir.models.adapters import INFO, AdapterInfo
from p4ir.models.loading import load_base, load_with_adapter, quiet
from p4ir.models.signoff import carry_over, check_signed_off
from p4ir.models.terms import LICENSE


def export(output: Path, adapter: AdapterInfo | None, base: str, dtype: str = "float32") -> None:
    """Write a model to a folder as safetensors, with tokenizer, terms and what p4ir must know.

    Args:
        output: folder to make.
        adapter: adapter to merge; `None` writes the base alone.
        base: the base model.
        dtype: the weights' type, by torch's name.

    Raises:
        OutputExistsError: the folder exists.
        OutputError: it cannot be written; nothing is left of it.
        ModelError: base or adapter cannot be loaded, or the guard of stage two did not pass.
    """
    check_signed_off(adapter.folder if adapter else Path(base))
    if output.exists():
        raise OutputExistsError(f"{output} exists: give another name")
    if not output.parent.is_dir() or not os.access(output.parent, os.W_OK):
        raise OutputError(f"{output}: {output.parent} is no folder that can be written to")
    if adapter is None:
        model, tokenizer = load_base(base)
    else:
        # Merged as stored, and only then rounded: sums of rounded weights would be worse.
        model, tokenizer = load_with_adapter(adapter, base=base, merge=True)
    import torch
    from safetensors import SafetensorError

    model.to(getattr(torch, dtype))
    private = Path(tempfile.mkdtemp(prefix=f"{output.name}.part-", dir=output.parent))
    part = private / output.name
    try:
        part.mkdir()
        with quiet():
            model.save_pretrained(part)
            tokenizer.save_pretrained(part)
        # safetensors lets nobody else read what it writes; a server may be another user.
        for weights in part.glob("*.safetensors"):
            shutil.copymode(part / "config.json", weights)
        if adapter is not None:
            _describe(adapter, part)
        elif (Path(base) / INFO).is_file():  # p4ir made it: an export, or a model trained whole
            shutil.copy(Path(base) / INFO, part)
            _carry_terms(Path(base), part)
        os.replace(part, output)
    except (OSError, SafetensorError) as error:
        why = getattr(error, "strerror", None) or error
        raise OutputError(f"{output} could not be written: {why}") from error
    finally:
        shutil.rmtree(private, ignore_errors=True)


def _describe(adapter: AdapterInfo, folder: Path) -> None:
    """Keep the adapter's terms, the guard's report, and what it says of notation and prompt."""
    said = {
        **adapter.details,
        "base": adapter.base,
        "adapter": adapter.name,
        "notation": adapter.notation,
        "licence": adapter.licence,
    }
    (folder / INFO).write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", "utf-8")
    _carry_terms(adapter.folder, folder)


def _carry_terms(source: Path, folder: Path) -> None:
    """Put the guard's report and the terms of a model beside the weights made of it."""
    carry_over(source, folder)
    if (source / LICENSE).is_file():
        shutil.copy(source / LICENSE, folder)
