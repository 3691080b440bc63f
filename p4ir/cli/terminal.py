"""How interpretations look on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from p4ir.rules.doubts import UNSURE, Doubt, Severity, word_doubts

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree as RichTree

    from p4ir.inference import Interpretation
    from p4ir.inference.interpretation import Maker
    from p4ir.rules import Node

WIDE = 60
"""Columns from which clause and rule stand side by side."""
GUIDE = 4
"""Columns by which a tree is indented at each level."""
ENTITY = "bold"
"""Style of entities and their properties in the clause; in the tree they are plain."""
_DOUBTS: dict[Severity, str] = {"loud": "yellow", "quiet": "dim yellow"}
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


def announce(maker: Maker) -> None:
    """Say once, on stderr, what writes the rules and on which terms."""
    if maker.info is None:
        from p4ir.models.terms import terms_of

        terms = terms_of(maker.model, None) if maker.model else None
        licence = f" ({terms.licence or 'no licence stated'})" if terms else ""
        print(
            f"p4ir: {maker.model} without an adapter{licence}; drafts for expert review",
            file=sys.stderr,
        )
        return
    licence = maker.info.licence or "no licence stated"
    print(
        f"p4ir: adapter {maker.info.name} on {maker.model} ({licence}); drafts for expert review",
        file=sys.stderr,
    )


def print_markdown(text: str) -> None:
    """Print a text in Markdown: set for a terminal if it has room for it, else as it is."""
    from rich.console import Console
    from rich.markdown import Markdown

    if sys.stdout.isatty():
        console = Console()
        with console.capture() as capture:
            console.print(Markdown(text))
        shown = capture.get()
        if shown.count("…") == text.count("…"):  # what has no room ends in it
            print(shown, end="")
            return
    print(text)


def doubts_of(result: Interpretation) -> list[Doubt]:
    """Return what is doubtful about a rule, in lines; without a rule, why there is none."""
    if result.rule is None:
        return [Doubt("loud", result.problem)]
    said = [result.problem] if result.problem else []
    return word_doubts(result.mismatches, result.lint, result.ungrounded, said)


def show(result: Interpretation, text: str, notation: str) -> None:
    """Print a clause and its rule side by side, or one below the other where it is narrow.

    Words of the clause have the colour of the node that they support. Doubtful nodes are
    marked with `?`, and numbers, units and references that the clause does not hold with `!`.
    The rule is drawn as a tree, unless a notation other than `lrml` was asked for: then
    `text` is printed.
    """
    from rich.console import Console, Group
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    is_wide = console.width >= WIDE
    left = min(console.width * 2 // 5, 60) if is_wide else console.width
    right = console.width - left - 2 if is_wide else console.width
    clause = _clause(result)
    rule: Text | RichTree
    if result.rule is None:
        rule = Text(result.problem, style="red", overflow="fold")
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


def _clause(result: Interpretation) -> Text:
    """Return the clause, its words in the colours of the nodes that they support."""
    from rich.text import Text

    from p4ir.rules.grounding import ground

    text = Text(result.clause, overflow="fold")
    if result.rule is None:
        return text
    supported = [node for node in ground(result.rule, result.clause).nodes if node.spans]
    # Of a word that supports several nodes, the last colour counts: a leaf's.
    for node in sorted(supported, key=lambda node: node.kind not in ("functor", "logic")):
        for start, end in node.spans:
            text.stylize(_STYLES.get(node.kind, ENTITY), start, end)
    return text


def _doubts(result: Interpretation) -> list[Text]:
    from rich.text import Text

    if result.rule is None:
        return []
    known = "unknown" if result.confidence is None else f"{result.confidence:.2f}"
    summary = f"confidence {known}"
    if any(value < UNSURE for value in result.node_confidence):
        summary += f", below {UNSURE} where marked ?"
    marked = [
        Text(f"{doubt.mark} {doubt.text}", style=_DOUBTS[doubt.severity], overflow="fold")
        for doubt in doubts_of(result)
    ]
    return [Text(summary, style="dim"), *marked]


def _tree(result: Interpretation, width: int) -> RichTree:
    from rich.tree import Tree as RichTree

    assert result.rule is not None
    top = RichTree("", hide_root=True, guide_style="dim")
    invented = {node.number for node in result.ungrounded if node.is_invented}
    label = partial(_label, confidence=result.node_confidence, invented=invented)
    for part in result.rule.root.children:
        _grow(top, part, label, width)
    return top


def _grow(branch: RichTree, node: Node, label: Callable[[Node], Text], width: int) -> None:
    from rich.text import Text

    children = node.children
    line = Text(overflow="fold").append_text(label(node))
    # Arguments that are all leaves stand on their functor's line, as in the outline.
    if children and all(child.is_leaf for child in children):
        full = line.copy()
        for number, child in enumerate(children):
            full.append(", " if number else " ").append_text(label(child))
        if full.cell_len <= width:
            branch.add(full)
            return
    inner = branch.add(line)
    for child in children:
        _grow(inner, child, label, width - GUIDE)


def _label(node: Node, confidence: tuple[float, ...], invented: set[int]) -> Text:
    from rich.text import Text

    from p4ir.rules.kinds import kind_of

    text = Text().append(node.label, _STYLES.get(kind_of(node), ""))
    if node.number < len(confidence) and confidence[node.number] < UNSURE:
        text.append("?", style="bold red")
    if node.number in invented:
        text.append("!", style="bold red")
    return text
