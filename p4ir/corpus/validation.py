"""Quality control of the project's own corpus: what a machine can find wrong with it.

Stricter than reading: a row of somebody's corpus may lack a topic or break a
convention and is still used, but here each is a finding, with its file and line.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from p4ir.corpus.agreement import SECOND_RULE
from p4ir.corpus.columns import choose_columns
from p4ir.corpus.conventions import broken_conventions
from p4ir.corpus.holdouts import HOLDOUTS
from p4ir.corpus.likeness import NEAR, like_pairs, masked_words, phrases_of, shared_phrase
from p4ir.corpus.no_requirement import NO_REQUIREMENT, is_no_requirement
from p4ir.corpus.reading import AGREEMENT_FILE, SPLIT_FILES, corpus_files
from p4ir.corpus.scope import JURISDICTIONS, TOPICS
from p4ir.corpus.tables import read_table
from p4ir.errors import RuleError, RuleSyntaxError
from p4ir.rules import Rule, format_rule, parse_rule
from p4ir.rules.grounding import ground
from p4ir.rules.lint import lint

FIELDS = tuple("id clause rule paraphrase document jurisdiction topic source split".split())
"""Every record has these, as text that is not empty."""
OPTIONAL_FIELDS = ("derived", "holdout")
"""`derived`: labels of the rule computed from the clause. `holdout`: why a test record is
one, by `p4ir.corpus.holdouts.HOLDOUTS`."""


class Finding(NamedTuple):
    """Something wrong with one record."""

    file: str
    line: int
    id: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.id}: {self.reason}"


@dataclass
class _Entry:
    """A record as it stands in its file, with what is wrong with it."""

    file: Path
    line: int
    values: dict[str, Any]
    rule: Rule | None = None
    reasons: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    @property
    def place(self) -> str:
        return f"{self.file.name}:{self.line}"


def validate_corpus(path: str | Path, against: Iterable[str | Path] = ()) -> list[Finding]:
    """Return everything wrong with a corpus, in the order of its files and lines.

    Args:
        path: a `.jsonl` file or a folder of them.
        against: tables of other clauses (column `clause`, `text` or `content`), of
            which no eight words in a row may be repeated.

    Raises:
        CorpusError: a file cannot be read at all.
    """
    entries = [entry for file in corpus_files(path) for entry in _read_entries(file)]
    phrases = phrases_of(text for file in against for text in _read_clauses(Path(file)))
    for entry in entries:
        if entry.reasons:
            continue
        entry.reasons += _check_fields(entry)
        entry.reasons += _check_rule(entry)
        if phrase := shared_phrase(entry.text("clause"), phrases):
            entry.reasons.append(f"repeats the words {phrase!r} of another text")
    _check_ids(entries)
    _check_likeness(entries)
    _check_holdout(entries)
    seconds = _read_second_rules(Path(path), entries)
    return [
        Finding(str(entry.file), entry.line, entry.text("id") or "(no id)", reason)
        for entry in (*entries, *seconds)
        for reason in entry.reasons
    ]


def _read_entries(file: Path) -> Iterator[_Entry]:
    for row in read_table(file).rows:
        entry = _Entry(file, int(row.place.split()[-1]), row.values)
        if row.problem:
            entry.reasons.append(row.problem)
        yield entry


def _read_second_rules(folder: Path, entries: Iterable[_Entry]) -> list[_Entry]:
    """Return the second rules beside a corpus, checked as its own rules are."""
    file = folder / AGREEMENT_FILE
    if not file.exists():
        return []
    clauses = {entry.text("id"): entry.text("clause") for entry in entries}
    seconds = []
    for second in _read_entries(file):
        second.values |= {
            "clause": clauses.get(second.text("id"), ""),
            "rule": second.text(SECOND_RULE),
        }
        if not second.text("clause"):
            second.reasons.append("the corpus has no clause of this id")
        elif not second.text("rule"):
            second.reasons.append(f"the field {SECOND_RULE!r} is missing, empty or no text")
        second.reasons += _check_rule(second)
        seconds.append(second)
    _check_ids(seconds)
    return seconds


def _read_clauses(file: Path) -> Iterator[str]:
    table = read_table(file)
    column = choose_columns(str(file), table.columns, need_rules=False)["clause"]
    return (str(row.values.get(column) or "") for row in table.rows)


def _check_fields(entry: _Entry) -> Iterator[str]:
    for name in FIELDS:
        if not entry.text(name).strip():
            yield f"the field {name!r} is missing, empty or no text"
        elif entry.text(name) != entry.text(name).strip():
            yield f"the field {name!r} has white space around it"
    for name in entry.values:
        if name not in (*FIELDS, *OPTIONAL_FIELDS):
            yield f"no field {name!r} is known{_nearest(name, (*FIELDS, *OPTIONAL_FIELDS))}"
    for name, known in (("topic", TOPICS), ("jurisdiction", JURISDICTIONS)):
        value = entry.text(name)
        if value and value not in known:
            yield f"the {name} {value!r} is not known{_nearest(value, known)}"
    split, stem = entry.text("split"), entry.file.stem
    if split and split not in SPLIT_FILES:
        yield f"the split {split!r} is none of {', '.join(SPLIT_FILES)}"
    elif split and stem in SPLIT_FILES and split != stem:
        yield f"the split is {split!r} but the file {entry.file.name}"


def _check_rule(entry: _Entry) -> Iterator[str]:
    if not entry.text("rule"):
        return
    try:
        rule = entry.rule = parse_rule(entry.text("rule"))
    except (RuleSyntaxError, RuleError) as error:
        yield f"the rule does not parse: {error}"
        return
    if entry.text("rule") != format_rule(rule):
        yield "the rule is not written as it prints: superfluous white space"
    yield from (warning.message for warning in lint(rule))
    if is_no_requirement(rule):
        return
    if "requirement" in rule.labels and "clause" in rule.labels:
        yield f"nearly the rule of no requirement; that is {format_rule(NO_REQUIREMENT)}"
    yield from broken_conventions(rule)
    yield from _check_grounding(entry, rule)


def _check_grounding(entry: _Entry, rule: Rule) -> Iterator[str]:
    derived = entry.values.get("derived", [])
    if not isinstance(derived, list) or not all(isinstance(label, str) for label in derived):
        yield "the field 'derived' is no list of labels"
        return
    for label in derived:
        if label not in rule.labels:
            yield f"the derived {label!r} is no label of the rule"
    invented = ground(rule, entry.text("clause")).invented
    yield from dict.fromkeys(
        f"{node.label!r} is not grounded: {node.note}"
        for node in invented
        if node.label not in derived
    )


def _check_ids(entries: Iterable[_Entry]) -> None:
    first: dict[str, _Entry] = {}
    for entry in entries:
        name = entry.text("id")
        if name and first.setdefault(name, entry) is not entry:
            entry.reasons.append(f"the id is already that of {first[name].place}")


def _check_likeness(entries: list[_Entry]) -> None:
    first: dict[tuple[str, ...], _Entry] = {}
    splits: dict[str, list[_Entry]] = {}
    for entry in entries:
        words = masked_words(entry.text("clause"))
        same = first.setdefault(words, entry)
        if words and same is not entry:
            entry.reasons.append(
                f"the clause is the same, but for numbers, as {same.text('id')} at {same.place}"
            )
        else:
            splits.setdefault(entry.text("split"), []).append(entry)
    for ones, others in combinations(splits.values(), 2):
        clauses = [entry.text("clause") for entry in ones]
        for pair in like_pairs(clauses, [entry.text("clause") for entry in others]):
            one, other = ones[pair.first], others[pair.second]
            other.reasons.append(
                f"the clause is {pair.likeness:.2f} like ({NEAR} is too much) that of "
                f"{one.text('id')} at {one.place}"
            )


def _check_holdout(entries: Iterable[_Entry]) -> None:
    """Check that what is held out is marked, and that it occurs in no other split."""
    elsewhere: dict[tuple[str, str], _Entry] = {}
    for entry in entries:
        if entry.text("split") != "test":
            for name in ("topic", "jurisdiction"):
                elsewhere.setdefault((name, entry.text(name)), entry)
    for entry in entries:
        if "holdout" not in entry.values:
            continue
        name = entry.text("holdout")
        if name not in HOLDOUTS:
            entry.reasons.append(f"'holdout' is none of {', '.join(HOLDOUTS)}")
        elif entry.text("split") != "test":
            entry.reasons.append("'holdout' marks records of the test split only")
        elif other := elsewhere.get((name, entry.text(name))):
            entry.reasons.append(f"the {name} held out also stands at {other.place}")


def _nearest(name: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(names), 1)
    return f"; did you mean {near[0]!r}?" if near else ""
