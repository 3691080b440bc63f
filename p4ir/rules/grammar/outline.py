"""The grammar of outlines: a rule of the grammar for each level of indentation."""

from __future__ import annotations

from collections.abc import Iterator

from p4ir.rules.grammar.labels import (
    MAX_DEPTH,
    NOT_TEXT,
    PLACEHOLDER,
    Closer,
    Functors,
    functors,
    listed,
    one_of,
    times,
)
from p4ir.rules.outline import spell

_NAME = rf"/[^,:`'\s(){NOT_TEXT}]([^,:`(){NOT_TEXT}]*[^,:`\s(){NOT_TEXT}])?/"
_QUOTED = rf"/'[^'{NOT_TEXT}]*'/"
_IN_BACKQUOTES = rf"/`([^`\s'(),{NOT_TEXT}]|``)(([^`(),{NOT_TEXT}]|``)*([^`\s(),{NOT_TEXT}]|``))?`/"

_COMMA = "COMMA"
_NEXT_LINES = ("\n" + " " * depth + PLACEHOLDER for depth in range(1, MAX_DEPTH + 1))

CLOSERS = (
    Closer("'", where="("),
    # The outermost line that fits is where something lacks; a comma may add what nothing lacks.
    *map(Closer, (f"\nthen\n {PLACEHOLDER}", *_NEXT_LINES, f", {PLACEHOLDER}")),
    Closer(PLACEHOLDER, where="'("),
    *map(Closer, ("`", PLACEHOLDER, f" {PLACEHOLDER}", " ")),
)
"""The first that fits brings an outline nearest to its end."""


def write_grammar() -> str:
    """Return the grammar of outlines."""
    known = functors(spell)
    names = [name for group in known for name in group.spellings]
    lines = [
        r'start: "if" part "\nthen" part',
        "part: COLON label | NL1 node1",
        "label: NAME | QUOTED | IN_BACKQUOTES",
        "unknown: NEW_NAME | QUOTED | IN_BACKQUOTES",
        "COLON: /: ?/",
        f"{_COMMA}: /, ?/",
        f"NAME: {_NAME}",
        f"NEW_NAME: {_NAME} & ~{one_of([*names, 'if', 'then'])}",
        f"QUOTED: {_QUOTED}",
        f"IN_BACKQUOTES: {_IN_BACKQUOTES}",
        *(f"{group.terminal}: {one_of(group.spellings)}" for group in known),
    ]
    for depth in range(1, MAX_DEPTH + 1):
        lines.append(f'NL{depth}: "\\n{" " * depth}"')
        lines.extend(_level(depth, known))
    return "\n".join(lines) + "\n"


def _level(depth: int, known: list[Functors]) -> Iterator[str]:
    """Yield the rules of a line at a depth with what stands below it."""
    inner = depth < MAX_DEPTH
    below = f"NL{depth + 1} node{depth + 1}"
    lines = [f"{group.terminal} arguments{depth}_{n}" for n, group in enumerate(known)]
    unknown = f"unknown (COLON label ({_COMMA} label)*)?" + f" ({below})*" * inner
    yield f"node{depth}: {' | '.join([*lines, unknown])}"
    for n, group in enumerate(known):
        ways = _arguments(group.fewest, group.most, below if inner else "")
        yield f"arguments{depth}_{n}: {' | '.join(ways)}"


def _arguments(fewest: int, most: int | None, below: str) -> Iterator[str]:
    """Yield the ways to write arguments: some after a colon, the others in lines below."""
    if not below:
        yield f"COLON {listed('label', _COMMA, fewest, most)}"
        return
    yield times(below, fewest, most)
    for beside in range(1, most or fewest):
        others = None if most is None else most - beside
        here = listed("label", _COMMA, beside, beside)
        yield f"COLON {here} {times(below, max(fewest - beside, 0), others)}"
    beside = most or fewest
    rest = times(below, 0, None) if most is None else ""
    yield f"COLON {listed('label', _COMMA, beside, most)} {rest}"
