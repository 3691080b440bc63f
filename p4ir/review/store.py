"""`ReviewStore`: clauses with their rules, every edit of them, and where each stands.

A save names the version that it was made from, and is refused if somebody has saved
another one since: optimistic concurrency, by one conditional UPDATE, on any database.
What was is never overwritten: every save adds the whole state after it to the history.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from p4ir.errors import ReviewError, StaleRuleError
from p4ir.review.adding import add_drafts
from p4ir.review.database import Database
from p4ir.review.records import (
    STATUSES,
    Action,
    Added,
    Draft,
    Edit,
    ReviewedRule,
    SourceDocument,
    Status,
)
from p4ir.review.rows import edit_of, reviewed_of, rule_text
from p4ir.review.tables import ClauseRow, DocumentRow, EditRow, RuleRow
from p4ir.rules import Rule

_ACTIONS: dict[Status, Action] = {
    "draft": "reopen",
    "approved": "approve",
    "flagged": "flag",
    "rejected": "reject",
}
_NEED_NOTE = ("flagged", "rejected")


class ReviewStore:
    """A store of reviewed rules; safe to use from several threads and processes.

    Args:
        where: path of an SQLite file, or the URL of any database.
        create: whether to make the store where there is none.
        read_only: whether it is only to be read.

    Raises:
        ReviewError: no store is there, or what is there is something else.
        StoreError: it cannot be read or written now.
    """

    def __init__(self, where: str | Path, *, create: bool = True, read_only: bool = False) -> None:
        self._database = Database(where, create=create and not read_only, read_only=read_only)
        self.name = self._database.name

    def __enter__(self) -> ReviewStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection to the database."""
        self._database.close()

    def add(self, drafts: Iterable[Draft], author: str, *, note: str = "") -> Added:
        """Add rules to review, all or none.

        A rule whose id and clause are there already is left as it stands.

        Raises:
            ReviewError: an id is that of another clause, or a text cannot be kept.
            StoreError: the store cannot be written; nothing was added.
        """
        author, drafts = _checked_author(author), list(drafts)
        with self._database.write() as session:
            added, skipped = add_drafts(session, drafts, author, note, _now())
            return Added(_by_id(session, added), _by_id(session, skipped))

    def get(self, id: str) -> ReviewedRule:
        """Return a rule by its id.

        Raises:
            ReviewError: there is none; names the nearest.
        """
        with self._database.read() as session:
            return self._get(session, id)

    def find(
        self,
        *,
        status: Status | Sequence[Status] | None = None,
        document: str | None = None,
        text: str = "",
        limit: int | None = None,
        offset: int = 0,
    ) -> list[ReviewedRule]:
        """Return rules in the order in which they were added.

        Args:
            status: of this state, or of these.
            document: of the source document of this name.
            text: whose id, clause or rule holds this, capitals apart.
            limit: at most so many.
            offset: without the first so many.
        """
        query = _filtered(_reviewed(), status, document, text).order_by(RuleRow.key)
        with self._database.read() as session:
            return [reviewed_of(*row) for row in session.execute(query.limit(limit).offset(offset))]

    def count(
        self,
        *,
        status: Status | Sequence[Status] | None = None,
        document: str | None = None,
        text: str = "",
    ) -> int:
        """Return how many rules `find` would."""
        query = _joined(select(func.count(RuleRow.key)))
        with self._database.read() as session:
            return session.scalar(_filtered(query, status, document, text)) or 0

    def counts(self, document: str | None = None) -> dict[Status, int]:
        """Return the number of rules in each state."""
        query = _joined(select(RuleRow.status, func.count(RuleRow.key))).group_by(RuleRow.status)
        with self._database.read() as session:
            found = {row[0]: row[1] for row in session.execute(_filtered(query, None, document))}
        return {status: found.get(status, 0) for status in STATUSES}

    def documents(self) -> list[SourceDocument]:
        """Return the source documents, in the order in which they were added."""
        query = (
            select(DocumentRow, func.count(RuleRow.key))
            .join(ClauseRow, ClauseRow.document_key == DocumentRow.key)
            .join(RuleRow, RuleRow.clause_key == ClauseRow.key)
            .group_by(DocumentRow)
            .order_by(DocumentRow.key)
        )
        with self._database.read() as session:
            return [
                SourceDocument(
                    name=row.name,
                    sha256=row.sha256,
                    added_at=row.added_at,
                    added_by=row.added_by,
                    rules=rules,
                )
                for row, rules in session.execute(query)
            ]

    def approved(self, document: str | None = None) -> list[ReviewedRule]:
        """Return the approved rules: what is checked with, exported and trained on."""
        return self.find(status="approved", document=document)

    def history(self, id: str) -> list[Edit]:
        """Return every save of a rule, oldest first.

        Raises:
            ReviewError: there is no such rule.
        """
        with self._database.read() as session:
            key = self._get(session, id).key
            query = select(EditRow).where(EditRow.rule_key == key).order_by(EditRow.version)
            return [edit_of(row) for row in session.scalars(query)]

    def edit(
        self,
        id: str,
        rule: Rule,
        *,
        version: int,
        author: str,
        note: str = "",
        approve: bool = False,
        paraphrase: str | None = None,
    ) -> ReviewedRule:
        """Replace a rule, which makes it a draft again unless it is approved along with it.

        Args:
            id: the rule's.
            rule: the new one.
            version: the version that the new one was made from.
            author: who makes it.
            note: why.
            approve: whether the new rule is approved at once.
            paraphrase: the new rule in plain English; what there was stays if absent.

        Raises:
            StaleRuleError: another version was saved since; holds both.
            ReviewError: there is no such rule, or no author.
            StoreError: the store cannot be written; nothing was saved.
        """
        status: Status = "approved" if approve else "draft"
        changes: dict[str, Any] = {"rule": rule, "status": status}
        if paraphrase is not None:
            changes["paraphrase"] = paraphrase.strip()
        return self._save(id, version, "edit", author, note, changes)

    def set_status(
        self, id: str, status: Status, *, version: int, author: str, note: str = ""
    ) -> ReviewedRule:
        """Approve, flag, reject or reopen a rule as it stands.

        Raises:
            StaleRuleError: another version was saved since; holds both.
            ReviewError: there is no such rule, no author, no note with a flag or a
                rejection, or nothing to approve.
            StoreError: the store cannot be written; nothing was saved.
        """
        if status not in STATUSES:
            raise ReviewError(f"no status {status!r}; there are {', '.join(STATUSES)}")
        action = _ACTIONS[status]
        if status in _NEED_NOTE and not note.strip():
            raise ReviewError(f"{id}: to {action} a rule, say why in a note")
        return self._save(id, version, action, author, note, {"status": status})

    def _save(
        self,
        id: str,
        version: int,
        action: Action,
        author: str,
        note: str,
        changes: dict[str, Any],
    ) -> ReviewedRule:
        author, note = _checked_author(author), note.strip()
        with self._database.write() as session:
            theirs = self._get(session, id)
            signed = {"author": author, "note": note, "changed_at": _now()}
            yours = replace(theirs, version=version, **changes, **signed)
            if yours.status == "approved" and yours.rule is None:
                raise ReviewError(f"{id}: there is no rule to approve; edit it first")
            saved = replace(yours, version=version + 1)
            state = {
                "version": saved.version,
                "author": author,
                "note": note,
                "status": saved.status,
                "rule": rule_text(saved.rule),
                "paraphrase": saved.paraphrase,
            }
            as_seen = (RuleRow.key == theirs.key) & (RuleRow.version == version)
            values = {**state, "changed_at": saved.changed_at}
            found = session.execute(update(RuleRow).where(as_seen).values(values))
            if not found.rowcount:  # type: ignore[attr-defined]
                session.expire_all()
                raise StaleRuleError(yours, self._get(session, id))
            session.add(EditRow(rule_key=saved.key, action=action, at=saved.changed_at, **state))
        return saved

    def _get(self, session: Session, id: str) -> ReviewedRule:
        found = session.execute(_reviewed().where(RuleRow.id == id)).first()
        if found is None:
            ids = session.scalars(select(RuleRow.id)).all()
            near = difflib.get_close_matches(id, ids, 1)
            meant = f"; did you mean {near[0]!r}?" if near else f"; it holds {len(ids)} rules"
            raise ReviewError(f"{self.name}: no rule {id!r}{meant}")
        return reviewed_of(*found)


