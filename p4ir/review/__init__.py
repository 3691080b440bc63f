"""The review store: rules beside their clauses, corrected and approved by people."""

from p4ir.review.drafting import draft_of, read_drafts
from p4ir.review.exporting import export_corpus, is_store, to_entry
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
from p4ir.review.store import ReviewStore

__all__ = [
    "STATUSES",
    "Action",
    "Added",
    "Draft",
    "Edit",
    "ReviewStore",
    "ReviewedRule",
    "SourceDocument",
    "Status",
    "draft_of",
    "export_corpus",
    "is_store",
    "read_drafts",
    "to_entry",
]
