"""Why there is no rule: a text that is no clause, or a completion that is no rule."""

from __future__ import annotations

import re
from collections.abc import Sequence

from p4ir.corpus.reading import MAX_CLAUSE_CHARS
from p4ir.errors import RuleError, RuleSyntaxError

_SHOWN_CHARS = 80
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffd]")


def list_clauses(clauses: str | Sequence[str]) -> list[str]:
    """Return clauses as a list; one clause may be a plain string.

    Raises:
        TypeError: one is no string; the message says which.
    """
    listed = [clauses] if isinstance(clauses, str) else list(clauses)
    for number, clause in enumerate(listed, 1):
        if not isinstance(clause, str):
            raise TypeError(f"clause {number} is of type {type(clause).__name__}, expected str")
    return listed


def why_refused(clause: str) -> str:
    """Say why a text is no clause; empty if it may be one."""
    if not clause.strip():
        return "the clause is empty"
    if len(clause) > MAX_CLAUSE_CHARS:
        return (
            f"the clause has {len(clause)} characters, at most {MAX_CLAUSE_CHARS} are taken: "
            "split the text into clauses"
        )
    return "the clause is no plain text in UTF-8" if _NO_TEXT.search(clause) else ""


def why_no_rule(completion: str, error: RuleSyntaxError | RuleError) -> str:
    """Say that a completion is no rule, and show its beginning.

    A place in it, which a syntax error names, means nothing to who sees only the clause.
    """
    text = " ".join(writable(completion).split())
    if not text:
        return "the model wrote no rule but nothing at all"
    shown = text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS].rstrip() + "…"
    why = "" if isinstance(error, RuleSyntaxError) else f" ({error})"
    return f"the model wrote no rule{why} but {shown!r}"


def writable(text: str) -> str:
    """Replace what stands for bytes that are no UTF-8, which no file can hold."""
    return _SURROGATE.sub("\ufffd", text)
