"""What the review store takes in and gives out: drafts, reviewed rules, their history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, get_args

from p4ir.rules import Rule, format_rule

Status = Literal["draft", "approved", "flagged", "rejected"]
STATUSES: tuple[Status, ...] = get_args(Status)
"""The states of a review, in the order of a list."""

Action = Literal["import", "edit", "approve", "flag", "reject", "reopen"]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A clause and the rule that somebody or something wrote for it, to be reviewed."""

    clause: str
    """The regulation text."""
    rule: Rule | None = None
    """`None` if no rule could be made out."""
    id: str = ""
    """Name of the rule, unique in the store; made from document and number if empty."""
    document: str = ""
    """File name of the source document."""
    document_sha256: str = ""
    """Hash of the source document's bytes, where known."""
    number: str = ""
    """Number of the clause within its document."""
    page: int | None = None
    row: int | None = None
    model: str = ""
    """The base model that wrote the rule; empty if a person did."""
    adapter: str = ""
    """The adapter that the model was used with."""
    confidence: float | None = None
    """The model's, 0 to 1."""
    node_confidence: tuple[float, ...] = ()
    """The same for each node of the rule, in preorder."""
    problem: str = ""
    """Why there is no rule, or what had to be mended; empty if all is well."""
    status: Status = "draft"
    note: str = ""
    """Said with the import, of this rule."""
    paraphrase: str = ""
    jurisdiction: str = ""
    topic: str = ""
    split: str = ""
    """Part of a corpus that the pair is to be exported to, if that is fixed."""


@dataclass(frozen=True, kw_only=True)
class ReviewedRule(Draft):
    """A clause with its rule as it stands in the store."""

    key: int
    """The store's own number of the row."""
    version: int
    """Counts the saves, from 1; a save names the version that it was made from."""
    model_rule: Rule | None = None
    """The rule as it came in, before any edit."""
    author: str
    """Who made the last change."""
    changed_at: datetime
    """When, in UTC."""

    @property
    def rule_text(self) -> str:
        """The rule in compact LRML; `no rule` if there is none."""
        return format_rule(self.rule) if self.rule is not None else "no rule"

    @property
    def is_edited(self) -> bool:
        """Whether the rule is no longer the one that came in."""
        return self.rule != self.model_rule


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One save: the whole state after it, who made it, when and why."""

    version: int
    action: Action
    author: str
    at: datetime
    """In UTC."""
    note: str
    status: Status
    rule: Rule | None
    paraphrase: str = ""


@dataclass(frozen=True, kw_only=True)
class SourceDocument:
    """A document of which clauses are in the store."""

    name: str
    """Its file name."""
    sha256: str
    """Hash of its bytes; empty if unknown."""
    added_at: datetime
    """In UTC."""
    added_by: str
    rules: int
    """Number of rules of its clauses."""


class Added(NamedTuple):
    """What an import came to."""

    added: list[ReviewedRule]
    skipped: list[ReviewedRule]
    """What was there already, its clause under its id or its number, and was left as it is."""
    differing: list[ReviewedRule]
    """Those of `skipped` for which a draft has another rule than stands there or came in."""
