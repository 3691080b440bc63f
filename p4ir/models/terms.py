"""On which terms a model may be used: they go with what is made of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from p4ir.errors import ModelError
from p4ir.models.adapters import INFO, find_adapter, name_of

LICENSE = "LICENSE"
"""File beside weights with the text of their terms."""


class Terms(NamedTuple):
    """The terms of a model or an adapter."""

    of: str
    """Its name."""
    licence: str | None
    """What it says of itself: an SPDX identifier, or words."""
    text: str
    """Of its file, empty if it has none."""


def terms_of(base: str, adapter: str | None) -> Terms | None:
    """Return the terms of an adapter, or else of a base that p4ir made; `None` of any other base.

    Raises:
        ModelError: the adapter is missing or damaged.
    """
    if adapter is not None:
        info = find_adapter(adapter)
        return Terms(info.name, info.licence, _text_in(info.folder))
    folder = Path(base)
    said = read_said(folder)
    return Terms(name_of(folder), said.get("licence"), _text_in(folder)) if said else None


def _text_in(folder: Path) -> str:
    file = folder / LICENSE
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def read_said(folder: Path) -> dict[str, Any]:
    """Return what a model that p4ir trained whole says of itself; nothing of any other."""
    path = folder / INFO
    try:
        said = json.loads(path.read_bytes()) if path.is_file() else {}
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: cannot be read: {error}") from None
    return said if isinstance(said, dict) else {}
