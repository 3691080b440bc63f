"""LoRA adapters: find them by path, name or alias, and read what they say of themselves.

An adapter is a folder in PEFT's own format, with a `p4ir.json` that adds which notation
it writes and how it is prompted. Those that p4ir ships lie in `data/adapters` of a
checkout and in `p4ir/adapters` of an installed package.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from p4ir.errors import ModelError
from p4ir.models.catalogue import canonical_name

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
INFO = "p4ir.json"
ALIASES = ("grpo", "sft", "open")
"""Words that choose the one shipped adapter whose name holds them."""
_PREFERRED = ("grpo", "sft")
_SAY_NOTHING = ("adapter", "run")
"""Names of folders that every run, and every trial of a comparison of methods, has."""
_PACKAGE = Path(__file__).resolve().parents[1]
FOLDERS = (_PACKAGE.parent / "data" / "adapters", _PACKAGE / "adapters")
"""Where shipped adapters lie: a checkout's, then an installed package's."""


class AdapterLabel(Protocol):
    """What results say of the adapter that they were made with, wherever it lies."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def licence(self) -> str | None:
        """SPDX identifier."""

    @property
    def sha256(self) -> str | None:
        """What tells it from another of its name; `None` where that is not known."""


@dataclass(frozen=True, kw_only=True)
class AdapterInfo:
    """What an adapter says of itself."""

    name: str
    """What `name_of` calls its folder."""
    folder: Path
    """Where it lies."""
    base: str
    """The model that it was trained on: a catalogue name, a hub name or a path."""
    notation: str | None = None
    """The notation that it writes; `None` if it does not say."""
    prompt: str | None = None
    """How clauses are put to it; `None` if it does not say."""
    licence: str | None = None
    """SPDX identifier."""
    rank: int | None = None
    """LoRA rank."""
    details: dict[str, Any] = field(default_factory=dict)
    """Everything else in `p4ir.json`."""

    @property
    def size_bytes(self) -> int:
        """Size of the weights' file."""
        return (self.folder / WEIGHTS).stat().st_size

    @cached_property
    def sha256(self) -> str:
        """Hash, in hexadecimal, of what it writes by: its weights, and how they are used.

        Raises:
            ModelError: a file cannot be read.
        """
        whole = hashlib.sha256()
        for file in (self.folder / name for name in (CONFIG, WEIGHTS, INFO)):
            try:
                with file.open("rb") as stream:
                    whole.update(hashlib.file_digest(stream, "sha256").digest())
            except FileNotFoundError:
                whole.update(b"none")
            except OSError as error:
                raise ModelError(f"{file}: cannot be read: {error.strerror}") from None
        return whole.hexdigest()


def list_adapters() -> list[AdapterInfo]:
    """Return the shipped adapters by name; one that cannot be read is left out."""
    found: dict[str, AdapterInfo] = {}
    for folder in _shipped():
        try:
            found.setdefault(folder.name, read_adapter(folder))
        except ModelError:
            continue
    return [found[name] for name in sorted(found)]


def default_adapter() -> str | None:
    """Return the name of the adapter used where none is named.

    The shipped one that `grpo` means, else the one that `sft` means, else `None`.
    """
    names = [folder.name for folder in _shipped()]
    for alias in _PREFERRED:
        meant = _meant(alias, names)
        if meant:
            return sorted(meant)[0]
    return None


def find_adapter(adapter: str | Path) -> AdapterInfo:
    """Return an adapter by the path of its folder, its name, or an alias.

    Raises:
        ModelError: there is none, an alias means several, or its folder is damaged.
    """
    folders = {folder.name: folder for folder in reversed(_shipped())}
    name = str(adapter)
    if isinstance(adapter, str) and name in folders:
        return read_adapter(folders[name])
    if isinstance(adapter, str) and name in ALIASES:
        meant = sorted(_meant(name, list(folders)))
        if len(meant) > 1:
            raise ModelError(f"adapter {name!r} may be any of {', '.join(meant)}; name one")
        if meant:
            return read_adapter(folders[meant[0]])
    folder = Path(adapter).expanduser()
    if folder.is_dir():
        return read_adapter(folder)
    near = get_close_matches(name, folders, 1)
    meant_text = f"; did you mean {near[0]!r}?" if near else ""
    there = ", ".join(sorted(folders)) or "none"
    raise ModelError(
        f"no adapter {name!r}, nor a folder of that path; there are {there}{meant_text}"
    )


