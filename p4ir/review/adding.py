"""Puts drafts into the database: each its document, its clause, its rule and first edit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from p4ir.errors import ReviewError
from p4ir.review.records import Draft
from p4ir.review.rows import rule_text
from p4ir.review.tables import ClauseRow, DocumentRow, EditRow, RuleRow
from p4ir.rules.tree import NOT_TEXT

_LINES = ("id", "clause", "document", "number", "problem", "note", "paraphrase")
"""Fields of a draft that are kept on one line."""


def add_drafts(
    session: Session, drafts: Sequence[Draft], author: str, note: str, at: datetime
) -> tuple[list[int], list[int]]:
    """Add drafts; return the keys of the rules added and of those left as they are."""
    adding = _Adding(session, author, note, at)
    for number, draft in enumerate(drafts, 1):
        adding.add(draft, number)
    return adding.added, adding.skipped


class _Adding:
    """One import on its way."""

    def __init__(self, session: Session, author: str, note: str, at: datetime) -> None:
        self._session, self._author, self._note, self._at = session, author, note, at
        self._documents: dict[tuple[str, str], int] = {}
        self._counted: dict[str, int] = {}
        found = session.execute(
            select(RuleRow.id, RuleRow.key, ClauseRow.text).join(
                ClauseRow, RuleRow.clause_key == ClauseRow.key
            )
        )
        self._known = {row[0]: (row[1], row[2]) for row in found}
        self.added: list[int] = []
        self.skipped: list[int] = []

    def add(self, draft: Draft, number: int) -> None:
        """Add one draft, the `number`-th of the import."""
        lines: dict[str, Any] = {name: " ".join(getattr(draft, name).split()) for name in _LINES}
        draft = replace(draft, **lines)
        clause = draft.clause
        _check(draft, number)
        if draft.id in self._known:
            key, known = self._known[draft.id]
            if known != clause:
                raise ReviewError(
                    f"the id {draft.id!r} is that of another clause in the store "
                    f"({known[:60]!r}); nothing was added: give this one another id"
                )
            self.skipped.append(key)
            return
        id = draft.id or self._free_id(draft)
        row = self._clause_row(draft)
        key = self._add_rule(draft, id, row.key)
        self._known[id] = (key, clause)
        self.added.append(key)

    def _free_id(self, draft: Draft) -> str:
        """Return an id that no rule has: the document and the number, counted on if need be."""
        stem = Path(draft.document).stem or "rule"
        if draft.number and (id := f"{stem}/{draft.number}") not in self._known:
            return id
        end = f"{draft.number}#" if draft.number else ""
        base = f"{stem}/{end}"
        counted = self._counted
        counted[base] = counted.get(base, 1 if draft.number else 0) + 1
        while (id := f"{base}{counted[base]}") in self._known:
            counted[base] += 1
        return id

    def _clause_row(self, draft: Draft) -> ClauseRow:
        row = ClauseRow(
            document_key=self._document_key(draft),
            text=draft.clause,
            number=draft.number,
            page=draft.page,
            row=draft.row,
            jurisdiction=draft.jurisdiction,
            topic=draft.topic,
            split=draft.split,
        )
        self._session.add(row)
        self._session.flush()
        return row

    def _document_key(self, draft: Draft) -> int:
        name = (draft.document, draft.document_sha256)
        if name not in self._documents:
            same = (DocumentRow.name == name[0]) & (DocumentRow.sha256 == name[1])
            key = self._session.scalar(select(DocumentRow.key).where(same))
            if key is None:
                row = DocumentRow(
                    name=name[0], sha256=name[1], added_at=self._at, added_by=self._author
                )
                self._session.add(row)
                self._session.flush()
                key = row.key
            self._documents[name] = key
        return self._documents[name]

    def _add_rule(self, draft: Draft, id: str, clause_key: int) -> int:
        text = rule_text(draft.rule)
        state: dict[str, Any] = {
            "version": 1,
            "author": self._author,
            "note": draft.note or self._note,
            "status": draft.status,
            "rule": text,
            "paraphrase": draft.paraphrase,
        }
        row = RuleRow(
            id=id,
            clause_key=clause_key,
            model_rule=text,
            model=draft.model,
            adapter=draft.adapter,
            confidence=draft.confidence,
            node_confidence=list(draft.node_confidence),
            problem=draft.problem,
            changed_at=self._at,
            **state,
        )
        self._session.add(row)
        self._session.flush()
        self._session.add(EditRow(rule_key=row.key, action="import", at=self._at, **state))
        return row.key


def _check(draft: Draft, number: int) -> None:
    name = f"rule {draft.id!r}" if draft.id else f"rule {number}"
    if not draft.clause:
        raise ReviewError(f"{name} has no clause; nothing was added")
    if any(NOT_TEXT.search(getattr(draft, field)) for field in _LINES):
        raise ReviewError(f"{name} holds control characters or broken text; nothing was added")
    if draft.status == "approved" and draft.rule is None:
        raise ReviewError(f"{name} is approved but there is no rule; nothing was added")
