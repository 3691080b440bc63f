"""Write a report as one HTML file that needs nothing else: style and plots are inside."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from importlib.resources import files

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

_SIGNS = {"keep": "", "relabel": "≠", "extra": "+", "missing": "−"}
_MEANINGS = {
    "extra": "extra: not in the reference rule",
    "missing": "missing: only in the reference rule",
    "relabel": "wrong label → the reference rule's",
}


def write_html(title: str, blocks: Iterable[Block]) -> str:
    """Return a report as an HTML document."""
    style = files("p4ir.evaluation").joinpath("report.css").read_text(encoding="utf-8")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<style>
{style}</style>
</head>
<body>
<main>
<h1>{escape(title)}</h1>
{write_blocks(blocks)}
</main>
</body>
</html>
"""


def write_blocks(blocks: Iterable[Block]) -> str:
    """Return blocks as HTML to be put into a page that has the report's style."""
    return "\n".join(_block(block) for block in blocks)


def _block(block: Block) -> str:
    match block:
        case Heading(text):
            return f"<h2>{escape(text)}</h2>"
        case Paragraph(text, is_quote):
            tag = "blockquote" if is_quote else "p"
            return f"<{tag}>{escape(text)}</{tag}>"
        case Bullets(items):
            return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"
        case Table():
            return _table(block)
        case Figure(svgs, caption):
            plots = "".join(f'<div class="plot">{svg}</div>' for svg in svgs)
            kind = "plots" if len(svgs) > 1 else "plots single"
            return (
                f'<figure><div class="{kind}">{plots}</div>'
                f"<figcaption>{escape(caption)}</figcaption></figure>"
            )
        case MarkKey():
            return _key()
        case Card():
            return _card(block)


def _table(table: Table) -> str:
    head = "".join(
        f'<th scope="col"{_side(table, i)}>{escape(column)}</th>'
        for i, column in enumerate(table.columns)
    )
    rows = "\n".join(
        "<tr>" + "".join(_cell(table, i, cell) for i, cell in enumerate(row)) + "</tr>"
        for row in table.rows
    )
    caption = f'<p class="caption">{escape(table.caption)}</p>' if table.caption else ""
    return (
        f'{caption}<div class="scroll"><table><thead><tr>{head}</tr></thead>\n'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _cell(table: Table, column: int, cell: Cell) -> str:
    below = f"<small>{escape(cell.below)}</small>" if cell.below else ""
    text = f'<span class="{cell.tone}">{escape(cell.text)}</span>' if cell.tone else ""
    text = text or escape(cell.text)
    if column == 0:
        return f'<th scope="row"{_side(table, column)}>{text}{below}</th>'
    return f"<td{_side(table, column)}>{text}{below}</td>"


def _side(table: Table, column: int) -> str:
    return ' class="text"' if column in table.text_columns else ""


def _key() -> str:
    marks = "".join(
        f'<span class="{mark}"><b>{_SIGNS[mark]}</b>{escape(meaning)}</span> '
        for mark, meaning in _MEANINGS.items()
    )
    return f'<p class="key">{marks}</p>'


def _card(card: Card) -> str:
    quote = f"<blockquote>{escape(card.quote)}</blockquote>" if card.quote else ""
    trees = "".join(_tree(tree) for tree in card.trees)
    trees = f'<div class="trees">{trees}</div>' if trees else ""
    return (
        f'<section class="card"><h3>{escape(card.title)}</h3>'
        f'<p class="figures">{escape(card.figures)}</p>{quote}{trees}</section>'
    )


def _tree(tree: TreeView) -> str:
    """Write a tree with one functor a line; its leaves stand behind it, as in an outline."""
    lines: list[str] = []
    depth = -1  # of the functor at the head of the last line
    for node in tree.nodes:
        if node.is_leaf and node.depth == depth + 1 and lines:
            lines[-1] += " " + _node(node)
            continue
        depth = node.depth if not node.is_leaf else -2
        lines.append(f'<div class="line" style="--depth:{node.depth}">{_node(node)}')
    text = f"<pre>{escape(tree.text)}</pre>" if tree.text else ""
    body = "".join(f"{line}</div>" for line in lines)
    return f'<div class="tree"><h4>{escape(tree.title)}</h4>{body}{text}</div>'


def _node(node: TreeNode) -> str:
    kind = "leaf" if node.is_leaf else "functor"
    sign = _SIGNS[node.mark]
    sign = f'<b title="{_MEANINGS[node.mark]}">{sign}</b>' if sign else ""
    expected = f" → {escape(node.expected)}" if node.mark == "relabel" else ""
    return f'<span class="{kind} {node.mark}">{sign}{escape(node.label)}{expected}</span>'
