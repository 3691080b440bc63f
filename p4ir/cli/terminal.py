"""How interpretations look on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree as RichTree

    from p4ir.inference import Interpretation, Interpreter
    from p4ir.rules import Node

DOUBT = 0.5
"""A node less probable than this is marked."""
WIDE = 60
"""Columns from which clause and rule stand side by side."""
GUIDE = 4
"""Columns by which a tree is indented at each level."""
_STYLES = {
    "deontic": "bold magenta",
    "logic": "blue",
    "functor": "cyan",
    "quantity": "green",
    "number": "green",
    "quoted": "green",
    "reference": "yellow",
    "variable": "italic",
}


def announce(interpreter: Interpreter) -> None:
    """Say once, on stderr, what writes the rules and on which terms."""
    if interpreter.info is None:
        print(
            f"p4ir: {interpreter.model} without an adapter; drafts for expert review",
            file=sys.stderr,
        )
        return
    licence = interpreter.info.licence or "no licence stated"
    print(
        f"p4ir: adapter {interpreter.info.name} on {interpreter.model} ({licence}); "
        "drafts for expert review",
        file=sys.stderr,
    )


def show(result: Interpretation, text: str, notation: str) -> None:
    """Print a clause and its rule side by side, or one below the other where it is narrow.

    Doubtful nodes are marked with `?`. The rule is drawn as a tree, unless a notation other
    than `lrml` was asked for: then `text` is printed.
    """
    from rich.console import Console, Group
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    is_wide = console.width >= WIDE
    left = min(console.width * 2 // 5, 60) if is_wide else console.width
    right = console.width - left - 2 if is_wide else console.width
    clause = Text(result.clause, overflow="fold")
    rule: Text | RichTree
    if result.rule is None:
        rule = Text(f"no rule: {result.problem}", style="red", overflow="fold")
    elif notation == "lrml":
        rule = _tree(result, right)
    else:
        rule = Text(text, overflow="fold")
    below = Group(rule, *_doubts(result))
    if not is_wide:
        console.print(clause, below, "", sep="\n")
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=left)
    table.add_column(width=right)
    table.add_row(clause, below)
    console.print(table, "")


def _doubts(result: Interpretation) -> list[Text]:
    from rich.text import Text

    if result.rule is None:
        return []
    summary = f"confidence {result.confidence:.2f}"
    if any(value < DOUBT for value in result.node_confidence):
        summary += f", below {DOUBT} where marked ?"
    doubts = [*result.repairs, *(warning.message for warning in result.lint)]
    if result.ungrounded:
        labels = dict.fromkeys(node.label for node in result.ungrounded)
        doubts.append(f"not in the clause: {', '.join(labels)}")
    marked = [Text(f"! {doubt}", style="yellow", overflow="fold") for doubt in doubts]
    return [Text(summary, style="dim"), *marked]


def _tree(result: Interpretation, width: int) -> RichTree:
    from rich.tree import Tree as RichTree

    assert result.rule is not None
    top = RichTree("", hide_root=True, guide_style="dim")
    for part in result.rule.root.children:
        _grow(top, part, result.node_confidence, width)
    return top


def _grow(branch: RichTree, node: Node, confidence: tuple[float, ...], width: int) -> None:
    from rich.text import Text

    children = node.children
    line = Text(overflow="fold").append_text(_label(node, confidence))
    # Arguments that are all leaves stand on their functor's line, as in the outline.
    if children and all(child.is_leaf for child in children):
        full = line.copy()
        for number, child in enumerate(children):
            full.append(", " if number else " ").append_text(_label(child, confidence))
        if full.cell_len <= width:
            branch.add(full)
            return
    inner = branch.add(line)
    for child in children:
        _grow(inner, child, confidence, width - GUIDE)


def _label(node: Node, confidence: tuple[float, ...]) -> Text:
    from rich.text import Text

    from p4ir.rules.kinds import kind_of

    text = Text().append(node.label, _STYLES.get(kind_of(node), ""))
    if node.number < len(confidence) and confidence[node.number] < DOUBT:
        text.append("?", style="bold red")
    return text
