"""How rules under review look: a list of them, and one with its clause and its history.

On a terminal both fit its width. Elsewhere a rule of the list, a clause and a save are a line
each, however long, for programs to read.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from p4ir.cli.printable import printable
from p4ir.review import Edit, ReviewedRule
from p4ir.review.doubts import count_doubts, doubts_of
from p4ir.rules import format_rule

CLAUSE_COLUMNS = 60
"""Of a clause in the list, where there is no terminal to say how much fits."""
SAVE_INDENT = 5
"""Columns by which a save goes on below its version, so that no note looks like a save."""


def show_list(rules: Sequence[ReviewedRule]) -> None:
    """Print each rule with its state, its version, the number of its doubts and its clause."""
    rows = [
        (
            printable(rule.id),
            rule.status,
            f"v{rule.version}",
            count_doubts(doubts_of(rule)),
            printable(rule.clause),
        )
        for rule in rules
    ]
    if sys.stdout.isatty():
        _print_table(rows)
        return
    width = max((len(row[0]) for row in rows), default=0)
    for id, status, version, doubts, clause in rows:
        text = Text(clause)
        text.truncate(CLAUSE_COLUMNS, overflow="ellipsis")
        print(f"{id:<{width}}  {status:<8}  {version:<4}  {doubts:<7}  {text.plain}")


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    console = Console(highlight=False)
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(max_width=console.width * 2 // 5, overflow="fold")
    for _ in ("status", "version", "doubts"):
        table.add_column(no_wrap=True)
    table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    for row in rows:
        table.add_row(*map(Text, row))
    if rows:
        console.print(table)


def show(rule: ReviewedRule, history: Sequence[Edit]) -> None:
    """Print a rule beside its clause, what is doubtful about it, and every save of it."""
    _print(f"{rule.id}  {rule.status}, version {rule.version}")
    where = [rule.document, f"page {rule.page}" if rule.page else "", *_writer(rule)]
    _print(", ".join(filter(None, where)))
    print()
    _print(rule.clause)
    print()
    if rule.rule:
        for line in format_rule(rule.rule, "outline").split("\n"):
            print(printable(line))
    for doubt in doubts_of(rule):
        _print(f"{doubt.mark} {doubt.text}", indent=2)
    if rule.paraphrase:
        print()
        _print(rule.paraphrase)
    print()
    for edit in history:
        note = f": {edit.note}" if edit.note else ""
        made = f"{edit.at:%Y-%m-%d %H:%M}  {edit.status:<8}  {edit.action} by {edit.author}"
        _print(f"v{edit.version:<3} {made}{note}", indent=SAVE_INDENT)


def _writer(rule: ReviewedRule) -> list[str]:
    """Say what wrote a rule, and how sure it was."""
    if not rule.model:
        return []
    by = f"written by {rule.model}" + (f" with {rule.adapter}" if rule.adapter else "")
    confidence = "" if rule.confidence is None else f"confidence {rule.confidence:.2f}"
    return [by, confidence, "edited since" if rule.is_edited else ""]


def _print(text: str, indent: int = 0) -> None:
    """Print a text; on a terminal in lines that fit, all but the first of them indented."""
    text = printable(text)
    if sys.stdout.isatty():
        console = Console(highlight=False)
        lines = Text(text).wrap(console, max(console.width - indent, 1))
        text = f"\n{' ' * indent}".join(line.plain.rstrip() for line in lines)
    print(text)
