"""The questions that the store asks its tables."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from p4ir.counting import counted
from p4ir.errors import ReviewError
from p4ir.review.records import ReviewedRule, SourceDocument, Status
from p4ir.review.rows import reviewed_of
from p4ir.review.tables import ClauseRow, DocumentRow, RuleRow

AnySelect = Select[*tuple[Any, ...]]


def rules_query() -> AnySelect:
    """Ask for rules, each with its clause and its document, in the order of their adding."""
    return joined(select(RuleRow, ClauseRow, DocumentRow)).order_by(RuleRow.key)


def joined(query: AnySelect) -> AnySelect:
    """Join rules with their clauses and documents."""
    return (
        query.select_from(RuleRow)
        .join(ClauseRow, RuleRow.clause_key == ClauseRow.key)
        .join(DocumentRow, ClauseRow.document_key == DocumentRow.key)
    )


def filtered(
    query: AnySelect,
    status: Status | Sequence[Status] | None = None,
    document: str | None = None,
    text: str = "",
) -> AnySelect:
    """Narrow a joined query down."""
    if status is not None:
        query = query.where(RuleRow.status.in_([status] if isinstance(status, str) else status))
    if document is not None:
        query = query.where(DocumentRow.name == document)
    if text.strip():
        columns = (RuleRow.id, ClauseRow.text, RuleRow.rule)
        query = query.where(or_(*(c.icontains(text.strip(), autoescape=True) for c in columns)))
    return query


def fetch_rules(session: Session, query: AnySelect) -> list[ReviewedRule]:
    """Return what a query of rules, clauses and documents finds."""
    return [reviewed_of(row[0], row[1], row[2]) for row in session.execute(query)]


def fetch_rule(session: Session, id: str, where: str) -> ReviewedRule:
    """Return the rule of an id.

    Raises:
        ReviewError: there is none in the store, which is called `where`; names the nearest.
    """
    found = fetch_rules(session, rules_query().where(RuleRow.id == id))
    if found:
        return found[0]
    ids = session.scalars(select(RuleRow.id)).all()
    near = difflib.get_close_matches(id, ids, 1)
    meant = f"did you mean {near[0]!r}?" if near else f"it holds {counted(len(ids), 'rule')}"
    raise ReviewError(f"{where}: no rule {id!r}; {meant}")


def fetch_by_key(session: Session, keys: Sequence[int]) -> list[ReviewedRule]:
    """Return the rules of these keys, however many they are."""
    wanted = set(keys)
    if not wanted:
        return []
    query = rules_query().where(RuleRow.key.between(min(wanted), max(wanted)))
    return [rule for rule in fetch_rules(session, query) if rule.key in wanted]


def fetch_documents(session: Session) -> list[SourceDocument]:
    """Return the documents, each with the number of its rules."""
    columns = (DocumentRow.name, DocumentRow.sha256, DocumentRow.added_at, DocumentRow.added_by)
    query = joined(select(*columns, func.count(RuleRow.key)))
    grouped = query.group_by(DocumentRow.key, *columns).order_by(DocumentRow.key)
    return [
        SourceDocument(name=row[0], sha256=row[1], added_at=row[2], added_by=row[3], rules=row[4])
        for row in session.execute(grouped)
    ]
