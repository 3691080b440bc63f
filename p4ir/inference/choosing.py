"""Which model and adapter are used, and what they say of themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from p4ir.models import DEFAULT, AdapterInfo, canonical_name, default_adapter, find_adapter
from p4ir.models.terms import read_said


class Writer(NamedTuple):
    """What writes rules."""

    base: str
    """The base model, by name or path."""
    info: AdapterInfo | None
    """The adapter, if there is one."""
    said: dict[str, Any]
    """What it says of itself in its `p4ir.json`."""

    @property
    def model(self) -> str:
        """The base model, as results name it."""
        return self.info.base if self.info else self.base


def choose_writer(model: str | None, adapter: str | None) -> Writer:
    """Return what writes rules, given by the options of `Interpreter`.

    Raises:
        ModelError: it is missing or damaged.
    """
    if adapter and not model and is_whole_model(Path(adapter)):
        model, adapter = adapter, None
    info = choose_adapter(adapter, model)
    if info is not None:
        return Writer(model or info.base, info, {**info.details, "notation": info.notation})
    base = model or DEFAULT
    return Writer(base, None, read_said(Path(base)))


def choose_adapter(adapter: str | None, model: str | None) -> AdapterInfo | None:
    """Return an adapter by path or name; the shipped one only for its own base."""
    if adapter in (None, "none"):
        return None
    if adapter != "default":
        return find_adapter(adapter)
    name = default_adapter()
    info = find_adapter(name) if name else None
    return info if info and (not model or canonical_name(model) == info.base) else None


def is_whole_model(folder: Path) -> bool:
    """Say whether a folder holds a model, not an adapter."""
    return (folder / "config.json").is_file() and not (folder / "adapter_config.json").exists()
