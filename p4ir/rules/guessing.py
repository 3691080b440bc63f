"""In which notation is a text written?"""

from __future__ import annotations

import re

from p4ir.errors import NotationError

_OPENINGS = (
    (re.compile("<"), "legalruleml"),
    (re.compile(r"[\[{\"]"), "json"),
    (re.compile(r"(?:#.*\s+)*+def\b"), "skeleton"),
    (re.compile(r"if\s*\("), "lrml"),
    (re.compile(r"if\b"), "outline"),
)


def guess_notation(text: str) -> str:
    """Return the notation of a text by how it begins.

    Raises:
        NotationError: it begins as none does.

    >>> guess_notation("if(exist(door)),then(has(door,handle))"), guess_notation("if: door")
    ('lrml', 'outline')
    """
    start = text.lstrip()
    for opening, notation in _OPENINGS:
        if opening.match(start):
            return notation
    raise NotationError("the notation cannot be told from how the text begins; name it")
