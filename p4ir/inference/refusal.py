"""Which texts are no clauses: empty, too long, or no text at all."""

from __future__ import annotations

import re

from p4ir.corpus.reading import MAX_CLAUSE_CHARS

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffd]")


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


def writable(text: str) -> str:
    """Replace what stands for bytes that are no UTF-8, which no file can hold."""
    return _SURROGATE.sub("\ufffd", text)
