"""Stage one: supervised fine-tuning teaches the notation and the domain."""

from p4ir.sft.config import SftRecipe
from p4ir.sft.train import train

__all__ = ["SftRecipe", "train"]
