"""Merge literals that say one thing of several: `has(x,a),has(x,b)` is `has(x,and(a,b))`."""

from __future__ import annotations

import re

_SIMPLE = re.compile(
    r"(?P<functor>has|is)\((?P<subject>[\w.]+),(?P<values>[\w-]+|and\([\w,-]+\))\)"
)


def merge_literals(literals: list[str]) -> list[str]:
    """Join neighbours of the same relation and subject, unless more is said of their objects.

    >>> merge_literals(["has(bay,light)", "has(bay,sign)", "is(bay,level)"])
    ['has(bay,and(light,sign))', 'is(bay,level)']
    >>> merge_literals(["has(bay,light)", "has(bay,sign)", "equal(sign.width,3 m)"])
    ['has(bay,light)', 'has(bay,sign)', 'equal(sign.width,3 m)']
    """
    merged: list[str] = []
    for index, literal in enumerate(literals):
        joined = _join(merged[-1], literal, literals) if index else None
        if joined:
            merged[-1] = joined
        else:
            merged.append(literal)
    return merged


def _join(one: str, other: str, literals: list[str]) -> str | None:
    first, second = _SIMPLE.fullmatch(one), _SIMPLE.fullmatch(other)
    if not first or not second or first["functor"] != second["functor"]:
        return None
    if first["subject"] != second["subject"] or "." in first["subject"]:
        return None
    values = [*_values(first["values"]), *_values(second["values"])]
    whole = " ".join(literals)
    if any(len(re.findall(rf"\b{value}\b", whole)) > 1 for value in values):
        return None
    return f"{first['functor']}({first['subject']},and({','.join(values)}))"


def _values(text: str) -> list[str]:
    return text.removeprefix("and(").removesuffix(")").split(",")
