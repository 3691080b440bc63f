"""From clauses to rules with a tuned model."""

from p4ir.inference.interpretation import Interpretation
from p4ir.inference.interpreter import Interpreter

__all__ = ["Interpretation", "Interpreter"]
