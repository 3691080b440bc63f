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
        print(f"p4ir: {interpreter.model} without an adapter", file=sys.stderr)
        return
    licence = interpreter.info.licence or "no licence stated"
    print(
        f"p4ir: adapter {interpreter.info.name} on {interpreter.model} ({licence}); "
        "drafts for expert review",
        file=sys.stderr,
    )


def show(result: Interpretation, notation: str) -> None:
    """Print a clause and its rule side by side; doubtful nodes are marked with `?`."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from p4ir.rules import format_rule

    table = Table(show_header=False, box=None, padding=(0, 2, 1, 0), expand=True)
    table.add_column(ratio=2)
    table.add_column(ratio=3)
    clause = Text(result.clause)
    if result.rule is None:
        table.add_row(clause, Text(f"no rule: {result.problem}", style="red"))
    elif notation == "lrml":
        table.add_row(clause, _tree(result))
    else:
        table.add_row(clause, Text(format_rule(result.rule, notation)))
    doubts = [*result.repairs, *(warning.message for warning in result.lint)]
    line = Text(f"confidence {result.confidence:.2f}", style="dim")
    if doubts:
        line.append("  ! " + "; ".join(doubts), style="yellow")
    table.add_row(Text(""), line)
    Console().print(table)


def _tree(result: Interpretation) -> RichTree:
    from rich.tree import Tree as RichTree

    assert result.rule is not None
    top = RichTree("", hide_root=True, guide_style="dim")
    for part in result.rule.root.children:
        _grow(top, part, result.node_confidence)
    return top


def _grow(branch: RichTree, node: Node, confidence: tuple[float, ...]) -> None:
    children = node.children
    line = _label(node, confidence)
    # Arguments that are all leaves stand on their functor's line, as in the outline.
    if children and all(child.is_leaf for child in children):
        line.append(" ")
        for number, child in enumerate(children):
            line.append(", " if number else "")
            line.append_text(_label(child, confidence))
        branch.add(line)
        return
    inner = branch.add(line)
    for child in children:
        _grow(inner, child, confidence)


def _label(node: Node, confidence: tuple[float, ...]) -> Text:
    from rich.text import Text

    from p4ir.rules.kinds import kind_of

    text = Text(node.label, style=_STYLES.get(kind_of(node), ""))
    if node.number < len(confidence) and confidence[node.number] < DOUBT:
        text.append("?", style="bold red")
    return text
