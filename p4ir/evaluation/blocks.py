"""What a report is made of, before it is Markdown or HTML.

A report is a list of blocks of plain text and figures; how they look is decided only
where they are written (`markdown`, `html`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

Mark = Literal["keep", "relabel", "extra", "missing"]
Tone = Literal["", "better", "worse"]


@dataclass(frozen=True)
class Heading:
    """A section of the report."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str
    is_quote: bool = False
    """Whether it is a clause rather than the report's own words."""


@dataclass(frozen=True)
class Bullets:
    """A list of short lines."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """A cell of a table, with a smaller second line where there is one."""

    text: str
    below: str = ""
    tone: Tone = ""


@dataclass(frozen=True)
class Table:
    """A table; numbers are put to the right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    text_columns: tuple[int, ...] = (0,)
    """The columns that hold text, from 0."""

    def without(self, column: str) -> Table:
        """Return the table without a column that stands behind those that hold text."""
        at = self.columns.index(column)
        rows = tuple((*row[:at], *row[at + 1 :]) for row in self.rows)
        return replace(self, columns=(*self.columns[:at], *self.columns[at + 1 :]), rows=rows)


@dataclass(frozen=True)
class Figure:
    """Plots that belong together; Markdown leaves them out."""

    svgs: tuple[str, ...]
    caption: str


@dataclass(frozen=True)
class TreeNode:
    """A node of a tree, or a node that the tree lacks."""

    label: str
    depth: int
    mark: Mark = "keep"
    expected: str = ""
    """Of a node with a wrong label, the reference rule's."""
    is_leaf: bool = False


@dataclass(frozen=True)
class TreeView:
    """A rule as a tree, with what distinguishes it from its reference."""

    title: str
    nodes: tuple[TreeNode, ...]
    text: str = ""
    """What was written, where it is no rule."""


@dataclass(frozen=True)
class MarkKey:
    """What the marks in trees mean."""


@dataclass(frozen=True)
class Card:
    """Something that stands for itself: one clause, say."""

    title: str
    figures: str
    """One line of figures below the title."""
    quote: str = ""
    trees: tuple[TreeView, ...] = ()


Block: TypeAlias = Heading | Paragraph | Bullets | Table | Figure | MarkKey | Card
