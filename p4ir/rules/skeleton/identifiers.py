"""How a label becomes a Python name, and back.

The encoding, part by part of a dotted label: a capital that begins a word after a
small letter or a digit becomes `_` and the small letter (`wallHeight` is
`wall_height`), `_` becomes `__`, and a keyword gets a trailing `_`. A label that this
cannot spell reversibly has no name.
"""

from __future__ import annotations

import keyword
import re
from functools import lru_cache

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ENCODED = re.compile(r"_|(?<=[a-z0-9])[A-Z](?![A-Z])")
_DECODED = re.compile(r"__|_[a-z]")


@lru_cache(maxsize=1 << 16)
def to_identifier(label: str) -> str | None:
    """Return the dotted name that spells a label; `None` if there is none.

    >>> [to_identifier(label) for label in ("wall.fireRating", "is", "type_7", "350 mm")]
    ['wall.fire_rating', 'is_', 'type__7', None]
    """
    parts = label.split(".")
    if not all(_NAME.fullmatch(part) for part in parts):
        return None
    name = ".".join(_escape(_ENCODED.sub(lambda m: "_" + m[0].lower(), p)) for p in parts)
    return name if from_identifier(name) == label else None


@lru_cache(maxsize=1 << 16)
def from_identifier(name: str) -> str:
    """Return the label that a dotted name spells.

    >>> from_identifier("wall.fire_rating"), from_identifier("in_")
    ('wall.fireRating', 'in')
    """
    parts = map(_unescape, name.split("."))
    return ".".join(_DECODED.sub(lambda m: m[0][1].upper(), part) for part in parts)


def _escape(name: str) -> str:
    return name + "_" if keyword.iskeyword(name) else name


def _unescape(name: str) -> str:
    return name[:-1] if name.endswith("_") and keyword.iskeyword(name[:-1]) else name
