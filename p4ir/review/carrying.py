"""Exports that carry where each rule comes from: its id, clause, model and state of review.

LegalRuleML and JSON have places for that. A rule in any other notation goes, as text, into
an object of JSON lines with the same keys, which `p4ir.rules.files.read_rules` reads back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from p4ir.rules.entry import ABOUT, Entry
from p4ir.rules.files import format_rules
from p4ir.rules.notation import format_rule

CARRYING = ("legalruleml", "json")
"""The notations that have places of their own for what is known about a rule."""


def format_carrying(entries: Iterable[Entry], notation: str) -> str:
    """Write rules in a notation, none without what is known about it.

    Raises:
        NotationError: there is no such notation.
    """
    if notation in CARRYING:
        return format_rules(entries, notation)
    return "".join(_line(entry, notation) for entry in entries)


def ending_of(notation: str) -> str:
    """Return the ending of a file that `format_carrying` writes."""
    return "xml" if notation == "legalruleml" else "jsonl"


def _line(entry: Entry, notation: str) -> str:
    about = {name: getattr(entry, name) for name in ABOUT if getattr(entry, name)}
    written = {**about, "rule": format_rule(entry.rule, notation), "notation": notation}
    return json.dumps(written, ensure_ascii=False) + "\n"
