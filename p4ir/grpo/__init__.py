"""Stage two: Group Relative Policy Optimization of what is measured."""

from p4ir.grpo.config import GrpoRecipe
from p4ir.grpo.train import train

__all__ = ["GrpoRecipe", "train"]
