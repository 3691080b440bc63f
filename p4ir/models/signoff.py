"""May an adapter leave the house? What the guard of stage two signed, read before export.

Stage two writes `guard.json` beside the weights (`p4ir.grpo.guard.report`), with their
SHA-256. An adapter of that stage without it, with one that says `failed`, or with one of
other weights is not exported, nor trained on under the guard. Adapters of stage one, and
those of others, have no such report and need none: they were not trained by reinforcement
learning here. The stage is in `p4ir.json`, in the weights' own header (so that PEFT's two
files alone keep it), and what a checkpoint of a run is of is told by its files.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from p4ir.corpus.writing import write_text
from p4ir.errors import ModelError

REPORT = "guard.json"
VERDICTS = ("passed", "overridden", "failed")
STAMP = "p4ir_stage"
"""Key in the header of a file of weights."""
_LARGEST_HEADER = 100_000_000
"""Bytes, as safetensors has it."""
METHOD_STATE = "method-{process}.pt"
"""What a checkpoint of stage two keeps of its method, and no other checkpoint has."""


def check_signed_off(folder: Path) -> None:
    """Refuse weights that the guard did not sign off.

    Raises:
        ModelError: says why, and what to do.
    """
    file = folder / REPORT
    if not file.is_file():
        if stage_of(folder) == "grpo":
            raise ModelError(
                f"{folder}: was trained by stage two and has no {REPORT}: the guard has not "
                "looked at it; p4ir train grpo --resume on its run has it looked at"
            )
        return
    said = _read(file)
    if said.get("verdict") not in VERDICTS or not isinstance(said.get("weights_sha256"), dict):
        raise ModelError(f"{file}: is no report of the guard")
    if said["verdict"] == "failed":
        raise ModelError(
            f"{folder}: the guard refuses it: {said.get('why')}; see {REPORT}, mend the data or "
            "the recipe, or allow the check by name in the recipe (guard.allow) and train again"
        )
    if not said["weights_sha256"] or said["weights_sha256"] != weights_digests(folder):
        raise ModelError(f"{folder}: {REPORT} is about other weights than those beside it")


def read_report(folder: Path) -> dict[str, object]:
    """Return the report beside a folder's weights; empty if there is none.

    Raises:
        ModelError: it is damaged.
    """
    return _read(folder / REPORT) if (folder / REPORT).is_file() else {}


def carry_over(folder: Path, merged: Path) -> None:
    """Put an adapter's report beside the weights that it was merged into, which it is about now."""
    if report := read_report(folder):
        said = {**report, "weights_sha256": weights_digests(merged)}
        write_text(merged / REPORT, json.dumps(said, indent=2, ensure_ascii=False) + "\n")


def weights_digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of weights in a folder, by name."""
    digests = {}
    for file in sorted(folder.glob("*.safetensors")):
        with file.open("rb") as stream:
            digests[file.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return digests


def stage_of(folder: Path) -> object:
    """Return the stage that a folder's weights come from: `grpo` if anything there says so."""
    if any(folder.glob(METHOD_STATE.format(process="*"))):
        return "grpo"
    info = folder / "p4ir.json"
    stages = [_read(info).get("stage")] if info.is_file() else []
    stages += [_header(file).get(STAMP) for file in sorted(folder.glob("*.safetensors"))]
    return "grpo" if "grpo" in stages else next(filter(None, stages), None)


def _header(file: Path) -> dict[str, object]:
    """Return what a file of weights says of itself; nothing if it is damaged."""
    try:
        with file.open("rb") as stream:
            size = int.from_bytes(stream.read(8), "little")
            said = json.loads(stream.read(min(size, _LARGEST_HEADER)))
        return dict(said.get("__metadata__", {}))
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _read(file: Path) -> dict[str, object]:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{file}: cannot be read: {error}") from None
    if not isinstance(said, dict):
        raise ModelError(f"{file}: is no JSON object")
    return said
