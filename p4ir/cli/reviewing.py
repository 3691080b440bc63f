"""What `p4ir review` does: each action a call into `p4ir.review`, and its result printed."""

from __future__ import annotations

import argparse
import difflib
import getpass
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from p4ir.cli import review_terminal
from p4ir.cli.arguments import check_notation
from p4ir.cli.convert import IDS
from p4ir.cli.output import write_output
from p4ir.cli.printable import printable
from p4ir.corpus.writing import check_corpus_name, check_new_file, format_jsonl
from p4ir.counting import counted
from p4ir.errors import NotationError, P4irError, ReviewError
from p4ir.review import (
    Edit,
    ReviewedRule,
    ReviewStore,
    Status,
    export_corpus,
    read_drafts,
    to_entry,
)
from p4ir.review.doubts import doubts_of
from p4ir.rules import Rule, format_rule, parse_rule
from p4ir.rules.files import format_rules
from p4ir.rules.guessing import guess_notation

_CORPUS = "corpus"
_BEGINNINGS = "'if', 'def', '<', '{' or '['"


def add_rules(args: argparse.Namespace) -> None:
    """Add the rules of a file to the store."""
    refused: list[str] = []
    drafts = read_drafts(args.file, args.document or "", refused.append)
    drafts = [replace(draft, status=args.status) for draft in drafts]
    with ReviewStore(args.store) as store:
        added, skipped, differing = store.add(
            drafts, _author(args), note=args.note, known_by_clause=True
        )
    without = sum(rule.rule is None for rule in added)
    said = (
        f"{counted(len(added), 'rule')} added to {store.name}, {without} without a rule, "
        f"{len(skipped)} already there"
    )
    if differing:
        ids = _some([printable(rule.id) for rule in differing])
        said += f", {len(differing)} of them with another rule in the file, not taken ({ids})"
    if refused:
        rows = counted(len(refused), "row")
        said += f"; {rows} that the batch refused left out ({_some(refused)})"
    print(f"p4ir: {said}", file=sys.stderr)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + ("" if len(names) <= 3 else ", …")


def list_rules(args: argparse.Namespace) -> None:
    """Print a line a rule, with the number of its doubts, and how many are in which state."""
    with _open(args, read_only=True) as store:
        _check_document(store, args.document)
        rules = store.find(
            status=args.status, document=args.document, text=args.search, limit=args.limit
        )
        counts = store.counts(args.document)
    if args.json:
        for rule in rules:
            print(_json(_to_object(rule)))
        return
    review_terminal.show_list(rules)
    print(", ".join(f"{count} {status}" for status, count in counts.items()), file=sys.stderr)


def show_rule(args: argparse.Namespace) -> None:
    """Print a rule beside its clause, what is doubtful about it, and its history."""
    with _open(args, read_only=True) as store:
        rule, history = store.get(args.id), store.history(args.id)
    if args.json:
        edits = [_edit_to_object(edit) for edit in history]
        print(_json({**_to_object(rule), "history": edits}, indent=2))
        return
    review_terminal.show(rule, history)


def decide(args: argparse.Namespace, status: Status) -> None:
    """Approve, flag, reject or reopen rules."""
    if args.version is not None and len(set(args.ids)) > 1:
        raise ReviewError("--version is that of one rule; give one ID with it")
    with _open(args) as store:
        rules = [store.get(id) for id in dict.fromkeys(args.ids)]
        # What cannot be done stops it before anything is saved.
        for rule in rules:
            if status == "approved" and rule.rule is None:
                raise ReviewError(f"{rule.id}: there is no rule to approve; edit it first")
        for rule in rules:
            version = args.version or rule.version
            saved = store.set_status(
                rule.id, status, version=version, author=_author(args), note=args.note
            )
            _print_saved(saved)


