"""A causal language model in OpenVINO's form, and where p4ir keeps it once converted.

It is kept in the user's cache together with its tokenizer, so that neither the weights of
base and adapter nor transformers' code of the model are loaded again.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from p4ir.errors import ModelError
from p4ir.models.adapters import AdapterInfo
from p4ir.models.catalogue import CATALOGUE, models_folder
from p4ir.models.loading import end_tokens
from p4ir.models.openvino_graph import Graph

_FORMAT = 1
"""To be raised when the graph or what is kept beside it changes."""
_MOST_KEPT = 4
"""Converted models that are kept, those that were used last: each takes as much as its base."""
_GRAPH, _ABOUT = "model.xml", "about.json"
_SMALL = 1 << 26
"""Files of fewer bytes are known by what they hold, others by their size and time."""


class Converted(NamedTuple):
    """A model in OpenVINO's form."""

    graph: Any
    """`openvino.Model`, with attention over past keys and values."""
    tokenizer: Any
    window: int | None
    """Tokens that it takes in at most; `None` if it does not say."""
    ends: list[int]
    """Tokens that end a text."""


def is_installed() -> bool:
    """Say whether the extra is there."""
    return importlib.util.find_spec("openvino") is not None


def check_installed() -> None:
    """Refuse to go on without the extra.

    Raises:
        ModelError: it is not installed.
    """
    if not is_installed():
        raise ModelError(
            "openvino is not installed: that runtime is an extra: pip install 'p4ir[openvino]'"
        )


def import_openvino() -> Any:
    """Import OpenVINO without the report that it would send to its makers."""
    if "openvino" not in sys.modules:
        sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
        import openvino  # noqa: F401

        del sys.modules["openvino_telemetry"]
    return sys.modules["openvino"]


def convert(model: Any, tokenizer: Any) -> Converted:
    """Convert a model of transformers for which `why_not` finds no reason against it."""
    window = getattr(model.config, "max_position_embeddings", None)
    return Converted(
        Graph(model, import_openvino()).build(), tokenizer, window, end_tokens(model, tokenizer)
    )


def find_converted(base: str, adapter: AdapterInfo | None) -> Converted | None:
    """Return the model that base and adapter were converted to; `None` if there is none."""
    folder = _folder(base, adapter)
    if folder is None or not folder.is_dir():
        return None
    from transformers import PreTrainedTokenizerFast  # AutoTokenizer takes half a second more

    with suppress(OSError, ValueError, KeyError, RuntimeError):  # damaged: made anew
        os.utime(folder)
        about = json.loads((folder / _ABOUT).read_bytes())
        tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
        graph = import_openvino().Core().read_model(folder / _GRAPH)
        return Converted(graph, tokenizer, about["window"], about["ends"])
    return None


def keep(converted: Converted, base: str, adapter: AdapterInfo | None) -> None:
    """Keep a converted model; where the disk does not take it, it is made anew next time."""
    folder = _folder(base, adapter)
    if folder is None:
        return
    with suppress(OSError, RuntimeError):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".") as temporary:
            built = Path(temporary) / "built"
            converted.tokenizer.save_pretrained(built)
            # The weights as they are, in float32, whatever they are to be used in.
            import_openvino().save_model(converted.graph, built / _GRAPH, compress_to_fp16=False)
            about = {"window": converted.window, "ends": converted.ends}
            (built / _ABOUT).write_text(json.dumps(about), encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            # Another process may come first: its model is as good as ours.
            os.replace(built, folder)
        kept = [each for each in folder.parent.iterdir() if not each.name.startswith(".")]
        for old in sorted(kept, key=lambda each: -each.stat().st_mtime)[_MOST_KEPT:]:
            shutil.rmtree(old, ignore_errors=True)


def _folder(base: str, adapter: AdapterInfo | None) -> Path | None:
    """Return where base and adapter are kept once converted.

    `None` for a model of the hub or one made on the spot, of which nothing is known before
    it is loaded.
    """
    folders = [CATALOGUE[base].folder if base in CATALOGUE else Path(base).expanduser()]
    if adapter is not None:
        folders.append(adapter.folder)
    if not all(folder.is_dir() for folder in folders):
        return None
    versions = [importlib.metadata.version(name) for name in ("openvino", "peft", "transformers")]
    said = [_FORMAT, versions, [list(_identify(folder)) for folder in folders]]
    name = hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]
    return models_folder().parent / "openvino" / name


def _identify(folder: Path) -> Iterator[tuple[str, int, str | int]]:
    """Yield what tells a folder's files from others, without reading large ones."""
    for file in sorted(folder.iterdir()):
        if file.is_file():
            size, changed = file.stat().st_size, file.stat().st_mtime_ns
            small = hashlib.sha256(file.read_bytes()).hexdigest() if size < _SMALL else None
            yield file.name, size, small or changed
