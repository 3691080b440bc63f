"""p4ir: from clauses of building codes to rules that a computer can check.

The public API. Names load when they are first used, so that importing p4ir, and the
command line's help, cost nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "Rule": "p4ir.rules",
    "parse_rule": "p4ir.rules",
    "format_rule": "p4ir.rules",
    "repair_rule": "p4ir.rules",
    "tree_edit_distance": "p4ir.metrics",
    "token_levenshtein": "p4ir.metrics",
    "Interpreter": "p4ir.inference",
    "Interpretation": "p4ir.inference",
    "ServedInterpreter": "p4ir.serve.client",
    "P4irError": "p4ir.errors",
}

if TYPE_CHECKING:
    from p4ir.errors import P4irError
    from p4ir.inference import Interpretation, Interpreter
    from p4ir.metrics import token_levenshtein, tree_edit_distance
    from p4ir.rules import Rule, format_rule, parse_rule, repair_rule
    from p4ir.serve.client import ServedInterpreter

__all__ = [
    "Interpretation",
    "Interpreter",
    "P4irError",
    "Rule",
    "ServedInterpreter",
    "format_rule",
    "parse_rule",
    "repair_rule",
    "token_levenshtein",
    "tree_edit_distance",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'p4ir' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
