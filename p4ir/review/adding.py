"""Puts drafts into the database: each its document, its clause, its rule and first edit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from p4ir.errors import ReviewError
from p4ir.review.lines import one_line
from p4ir.review.queries import joined
from p4ir.review.records import Draft
from p4ir.review.rows import rule_text
from p4ir.review.tables import ClauseRow, DocumentRow, EditRow, RuleRow

_LINES = (
    *("id", "clause", "document", "document_sha256", "number", "model", "adapter"),
    *("problem", "note", "paraphrase", "jurisdiction", "topic", "split"),
)
"""Fields of a draft that are kept on one line."""


class _Known(NamedTuple):
    """A rule that is there already."""

    key: int
    clause: str
    rules: tuple[str | None, str | None]
    """As it stands, and as it came in."""


def add_drafts(
    session: Session,
    drafts: Sequence[Draft],
    author: str,
    note: str,
    at: datetime,
    known_by_clause: bool,
) -> tuple[list[int], list[int], list[int]]:
    """Add drafts; return the keys of the rules that `Added` lists."""
    adding = _Adding(session, author, note, at)
    adding.load(known_by_clause)
    for number, draft in enumerate(drafts, 1):
        adding.add(draft, number)
    return adding.added, adding.skipped, adding.differing


class _Adding:
    """One import on its way."""

    def __init__(self, session: Session, author: str, note: str, at: datetime) -> None:
        self._session, self._author, self._note, self._at = session, author, note, at
        self._documents: dict[tuple[str, str], int] = {}
        self._counted: dict[str, int] = {}
        self._known: dict[str, _Known] = {}
        self._by_clause: defaultdict[tuple[str, str, str], list[_Known]] = defaultdict(list)
        self.added: list[int] = []
        self.skipped: list[int] = []
        self.differing: list[int] = []

    def load(self, by_clause: bool) -> None:
        """Note what is there before the import, if need be also by clause."""
        columns = (RuleRow.id, RuleRow.key, ClauseRow.text, RuleRow.rule, RuleRow.model_rule)
        query = joined(select(*columns, DocumentRow.name, ClauseRow.number)).order_by(RuleRow.key)
        for id, key, clause, rule, model_rule, document, number in self._session.execute(query):
            known = self._known[id] = _Known(key, clause, (rule, model_rule))
            if by_clause:
                self._by_clause[document, number, clause].append(known)

    def add(self, draft: Draft, number: int) -> None:
        """Add one draft, the `number`-th of the import."""
        lines: dict[str, Any] = {name: one_line(getattr(draft, name)) for name in _LINES}
        draft = replace(draft, **lines)
        _check(draft, number)
        known = self._find(draft)
        if known:
            self._skip(draft, known)
            return
        id = draft.id or self._free_id(draft)
        row = self._clause_row(draft)
        text = rule_text(draft.rule)
        key = self._add_rule(draft, text, id, row.key)
        self._known[id] = _Known(key, draft.clause, (text, text))
        self.added.append(key)

    def _find(self, draft: Draft) -> _Known | None:
        """Return the rule that a draft is, if it is there already.

        Raises:
            ReviewError: its id is that of another clause.
        """
        if not draft.id:
            same = self._by_clause[draft.document, draft.number, draft.clause]
            return same.pop(0) if same else None  # Each once, as a clause may stand there twice.
        known = self._known.get(draft.id)
        if known and known.clause != draft.clause:
            raise ReviewError(
                f"the id {draft.id!r} is that of another clause in the store "
                f"({known.clause[:60]!r}); nothing was added: give this one another id"
            )
        return known

    def _skip(self, draft: Draft, known: _Known) -> None:
        self.skipped.append(known.key)
        if draft.rule is not None and rule_text(draft.rule) not in known.rules:
            self.differing.append(known.key)

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

    def _add_rule(self, draft: Draft, text: str | None, id: str, clause_key: int) -> int:
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
    if draft.status == "approved" and draft.rule is None:
        raise ReviewError(f"{name} is approved but there is no rule; nothing was added")
