"""Names of IFC as rules would write them: `FireRating` as `fireRating`."""

from __future__ import annotations

import re
from functools import lru_cache

_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NAME = re.compile(r"[^\W\d_]+(?:[ \-_/]+[^\W\d_]+){0,3}")
_TRAILING = re.compile(r"[\s\-_#:.]*\d+(?:\.\d+)*[a-zA-Z]?$")
_YES_OR_NO = re.compile(r"(?:Is|Has)(?=[A-Z])")


@lru_cache(maxsize=1 << 14)
def rule_name(name: str, is_yes_or_no: bool = False) -> str:
    """Return the name of a property, class or type as rules write it; empty if there is none.

    >>> rule_name("FireRating"), rule_name("IfcPipeSegment"), rule_name("Clear Width")
    ('fireRating', 'pipeSegment', 'clearWidth')
    >>> rule_name("IsExternal", is_yes_or_no=True)
    'external'
    """
    name = name.removeprefix("Ifc")
    if is_yes_or_no:
        name = _YES_OR_NO.sub("", name, count=1)
    pieces = _PIECE.findall(name)
    if not pieces or pieces[0].isdigit():
        return ""
    first, *rest = map(str, pieces)
    return first.lower() + "".join(piece[0].upper() + piece[1:].lower() for piece in rest)


@lru_cache(maxsize=1 << 14)
def kind_word(text: str) -> str:
    """Return what a name says that a thing is; empty if it is a code and no words.

    >>> kind_word("Bed room 2"), kind_word("S1"), kind_word("M_Single-Flush:0915 x 2134mm")
    ('bedRoom', '', '')
    """
    text = _TRAILING.sub("", text.strip())
    return rule_name(text) if len(text) > 1 and _NAME.fullmatch(text) else ""
