"""What a method is to a recipe: options of TRL, what it decides, and where its code is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from p4ir.grpo.config import GrpoRecipe

Part = Literal["loss", "advantages", "prompts", "rollouts"]


def _nothing(_: Mapping[str, Any]) -> dict[str, Any]:
    return {}


def _no_problem(_: GrpoRecipe) -> list[str]:
    return []


@dataclass(frozen=True, kw_only=True)
class Method:
    """One way to do a part of stage two."""

    changes: frozenset[Part]
    """What it decides; of two methods that decide the same part only one can be chosen."""
    needs: Mapping[str, Any] = field(default_factory=dict)
    """Options of the trainer without which it would be another method."""
    usual: Mapping[str, Any] = field(default_factory=dict)
    """Options of the trainer as its paper has them."""
    derive: Callable[[Mapping[str, Any]], dict[str, Any]] = _nothing
    """Usual options that depend on the recipe's trainer options, which it is called with."""
    by_token: bool = False
    """Whether its advantages differ from token to token."""
    trainer: str = ""
    """`module:class` of the trainer that does it; empty where options alone do."""
    check: Callable[[GrpoRecipe], list[str]] = _no_problem
    """Returns what is wrong with a recipe that has chosen it."""
