"""Between the rows of the database and the records that the store gives out."""

from __future__ import annotations

from typing import Any, cast

from p4ir.review.records import Action, Edit, ReviewedRule, Status
from p4ir.review.tables import ClauseRow, DocumentRow, EditRow, RuleRow
from p4ir.rules import Rule, format_rule, parse_rule


def rule_text(rule: Rule | None) -> str | None:
    """Return a rule as it is kept."""
    return None if rule is None else format_rule(rule)


def reviewed_of(row: RuleRow, clause: ClauseRow, document: DocumentRow) -> ReviewedRule:
    """Make a record of a rule, its clause and its document."""
    return ReviewedRule(
        key=row.key,
        id=row.id,
        version=row.version,
        status=cast(Status, row.status),
        clause=clause.text,
        rule=_rule(row.rule),
        model_rule=_rule(row.model_rule),
        document=document.name,
        document_sha256=document.sha256,
        number=clause.number,
        page=clause.page,
        row=clause.row,
        model=row.model,
        adapter=row.adapter,
        confidence=row.confidence,
        node_confidence=tuple(row.node_confidence),
        problem=row.problem,
        note=row.note,
        paraphrase=row.paraphrase,
        jurisdiction=clause.jurisdiction,
        topic=clause.topic,
        split=clause.split,
        author=row.author,
        changed_at=row.changed_at,
    )


def edit_of(row: EditRow) -> Edit:
    """Make a record of a save."""
    return Edit(
        version=row.version,
        action=cast(Action, row.action),
        author=row.author,
        at=row.at,
        note=row.note,
        status=cast(Status, row.status),
        rule=_rule(row.rule),
        paraphrase=row.paraphrase,
    )


def state_of(rule: ReviewedRule) -> dict[str, Any]:
    """Return what a save writes of a rule, over its row and into its history."""
    return {
        "version": rule.version,
        "author": rule.author,
        "note": rule.note,
        "status": rule.status,
        "rule": rule_text(rule.rule),
        "paraphrase": rule.paraphrase,
    }


def _rule(text: str | None) -> Rule | None:
    return None if text is None else parse_rule(text)
