"""What `p4ir review` does: each action a call into `p4ir.review`, and its result printed."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from p4ir.cli.output import write_output
from p4ir.corpus.writing import format_jsonl
from p4ir.counting import counted
from p4ir.errors import ReviewError
from p4ir.review import (
    Edit,
    ReviewedRule,
    ReviewStore,
    Status,
    export_corpus,
    read_drafts,
    to_entry,
)
from p4ir.review.doubts import count_doubts, doubts_of
from p4ir.rules import Rule, format_rule, parse_rule
from p4ir.rules.files import format_rules
from p4ir.rules.guessing import guess_notation

_CLAUSE_CHARS = 60


def add_rules(args: argparse.Namespace) -> None:
    """Add the rules of a file to the store."""
    refused: list[str] = []
    drafts = read_drafts(args.file, args.document or "", refused.append)
    drafts = [replace(draft, status=args.status) for draft in drafts]
    with ReviewStore(args.store) as store:
        added, skipped = store.add(drafts, _author(args), note=args.note)
        without = sum(rule.rule is None for rule in added)
        print(
            f"p4ir: {counted(len(added), 'rule')} added to {store.name}, {without} without a rule, "
            f"{len(skipped)} already there{_left_out(refused)}",
            file=sys.stderr,
        )


def _left_out(places: Sequence[str]) -> str:
    """Say which rows were no rules to review."""
    if not places:
        return ""
    named = ", ".join(places[:3]) + ("" if len(places) <= 3 else ", …")
    return f"; {counted(len(places), 'row')} that the batch refused left out ({named})"


def list_rules(args: argparse.Namespace) -> None:
    """Print a line a rule, with the number of its doubts, and how many are in which state."""
    with _open(args, read_only=True) as store:
        rules = store.find(
            status=args.status, document=args.document, text=args.search, limit=args.limit
        )
        counts = store.counts(args.document)
    if args.json:
        for rule in rules:
            print(json.dumps(_to_object(rule), ensure_ascii=False))
        return
    width = max((len(rule.id) for rule in rules), default=0)
    for rule in rules:
        clause = rule.clause
        if len(clause) > _CLAUSE_CHARS:
            clause = clause[: _CLAUSE_CHARS - 1] + "…"
        doubts = count_doubts(doubts_of(rule))
        print(f"{rule.id:<{width}}  {rule.status:<8}  v{rule.version:<3}  {doubts:<7}  {clause}")
    print(", ".join(f"{count} {status}" for status, count in counts.items()), file=sys.stderr)


def show_rule(args: argparse.Namespace) -> None:
    """Print a rule beside its clause, what is doubtful about it, and its history."""
    with _open(args, read_only=True) as store:
        rule, history = store.get(args.id), store.history(args.id)
    if args.json:
        edits = [_edit_to_object(edit) for edit in history]
        print(json.dumps({**_to_object(rule), "history": edits}, indent=2, ensure_ascii=False))
        return
    where = [rule.document, f"page {rule.page}" if rule.page else ""]
    print(f"{rule.id}  {rule.status}, version {rule.version}")
    print(", ".join(filter(None, [*where, *_writer(rule)])), "", rule.clause, "", sep="\n")
    if rule.rule:
        print(format_rule(rule.rule, "outline"))
    for doubt in doubts_of(rule):
        print(doubt.mark, doubt.text)
    if rule.paraphrase:
        print("", rule.paraphrase, sep="\n")
    print()
    for edit in history:
        note = f": {edit.note}" if edit.note else ""
        print(f"v{edit.version:<3} {edit.at:%Y-%m-%d %H:%M} {edit.action} by {edit.author}{note}")


def decide(args: argparse.Namespace, status: Status) -> None:
    """Approve, flag, reject or reopen rules."""
    if args.version is not None and len(args.ids) > 1:
        raise ReviewError("--version is that of one rule; give one ID with it")
    with _open(args) as store:
        rules = [store.get(id) for id in args.ids]  # A wrong id stops it before anything is saved.
        for rule in rules:
            version = args.version or rule.version
            saved = store.set_status(
                rule.id, status, version=version, author=_author(args), note=args.note
            )
            _print_saved(saved)


def edit_rule(args: argparse.Namespace) -> None:
    """Replace a rule."""
    rule = _read_rule(sys.stdin.read() if args.rule == "-" else args.rule)
    with _open(args) as store:
        saved = store.edit(
            args.id,
            rule,
            version=args.version or store.get(args.id).version,
            author=_author(args),
            note=args.note,
            approve=args.approve,
            paraphrase=args.paraphrase,
        )
    _print_saved(saved)


def _print_saved(rule: ReviewedRule) -> None:
    """Print the state of a rule; of an approved one, say also what is doubtful all the same."""
    print(f"{rule.id}  {rule.status}, version {rule.version}")
    doubts = doubts_of(rule) if rule.status == "approved" else []
    if doubts:
        said = "; ".join(doubt.text for doubt in doubts)
        print(f"p4ir: {rule.id}: approved, though in doubt: {said}", file=sys.stderr)


def _read_rule(text: str) -> Rule:
    return parse_rule(text.strip(), guess_notation(text))


def export_rules(args: argparse.Namespace) -> None:
    """Write rules as a corpus or in a notation."""
    status = args.status or ["approved"]
    if args.to == "corpus" and status != ["approved"]:
        raise ReviewError("a corpus holds approved rules only: leave --status out, or give --to")
    with _open(args, read_only=True) as store:
        rules = store.find(status=status, document=args.document, text=args.search)
        known = [rule for rule in rules if rule.rule is not None]
        if not known:
            raise ReviewError(f"{store.name}: no rule is {' or '.join(status)} there; none written")
    if args.to == "corpus":
        records = export_corpus(
            known,
            validation_share=args.validation_share,
            jurisdiction=args.jurisdiction,
            topic=args.topic,
        )
        text = format_jsonl(records)
    else:
        text = format_rules([to_entry(rule) for rule in known], args.to)
    write_output(text, args.output)
    left = f", {len(rules) - len(known)} without a rule left out" * (len(rules) > len(known))
    print(f"p4ir: {counted(len(known), 'rule')} written{left}", file=sys.stderr)


def _open(args: argparse.Namespace, *, read_only: bool = False) -> ReviewStore:
    return ReviewStore(args.store, create=False, read_only=read_only)


def _author(args: argparse.Namespace) -> str:
    """Return who makes a change.

    Raises:
        ReviewError: nobody says.
    """
    try:
        return str(args.author or os.environ.get("P4IR_AUTHOR") or getpass.getuser())
    except (KeyError, OSError):
        raise ReviewError("who makes this change? give --author, or set P4IR_AUTHOR") from None


def _writer(rule: ReviewedRule) -> list[str]:
    """Say what wrote a rule, and how sure it was."""
    if not rule.model:
        return []
    by = f"written by {rule.model}" + (f" with {rule.adapter}" if rule.adapter else "")
    confidence = "" if rule.confidence is None else f"confidence {rule.confidence:.2f}"
    return [by, confidence, "edited since" if rule.is_edited else ""]


def _to_object(rule: ReviewedRule) -> dict[str, Any]:
    known = asdict(rule) | {"rule": _text(rule.rule), "model_rule": _text(rule.model_rule)}
    known |= {"changed_at": rule.changed_at.isoformat()}
    known |= {"doubts": [doubt._asdict() for doubt in doubts_of(rule)]}
    del known["key"], known["node_confidence"]
    return known


def _edit_to_object(edit: Edit) -> dict[str, Any]:
    return asdict(edit) | {"rule": _text(edit.rule), "at": edit.at.isoformat()}


def _text(rule: Rule | None) -> str | None:
    return None if rule is None else format_rule(rule)
