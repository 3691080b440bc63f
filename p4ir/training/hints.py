"""Whether values of YAML fit the type hints of a dataclass, and how messages call these."""

from __future__ import annotations

import types
import typing
from enum import Enum
from typing import Any, Literal

MISFIT = object()
"""What a value becomes that does not fit."""


def fit(value: Any, hint: Any) -> Any:
    """Return the value as the hinted type, or `MISFIT`."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return next((v for a in arguments if (v := fit(value, a)) is not MISFIT), MISFIT)
    if origin is Literal:
        return value if value in arguments else MISFIT
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if hint is Any:
        return value
    plain = origin or hint
    if isinstance(value, bool) and plain is not bool:
        return MISFIT
    return value if isinstance(value, plain) else MISFIT


def is_plain(hint: Any) -> bool:
    """Say whether a type is made of numbers, texts and None alone."""
    return all(part in (int, float, bool, str, types.NoneType) for part in _parts(hint))


def name_of(hint: Any) -> str:
    """Return how a message calls what a hint takes: its types, or the values of a Literal."""
    if typing.get_origin(hint) is Literal:
        return " or ".join(map(str, typing.get_args(hint)))
    return " or ".join("null" if p is types.NoneType else p.__name__ for p in _parts(hint))


def choices_of(hint: Any) -> list[str]:
    """Return the texts that an enumeration of a library takes; none if the hint is of no such."""
    kinds = (part for part in _parts(hint) if isinstance(part, type) and issubclass(part, Enum))
    return [str(member.value) for kind in kinds for member in kind]


def _parts(hint: Any) -> tuple[Any, ...]:
    is_union = typing.get_origin(hint) in (typing.Union, types.UnionType)
    return typing.get_args(hint) if is_union else (hint,)