def read_adapter(folder: Path) -> AdapterInfo:
    """Read an adapter's folder.

    Raises:
        ModelError: it is no adapter, or damaged.
    """
    if not (folder / CONFIG).is_file() and (folder / "config.json").is_file():
        raise ModelError(f"{folder}: is a whole model, not an adapter; use it as the base model")
    if not (folder / CONFIG).is_file():
        raise ModelError(f"{folder}: is no adapter: it holds no {CONFIG}")
    if not (folder / WEIGHTS).is_file():
        raise ModelError(f"{folder}: is incomplete: it holds no {WEIGHTS}")
    config = _read_object(folder / CONFIG)
    more = _read_object(folder / INFO) if (folder / INFO).is_file() else {}
    base = more.pop("base", None) or config.get("base_model_name_or_path")
    if not isinstance(base, str):
        raise ModelError(f"{folder / CONFIG}: does not say which base model it is for")
    rank = config.get("r")
    return AdapterInfo(
        name=name_of(folder),
        folder=folder,
        base=canonical_name(base),
        notation=_pop_text(more, "notation"),
        prompt=_pop_text(more, "prompt"),
        licence=_pop_text(more, "licence") or _pop_text(more, "license"),
        rank=rank if isinstance(rank, int) else None,
        details=more,
    )


def name_of(folder: Path) -> str:
    """Return what the adapter or the model in a folder is called: as the folder, or as its run.

    >>> name_of(Path("models/mine")), name_of(Path("runs/mine/adapter"))
    ('mine', 'mine')
    """
    whole = folder.resolve()
    telling = (part for part in reversed(whole.parts[1:]) if part not in _SAY_NOTHING)
    return next(telling, whole.name)


def write_info(folder: Path, info: dict[str, Any]) -> None:
    """Write `p4ir.json` into an adapter's folder and put its base into PEFT's own file.

    Args:
        folder: an adapter as PEFT's `save_pretrained` wrote it.
        info: `base`, `notation`, `prompt`, `licence`, and anything else worth keeping. A
            base's folder in the cache becomes its name in the catalogue, so that the
            adapter loads on other machines.
    """
    config = _read_object(folder / CONFIG)
    base = canonical_name(str(info.get("base") or config.get("base_model_name_or_path")))
    config["base_model_name_or_path"] = base
    _write_object(folder / CONFIG, config)
    _write_object(folder / INFO, {**info, "base": base})


def _shipped() -> list[Path]:
    """Return the folders of shipped adapters, without those shadowed by an earlier one."""
    found: dict[str, Path] = {}
    for place in FOLDERS:
        for config in sorted(place.glob(f"*/{CONFIG}")):
            found.setdefault(config.parent.name, config.parent)
    return list(found.values())


def _meant(alias: str, names: list[str]) -> list[str]:
    """Return the names that an alias means: those with that word and no other alias, if any."""
    words = {name: set(name.replace("_", "-").lower().split("-")) for name in names}
    holding = [name for name in names if alias in words[name]]
    only = [name for name in holding if words[name].isdisjoint(set(ALIASES) - {alias})]
    return only or holding


def _pop_text(values: dict[str, Any], key: str) -> str | None:
    value = values.get(key)
    return values.pop(key) if isinstance(value, str) else None


def _read_object(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{file}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ModelError(f"{file}: is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise ModelError(f"{file}: is no JSON object")
    return value


def _write_object(file: Path, value: dict[str, Any]) -> None:
    temporary = file.with_name(f".{file.name}.tmp")
    temporary.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(file)
