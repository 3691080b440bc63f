"""From clauses to rules with a tuned model."""

from p4ir.inference.interpreter import Interpretation, Interpreter

__all__ = ["Interpretation", "Interpreter"]
