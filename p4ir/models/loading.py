"""Load a base model, with or without an adapter, ready to train or to generate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from p4ir.errors import ModelError, first_line
from p4ir.models.adapters import CONFIG, WEIGHTS, AdapterInfo, find_adapter
from p4ir.models.catalogue import CATALOGUE, DEFAULT, canonical_name
from p4ir.models.pull import pull
from p4ir.models.tiny import TINY, make_tiny

if TYPE_CHECKING:
    import torch

_UNLOADABLE = (OSError, ValueError, RuntimeError, ImportError, KeyError, TypeError)
"""What transformers and PEFT raise over files that are missing, damaged or of another kind."""


def load_base(name: str = DEFAULT, *, dtype: torch.dtype | str | None = None) -> tuple[Any, Any]:
    """Load a base model and its tokenizer.

    Args:
        name: a name of the catalogue (fetched if missing), a folder, a hub name, or
            `tiny-random`.
        dtype: the weights' type, as `torch.bfloat16` or `"bfloat16"`; by default, as they
            are stored.

    Returns:
        A transformers causal language model, in evaluation mode, and its tokenizer. The
        tokenizer has a padding token and pads on the left, as generation needs.

    Raises:
        ModelError: there is no such model, or it cannot be loaded.
    """
    if name == TINY:
        return make_tiny()
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM, AutoTokenizer

    where = str(pull(name)) if name in CATALOGUE else _checked_folder(name)
    try:
        with quiet():
            model = AutoModelForCausalLM.from_pretrained(where, dtype=dtype or "auto")
            tokenizer = AutoTokenizer.from_pretrained(where)
    except (*_UNLOADABLE, SafetensorError) as error:
        raise ModelError(_explain(name, error)) from error
    _agree_on_ends(model, tokenizer)
    return model, tokenizer


def load_with_adapter(
    adapter: str | Path | AdapterInfo,
    *,
    base: str | None = None,
    dtype: torch.dtype | str | None = None,
    trainable: bool = False,
    merge: bool = False,
) -> tuple[Any, Any]:
    """Load an adapter on its base model.

    Args:
        adapter: a path, a name or an alias, as `find_adapter` takes it.
        base: the base model; by default, the one that the adapter names.
        dtype: as for `load_base`.
        trainable: whether the adapter's weights are to be trained further.
        merge: whether to add the adapter into the base's weights: faster to generate
            with, no longer an adapter.

    Returns:
        A PEFT model (merged: a transformers model) and the tokenizer.

    Raises:
        ModelError: there is no such adapter, or it was made for another base.
    """
    info = adapter if isinstance(adapter, AdapterInfo) else find_adapter(adapter)
    if base is not None and canonical_name(base) != info.base:
        raise ModelError(f"adapter {info.name} was trained on {info.base}, not on {base}")
    model, tokenizer = load_base(base or info.base, dtype=dtype)
    _check_shapes(info, model)
    from peft import PeftModel

    try:
        with quiet():
            tuned = PeftModel.from_pretrained(model, info.folder, is_trainable=trainable)
    except _UNLOADABLE as error:
        raise ModelError(f"adapter {info.name}: cannot be loaded: {first_line(error)}") from error
    if merge:
        tuned = tuned.merge_and_unload()
    return tuned.train(trainable), tokenizer


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers from drawing progress bars and printing advice."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _checked_folder(name: str) -> str:
    """Return the name of a model outside the catalogue if it can be one."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        if (folder / CONFIG).exists():
            raise ModelError(f"{name}: is an adapter, not a base model")
        if not (folder / "config.json").exists():
            raise ModelError(f"{name}: is no model: it holds no config.json")
        return str(folder)
    if name.startswith((".", "/", "~")):
        raise ModelError(f"{name}: there is no such folder")
    near = get_close_matches(name, CATALOGUE, 1)
    if "/" not in name and near:
        raise ModelError(f"no model {name!r}; did you mean {near[0]!r}?")
    return name


def end_tokens(model: Any, tokenizer: Any) -> list[int]:
    """Return the tokens that end a completion: the tokenizer's, and others the model knows."""
    known = model.generation_config.eos_token_id
    others = known if isinstance(known, list) else [known]
    return [end for end in dict.fromkeys([tokenizer.eos_token_id, *others]) if end is not None]


def _agree_on_ends(model: Any, tokenizer: Any) -> None:
    """Give tokenizer, model and generation the same end and padding tokens."""
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    tokenizer.padding_side = "left"
    ends = end_tokens(model, tokenizer)
    model.generation_config.eos_token_id = ends[0] if len(ends) == 1 else ends or None
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    model.config.pad_token_id = tokenizer.pad_token_id


def _check_shapes(info: AdapterInfo, model: Any) -> None:
    """Compare an adapter's matrices with the layers that they are for.

    PEFT leaves layers out silently that the model does not have.
    """
    from safetensors import SafetensorError, safe_open

    modules = dict(model.named_modules())
    try:
        with safe_open(info.folder / WEIGHTS, framework="pt") as weights:
            for key in weights.keys():  # noqa: SIM118 (it is no dict)
                shape = weights.get_slice(key).get_shape()
                _check_shape(info, modules, key, shape)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{info.folder / WEIGHTS}: is damaged: {error}") from None


def _check_shape(info: AdapterInfo, modules: dict[str, Any], key: str, shape: list[int]) -> None:
    layer, found, rest = key.removeprefix("base_model.model.").partition(".lora_")
    if not found or not rest.startswith(("A.", "B.")):
        return
    wrong = f"adapter {info.name} is for another model than {info.base}:"
    if layer not in modules:
        raise ModelError(f"{wrong} there is no layer {layer}")
    outputs, inputs = modules[layer].weight.shape
    have, want = (shape[1], inputs) if rest.startswith("A.") else (shape[0], outputs)
    if have != want:
        raise ModelError(f"{wrong} {layer} has {want} features, the adapter {have}")


def _explain(name: str, error: Exception) -> str:
    if isinstance(error, OSError) and not Path(name).expanduser().is_dir():
        return (
            f"{name}: is no model of the catalogue ({', '.join(CATALOGUE)}) nor a folder, "
            f"and could not be had from the hub: {first_line(error)}"
        )
    return f"{name}: cannot be loaded: {first_line(error)}"
