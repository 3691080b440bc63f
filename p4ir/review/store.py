"""`ReviewStore`: clauses with their rules, every edit of them, and where each stands.

A save names the version that it was made from, and is refused if somebody has saved
another one since: optimistic concurrency, by one conditional UPDATE, on any database.
What was is never overwritten: every save adds the whole state after it to the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from p4ir.errors import ReviewError, StaleRuleError
from p4ir.review.adding import add_drafts
from p4ir.review.database import Database
from p4ir.review.lines import one_line
from p4ir.review.queries import (
    fetch_by_key,
    fetch_documents,
    fetch_rule,
    fetch_rules,
    filtered,
    joined,
    rules_query,
)
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
from p4ir.review.rows import edit_of, state_of
from p4ir.review.tables import EditRow, RuleRow
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

    def add(
        self,
        drafts: Iterable[Draft],
        author: str,
        *,
        note: str = "",
        known_by_clause: bool = False,
    ) -> Added:
        """Add rules to review, all or none.

        A rule whose id and clause are there already is left as it stands.

        Args:
            drafts: the rules; texts are kept on one line, without control characters.
            author: who adds them.
            note: why, for those that say nothing themselves.
            known_by_clause: whether a draft without an id is there already if its clause is,
                under the same number of the same document; as often as it is there. Else it
                is added once more.

        Raises:
            ReviewError: an id is that of another clause, or a draft has no clause.
            StoreError: the store cannot be written; nothing was added.
        """
        author, note, drafts = _checked_author(author), one_line(note), list(drafts)
        with self._database.write() as session:
            keys = add_drafts(session, drafts, author, note, _now(), known_by_clause)
            return Added(*(fetch_by_key(session, each) for each in keys))

    def get(self, id: str) -> ReviewedRule:
        """Return a rule by its id.

        Raises:
            ReviewError: there is none; names the nearest.
        """
        with self._database.read() as session:
            return fetch_rule(session, id, self.name)

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
        query = filtered(rules_query(), status, document, text).limit(limit).offset(offset)
        with self._database.read() as session:
            return fetch_rules(session, query)

    def count(
        self,
        *,
        status: Status | Sequence[Status] | None = None,
        document: str | None = None,
        text: str = "",
    ) -> int:
        """Return how many rules `find` would."""
        query = joined(select(func.count(RuleRow.key)))
        with self._database.read() as session:
            return session.scalar(filtered(query, status, document, text)) or 0

    def counts(self, document: str | None = None) -> dict[Status, int]:
        """Return the number of rules in each state."""
        query = joined(select(RuleRow.status, func.count(RuleRow.key))).group_by(RuleRow.status)
        with self._database.read() as session:
            rows = session.execute(filtered(query, document=document))
            found = {row[0]: row[1] for row in rows}
        return {status: found.get(status, 0) for status in STATUSES}

    def documents(self) -> list[SourceDocument]:
        """Return the source documents, in the order in which they were added."""
        with self._database.read() as session:
            return fetch_documents(session)

    def approved(self, document: str | None = None) -> list[ReviewedRule]:
        """Return the approved rules: what is checked with, exported and trained on."""
        return self.find(status="approved", document=document)

    def history(self, id: str) -> list[Edit]:
        """Return every save of a rule, oldest first.

        Raises:
            ReviewError: there is no such rule.
        """
        with self._database.read() as session:
            key = fetch_rule(session, id, self.name).key
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
            paraphrase: the rule in plain English; that of a rule which is replaced goes, if
                there is no new one, since it said what the old one says.

        Raises:
            StaleRuleError: another version was saved since; holds both.
            ReviewError: there is no such rule, no such version, or no author.
            StoreError: the store cannot be written; nothing was saved.
        """
        status: Status = "approved" if approve else "draft"
        changes: dict[str, Any] = {"rule": rule, "status": status}
        if paraphrase is not None or rule != self.get(id).rule:
            changes["paraphrase"] = one_line(paraphrase or "")
        return self._save(id, version, "edit", author, note, changes)

    def set_status(
        self, id: str, status: Status, *, version: int, author: str, note: str = ""
    ) -> ReviewedRule:
        """Approve, flag, reject or reopen a rule as it stands.

        Raises:
            StaleRuleError: another version was saved since; holds both.
            ReviewError: there is no such rule, no such version, no author, no note with a
                flag or a rejection, or nothing to approve.
            StoreError: the store cannot be written; nothing was saved.
        """
        if status not in STATUSES:
            raise ReviewError(f"no status {status!r}; there are {', '.join(STATUSES)}")
        action = _ACTIONS[status]
        if status in _NEED_NOTE and not one_line(note):
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
        changes |= {"author": _checked_author(author), "note": one_line(note), "changed_at": _now()}
        with self._database.write() as session:
            theirs = fetch_rule(session, id, self.name)
            if version > theirs.version:
                raise ReviewError(
                    f"{id}: there is no version {version}; the latest is {theirs.version}"
                )
            yours = replace(theirs, version=version, **changes)
            if yours.status == "approved" and yours.rule is None:
                raise ReviewError(f"{id}: there is no rule to approve; edit it first")
            saved = replace(yours, version=version + 1)
            is_saved = _write(session, action, saved)
        if not is_saved:
            raise StaleRuleError(self._as_seen(yours, changes), self.get(id))
        return saved

    def _as_seen(self, yours: ReviewedRule, changes: dict[str, Any]) -> ReviewedRule:
        """Return a refused save with the rule that its author saw, where that is not changed."""
        seen = [edit for edit in self.history(yours.id) if edit.version == yours.version]
        was: dict[str, Any] = {"rule": seen[0].rule} if seen else {}
        return replace(yours, **{**was, **changes})


def _write(session: Session, action: Action, saved: ReviewedRule) -> bool:
    """Write a state over the version before it; say whether that was still there."""
    state = state_of(saved)
    before = (RuleRow.key == saved.key) & (RuleRow.version == saved.version - 1)
    written = session.execute(
        update(RuleRow).where(before).values(**state, changed_at=saved.changed_at)
    )
    if not written.rowcount:  # type: ignore[attr-defined]
        return False
    session.add(EditRow(rule_key=saved.key, action=action, at=saved.changed_at, **state))
    return True


def _checked_author(author: str) -> str:
    author = one_line(author)
    if not author:
        raise ReviewError("a change needs an author: say who makes it")
    return author


def _now() -> datetime:
    return datetime.now(UTC)
