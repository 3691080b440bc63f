"""The grammar of compact LRML, up to a depth."""

from __future__ import annotations

from p4ir.rules.grammar.labels import (
    MAX_DEPTH,
    NOT_TEXT,
    PLACEHOLDER,
    Closer,
    functors,
    listed,
    one_of,
)

_NAME = rf"/[^,'\s(){NOT_TEXT}]([^,(){NOT_TEXT}]*[^,\s(){NOT_TEXT}])?/"
_QUOTED = rf"/'[^'{NOT_TEXT}]*'/"

CLOSERS = (
    Closer("'", where="(("),
    *map(Closer, (")", f",{PLACEHOLDER}", PLACEHOLDER)),
)
"""The first that fits brings a rule nearest to its end."""


def write_grammar() -> str:
    """Return the grammar of compact LRML."""
    known = functors(str)
    names = [name for group in known for name in group.spellings]
    lines = [
        'start: "if(" node1 "),then(" node1 ")"',
        f"NEW_NAME: {_NAME} & ~{one_of(names)}",
        f"QUOTED: {_QUOTED}",
        *(f"{group.terminal}: {one_of(group.spellings)}" for group in known),
    ]
    for depth in range(1, MAX_DEPTH + 1):
        heads = ["NEW_NAME", "QUOTED", *(group.terminal for group in known)]
        if depth < MAX_DEPTH:
            bounds = [(1, None), (1, None), *((group.fewest, group.most) for group in known)]
            heads = [
                f'{head} ("(" {listed(f"node{depth + 1}", _COMMA, fewest, most)} ")")?'
                for head, (fewest, most) in zip(heads, bounds, strict=True)
            ]
        lines.append(f"node{depth}: {' | '.join(heads)}")
    return "\n".join(lines) + "\n"


_COMMA = '","'
