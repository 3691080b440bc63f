"""The prompt: how a clause is put to a model. One place, for training and inference.

A tuned model needs no instruction: the clause on one line, and the rule follows. The
prompt ends in a single newline, which no tokenizer merges with what comes after it.
"""

from __future__ import annotations

import re
from typing import Literal

ClauseNumber = Literal["keep", "drop"]

_LEADING_NUMBER = re.compile(r"^\s*[A-Z]?\d+(\.\d+)+[a-z]?\)?[\s:;–-]+")


def make_prompt(clause: str, clause_number: ClauseNumber = "keep") -> str:
    r"""Return the prompt for a clause; white space runs become one space.

    Args:
        clause: Regulation text, one clause.
        clause_number: Whether a number at the head of the clause (`3.2.1 Stairs …`) is
            shown to the model.

    >>> make_prompt("4.1.2  Doors shall be\n wide.", clause_number="drop")
    'Doors shall be wide.\n'
    """
    text = " ".join(clause.split())
    if clause_number == "drop":
        text = _LEADING_NUMBER.sub("", text) or text
    return text + "\n"