def edit_rule(args: argparse.Namespace) -> None:
    """Replace a rule."""
    rule = _read_rule(args.id, sys.stdin.read() if args.rule == "-" else args.rule)
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
    print(f"{printable(rule.id)}  {rule.status}, version {rule.version}")
    doubts = doubts_of(rule) if rule.status == "approved" else []
    if doubts:
        said = "; ".join(doubt.text for doubt in doubts)
        print(printable(f"p4ir: {rule.id}: approved, though in doubt: {said}"), file=sys.stderr)


def _read_rule(id: str, text: str) -> Rule:
    """Return the new rule of an edit.

    Raises:
        ReviewError: it is in no notation, or does not parse.
    """
    try:
        return parse_rule(text.strip(), guess_notation(text))
    except NotationError:
        raise ReviewError(
            f"{id}: --rule is in no notation: each begins with {_BEGINNINGS}"
        ) from None
    except P4irError as error:
        raise ReviewError(f"{id}: --rule does not parse: {error}") from None


def export_rules(args: argparse.Namespace) -> None:
    """Write rules as a corpus or in a notation."""
    status = args.status or ["approved"]
    if args.to == _CORPUS and status != ["approved"]:
        raise ReviewError("a corpus holds approved rules only: leave --status out, or give --to")
    output: str | None = None if args.output == "-" else args.output
    _check_export(args.to, output, args.overwrite)
    with _open(args, read_only=True) as store:
        _check_document(store, args.document)
        rules = store.find(status=status, document=args.document, text=args.search)
    known = [rule for rule in rules if rule.rule is not None]
    if not known:
        raise ReviewError(f"{store.name}: {_why_none(args, status, rules)}; none written")
    if args.to == _CORPUS:
        records = export_corpus(
            known,
            validation_share=args.validation_share,
            jurisdiction=args.jurisdiction,
            topic=args.topic,
        )
        text = format_jsonl(records)
    else:
        text = format_rules([to_entry(rule) for rule in known], args.to)
    write_output(text, output)
    left = f", {len(rules) - len(known)} without a rule left out" * (len(rules) > len(known))
    print(f"p4ir: {counted(len(known), 'rule')} written{left}", file=sys.stderr)


def _check_export(target: str, output: str | None, overwrite: bool) -> None:
    """Refuse what cannot be written, or not there.

    Raises:
        NotationError: there is no such notation, or rules are converted to it.
        CorpusError: the name has an ending that a corpus is not written as.
        OutputExistsError: the output is there, and is not to be replaced.
    """
    if target == IDS:
        raise NotationError(
            f"--to {IDS}: export JSON lines by --to json, then `p4ir convert FILE --to {IDS}`"
        )
    if target != _CORPUS:
        check_notation(target)
    if output is None:
        return
    check_new_file(output, overwrite=overwrite)
    if target == _CORPUS:
        check_corpus_name(output)


def _why_none(
    args: argparse.Namespace, status: Sequence[Status], found: Sequence[ReviewedRule]
) -> str:
    """Say why there is nothing to export: no rule was found, or only clauses without one."""
    state = " or ".join(status)
    if found:
        return f"nothing that is {state} there has a rule"
    of = "" if args.document is None else f" of {args.document!r}"
    holding = f" that holds {args.search!r}" if args.search.strip() else ""
    return f"no rule{of}{holding} is {state} there"


def _check_document(store: ReviewStore, name: str | None) -> None:
    """Refuse the name of a document that no rule in the store is of.

    Raises:
        ReviewError: it is; names the nearest.
    """
    names = [document.name for document in store.documents()]
    if name is None or name in names:
        return
    near = difflib.get_close_matches(name, names, 1)
    meant = f"did you mean {near[0]!r}?" if near else f"it holds {counted(len(names), 'document')}"
    raise ReviewError(f"{store.name}: no document {name!r}; {meant}")


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


def _json(value: dict[str, Any], indent: int | None = None) -> str:
    """Return JSON, in ASCII where standard output cannot take all characters."""
    is_unicode = str(sys.stdout.encoding or "utf-8").lower().startswith("utf")
    return json.dumps(value, indent=indent, ensure_ascii=not is_unicode)


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