def _reviewed() -> Select[tuple[RuleRow, ClauseRow, DocumentRow]]:
    return _joined(select(RuleRow, ClauseRow, DocumentRow))


def _joined(query: Select[Any]) -> Select[Any]:
    return (
        query.select_from(RuleRow)
        .join(ClauseRow, RuleRow.clause_key == ClauseRow.key)
        .join(DocumentRow, ClauseRow.document_key == DocumentRow.key)
    )


def _filtered(
    query: Select[Any],
    status: Status | Sequence[Status] | None,
    document: str | None,
    text: str = "",
) -> Select[Any]:
    if status is not None:
        query = query.where(RuleRow.status.in_([status] if isinstance(status, str) else status))
    if document is not None:
        query = query.where(DocumentRow.name == document)
    if text.strip():
        columns = (RuleRow.id, ClauseRow.text, RuleRow.rule)
        query = query.where(or_(*(c.icontains(text.strip(), autoescape=True) for c in columns)))
    return query


def _by_id(session: Session, keys: Sequence[int]) -> list[ReviewedRule]:
    wanted = set(keys)
    rows = session.execute(_reviewed().order_by(RuleRow.key))
    return [reviewed_of(*row) for row in rows if row[0].key in wanted]


def _checked_author(author: str) -> str:
    author = " ".join(author.split())
    if not author:
        raise ReviewError("a change needs an author: say who makes it")
    return author


def _now() -> datetime:
    return datetime.now(UTC)
