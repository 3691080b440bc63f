"""The grammar of rules as JSON, up to a depth."""

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

_END = rf'([^\s(),"\\{NOT_TEXT}]|\\["\\])'
_INSIDE = rf'([^(),"\\{NOT_TEXT}]|\\["\\])'
_NAME = rf'([^\s\'(),"\\{NOT_TEXT}]|\\["\\])({_INSIDE}*{_END})?'
_QUOTED = rf"'([^'\"\\{NOT_TEXT}]|\\[\"\\])*'"

CLOSERS = (
    Closer("'", where="(("),
    *map(Closer, ('"', "]", "}", f', "{PLACEHOLDER}"', f'{PLACEHOLDER}"', " ")),
)
"""The first that fits brings a rule nearest to its end."""


def write_grammar() -> str:
    """Return the grammar of rules as JSON on one line."""
    known = functors('"{}"'.format)
    names = [name for group in known for name in group.spellings]
    lines = [
        r'start: "{\"if\": [" node1 "], \"then\": [" node1 "]}"',
        f'LABEL: /"({_NAME}|{_QUOTED})"/',
        f"NEW_LABEL: LABEL & ~{one_of(names)}",
        *(f"{group.terminal}: {one_of(group.spellings)}" for group in known),
    ]
    for depth in range(1, MAX_DEPTH + 1):
        ways = ["LABEL"]
        if depth < MAX_DEPTH:
            heads = [("NEW_LABEL", 1, None), *((g.terminal, g.fewest, g.most) for g in known)]
            ways += [
                f'"{{" {head} ": [" {listed(f"node{depth + 1}", _COMMA, fewest, most)} "]}}"'
                for head, fewest, most in heads
            ]
        lines.append(f"node{depth}: {' | '.join(ways)}")
    return "\n".join(lines) + "\n"


_COMMA = '", "'
