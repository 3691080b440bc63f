"""Open an IFC model, or say in one line why it cannot be trusted.

ifcopenshell reads what it can of a damaged file: of one that was cut off, all up to the
cut. A check of half a building would pass what was never looked at, so a file that does
not end as it must, or of which the reader reports errors, is refused.
"""

from __future__ import annotations

import re
import threading
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from p4ir.errors import ExtraError, FactsError

if TYPE_CHECKING:
    from ifcopenshell import file

MAX_BYTES = 512 * 2**20
"""Size above which a model is not read, in bytes; about ten times that is needed in memory."""
SCHEMAS = ("IFC2X3", "IFC4", "IFC4X3")

SIGNATURE = "ISO-10303-21"
"""What a file of IFC begins and, after `END-`, ends with."""
_START = SIGNATURE.encode() + b";"
_END = b"END-" + _START
_MARGIN = 4096
_DAMAGE = re.compile(
    r"\[error\](?: \[[^\]]*\])* (?!.* not expected at attribute)(.+)"
    r"|\[warning\].*(Overwriting instance .+)"
)
"""Lines of the reader's log that tell of something lost. An attribute of the wrong type, which
programs do write, is merely not stated."""
_one_at_a_time = threading.Lock()


def import_ifcopenshell() -> ModuleType:
    """Return ifcopenshell.

    Raises:
        ExtraError: it is not installed.
    """
    try:
        import ifcopenshell
    except ImportError:
        raise ExtraError("reading IFC needs ifcopenshell: pip install 'p4ir[ifc]'") from None
    return ifcopenshell  # type: ignore[no-any-return]


def is_ifc(head: bytes) -> bool:
    """Say whether a file that begins with these bytes is meant to be an IFC model."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_START)


def open_model(path: str | Path) -> file:
    """Open an IFC model.

    Raises:
        ExtraError: ifcopenshell is not installed.
        FactsError: the file cannot be read, is no IFC, is damaged, too large, or of
            another schema than `SCHEMAS`.
    """
    path = Path(path)
    _look_at_both_ends(path)
    ifcopenshell = import_ifcopenshell()
    # The reader's log is one for the whole process.
    with _one_at_a_time:
        ifcopenshell.get_log()
        try:
            model = ifcopenshell.open(str(path))
        except ifcopenshell.SchemaError as error:
            raise FactsError(f"{path}: {error}; expected {', '.join(SCHEMAS)}") from None
        except (ifcopenshell.Error, OSError) as error:
            raise _damaged(path, ifcopenshell.get_log(), str(error)) from None
        log = ifcopenshell.get_log()
    if _DAMAGE.search(log):
        raise _damaged(path, log, "")
    if model.schema not in SCHEMAS:
        raise FactsError(f"{path}: schema {model.schema}; expected {', '.join(SCHEMAS)}")
    return model


def _look_at_both_ends(path: Path) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb") as data:
            head = data.read(_MARGIN)
            data.seek(max(0, size - _MARGIN))
            tail = data.read()
    except OSError as error:
        raise FactsError(f"{path}: cannot be read: {error.strerror}") from None
    if not is_ifc(head):
        raise FactsError(
            f"{path}: no IFC model: it does not begin with {SIGNATURE} "
            "(ifcXML and ifcZIP are not read; save it as .ifc)"
        )
    if size > MAX_BYTES:
        raise FactsError(
            f"{path}: {size / 2**20:.0f} MB; at most {MAX_BYTES // 2**20} MB are read; "
            "export the storeys or disciplines to be checked one by one"
        )
    if _END not in tail:
        raise FactsError(
            f"{path}: the model is cut off: it does not end with END-{SIGNATURE}; export it again"
        )


def _damaged(path: Path, log: str, otherwise: str) -> FactsError:
    found = _DAMAGE.search(log)
    reason = next((part for part in found.groups() if part), "") if found else ""
    return FactsError(f"{path}: the model is damaged: {(reason or otherwise)[:200]}")
