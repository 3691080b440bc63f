"""`Entry`: a rule among others, with what is known about where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, fields

from p4ir.rules.tree import Rule

MAX_BYTES = 64 * 2**20
"""Size above which a file of rules is not read, in bytes."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One rule of a file of rules. Empty text stands for what is not known."""

    rule: Rule
    id: str = ""
    """Name of the rule within its file."""
    clause: str = ""
    """The regulation text that the rule stands for."""
    document: str = ""
    """The document that the clause stands in."""
    number: str = ""
    """Number of the clause within its document."""
    paraphrase: str = ""
    """The rule in plain English."""
    model: str = ""
    """The base model that wrote the rule; empty if a person did."""
    adapter: str = ""
    """The adapter that the model was used with."""
    status: str = ""
    """State of the review, such as `draft` or `approved`."""


ABOUT = tuple(field.name for field in fields(Entry) if field.name != "rule")
"""The names of what an entry says about its rule, in order."""
