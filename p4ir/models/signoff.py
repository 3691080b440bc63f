"""May an adapter leave the house? What the guard of stage two signed, read before export.

Stage two writes `guard.json` beside the weights (`p4ir.grpo.guard.report`), with their
SHA-256. An adapter of that stage without it, with one that says `failed`, or with one of
other weights is not exported or packaged. Adapters of stage one, and those of others,
have no such report and need none: they were not trained by reinforcement learning here.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from p4ir.corpus.writing import write_text
from p4ir.errors import ModelError

REPORT = "guard.json"
VERDICTS = ("passed", "overridden", "failed")


def check_signed_off(folder: Path) -> None:
    """Refuse weights that the guard did not sign off.

    Raises:
        ModelError: says why, and what to do.
    """
    file = folder / REPORT
    if not file.is_file():
        if _stage(folder) == "grpo":
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
    if said["weights_sha256"] != weights_digests(folder):
        raise ModelError(f"{folder}: {REPORT} is about other weights than those beside it")


def carry_over(folder: Path, merged: Path) -> None:
    """Put an adapter's report beside the weights that it was merged into, which it is about now."""
    if (folder / REPORT).is_file():
        said = {**_read(folder / REPORT), "weights_sha256": weights_digests(merged)}
        write_text(merged / REPORT, json.dumps(said, indent=2, ensure_ascii=False) + "\n")


def weights_digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of weights in a folder, by name."""
    digests = {}
    for file in sorted(folder.glob("*.safetensors")):
        with file.open("rb") as stream:
            digests[file.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return digests


def _stage(folder: Path) -> object:
    info = folder / "p4ir.json"
    return _read(info).get("stage") if info.is_file() else None


def _read(file: Path) -> dict[str, object]:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{file}: cannot be read: {error}") from None
    if not isinstance(said, dict):
        raise ModelError(f"{file}: is no JSON object")
    return said
