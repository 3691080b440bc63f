"""`Document` and `Clause`: a source document, read and cut into clauses."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import Literal

from p4ir.counting import counted

_SHOWN, _SHOWN_CHARS = 3, 100
"""How many of the paragraphs that were left out are shown, and how much of each."""

Kind = Literal["txt", "csv", "xlsx", "docx", "pdf"]
"""What a document is, whatever its name says."""


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One clause of a document, with the place where it stands."""

    id: str
    """Unique within the document: the document's name without its ending, and the number."""
    text: str
    """The clause on one line, its number included where it has one."""
    number: str = ""
    """Its number within the document (`1.2.3`, `A1`, `§ 5`, `1.2(a)`); empty if it has none."""
    under: str = ""
    """For a paragraph without a number, that of the clause or heading it follows."""
    headings: tuple[str, ...] = ()
    """The headings that it stands under, outermost first."""
    place: str = ""
    """Where it stands, for people: `page 3`, `sheet Doors, row 7`, `line 12`, `paragraph 9`."""
    page: int | None = None
    """Page that it begins on, from 1, where the document has pages."""
    row: int | None = None
    """Row (CSV, XLSX), line (TXT) or paragraph (DOCX) that it begins on, from 1."""
    sheet: str = ""
    """Sheet of a workbook that it stands on."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A source document."""

    name: str
    """Its file name."""
    kind: Kind
    sha256: str
    """Hash of its bytes, in hexadecimal."""
    clauses: tuple[Clause, ...]
    """Its clauses in order; at least one."""
    notes: tuple[str, ...] = ()
    """What a person should know of the reading: pages without text, formulas, parts left out."""
    left_out: tuple[str, ...] = field(default=(), repr=False)
    """What is no clause: page furniture, headings, captions, lines of a contents list."""
    pages: int | None = None
    """Number of its pages, where it has pages."""

    def remarks(self) -> tuple[str, ...]:
        """Return the notes, and in a line what was left out: its longest may be requirements."""
        if not self.left_out:
            return self.notes
        longest = sorted(self.left_out, key=len, reverse=True)[:_SHOWN]
        shown = ", ".join(repr(textwrap.shorten(each, _SHOWN_CHARS)) for each in longest)
        which = ", the longest" if len(self.left_out) > _SHOWN else ""
        what = counted(len(self.left_out), "paragraph")
        return (*self.notes, f"{what} left out as headings and the like{which}: {shown}")
