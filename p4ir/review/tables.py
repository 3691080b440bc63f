"""The tables of the review store, for any database that SQLAlchemy speaks to.

`rules` holds each rule as it stands, with its version; `edits` the whole state after
every save, and is only ever added to. Rules are kept in compact LRML, which prints and
parses exactly.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

SCHEMA = 1
"""Version of these tables; a store of another one is refused."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, kept without its zone in UTC, since not every database keeps zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Drop the zone of a moment in UTC."""
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    """The store's tables."""


class StoreRow(Base):
    """One row that says what this database is."""

    __tablename__ = "p4ir_store"
    schema: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class DocumentRow(Base):
    """A source document."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("name", "sha256"),)
    key: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(400))
    sha256: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by: Mapped[str] = mapped_column(String(200))


class ClauseRow(Base):
    """A clause of a document."""

    __tablename__ = "clauses"
    key: Mapped[int] = mapped_column(primary_key=True)
    document_key: Mapped[int] = mapped_column(ForeignKey("documents.key"), index=True)
    text: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(String(100))
    page: Mapped[int | None]
    row: Mapped[int | None]
    jurisdiction: Mapped[str] = mapped_column(String(100))
    topic: Mapped[str] = mapped_column(String(100))
    split: Mapped[str] = mapped_column(String(100))


class RuleRow(Base):
    """A rule of a clause, as it stands."""

    __tablename__ = "rules"
    key: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(600), unique=True)
    clause_key: Mapped[int] = mapped_column(ForeignKey("clauses.key"), index=True)
    version: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), index=True)
    rule: Mapped[str | None] = mapped_column(Text)
    paraphrase: Mapped[str] = mapped_column(Text)
    model_rule: Mapped[str | None] = mapped_column(Text)
    model: Mapped[str] = mapped_column(String(400))
    adapter: Mapped[str] = mapped_column(String(400))
    confidence: Mapped[float | None]
    node_confidence: Mapped[list[float]] = mapped_column(JSON)
    problem: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text)


class EditRow(Base):
    """One save of a rule: the state after it."""

    __tablename__ = "edits"
    rule_key: Mapped[int] = mapped_column(ForeignKey("rules.key"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    action: Mapped[str] = mapped_column(String(20))
    author: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20))
    rule: Mapped[str | None] = mapped_column(Text)
    paraphrase: Mapped[str] = mapped_column(Text)
