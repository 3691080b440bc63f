"""Write a report as Markdown, for people who keep figures under version control."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from p4ir.evaluation.blocks import (
    Block,
    Bullets,
    Card,
    Cell,
    Figure,
    Heading,
    MarkKey,
    Paragraph,
    Table,
    TreeNode,
    TreeView,
)

_SPECIAL = re.compile(r"([\\`*\[\]<>|~]|(?<!\w)_|_(?!\w)|^#)")
_DIFF_MARKS = {"keep": " ", "relabel": "!", "extra": "+", "missing": "-"}


def write_markdown(title: str, blocks: Iterable[Block]) -> str:
    """Return a report as Markdown; plots are left out."""
    parts = [f"# {_escape(title)}"]
    for block in blocks:
        parts.extend(_block(block))
    return "\n\n".join(parts) + "\n"


def markdown_table(table: Table) -> str:
    """Return a table as Markdown."""
    rule = [":---" if i in table.text_columns else "---:" for i in range(len(table.columns))]
    lines = [[_escape(column) for column in table.columns], rule]
    lines += [[_cell(cell) for cell in row] for row in table.rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text):
            yield f"## {_escape(text)}"
        case Paragraph(text, is_quote):
            yield ("> " if is_quote else "") + _escape(" ".join(text.split()))
        case Bullets(items):
            yield "\n".join(f"- {_escape(item)}" for item in items)
        case Table():
            if block.caption:
                yield _escape(block.caption)
            yield markdown_table(block)
        case MarkKey():
            yield "In the trees, + is an extra node, - a missing one, ! one with a wrong label."
        case Card():
            yield from _card(block)
        case Figure():
            pass


def _card(card: Card) -> Iterator[str]:
    yield f"### {_escape(card.title)}"
    yield _escape(card.figures)
    if card.quote:
        yield "> " + _escape(" ".join(card.quote.split()))
    for tree in card.trees:
        yield f"{_escape(tree.title)}:"
        yield _tree(tree)


def _tree(tree: TreeView) -> str:
    lines = [_node(node) for node in tree.nodes]
    if tree.text:
        lines.append(" " + " ".join(tree.text.split()))
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}diff", *lines, fence])


def _node(node: TreeNode) -> str:
    expected = f"   (expected: {node.expected})" if node.mark == "relabel" else ""
    return f"{_DIFF_MARKS[node.mark]} {'  ' * node.depth}{node.label}{expected}"


def _cell(cell: Cell) -> str:
    return _escape(cell.text + (f" ({cell.below})" if cell.below else ""))


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
