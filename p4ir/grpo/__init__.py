"""Stage two: Group Relative Policy Optimization of what is measured."""

from typing import TYPE_CHECKING, Any

from p4ir.grpo.config import GrpoRecipe

if TYPE_CHECKING:
    from p4ir.grpo.training import train

__all__ = ["GrpoRecipe", "train"]


def __getattr__(name: str) -> Any:
    if name != "train":
        raise AttributeError(f"module 'p4ir.grpo' has no attribute {name!r}")
    from p4ir.grpo.training import train

    return train
