"""Make a new clause with its rule from a pair, by exchanging words and numbers in both.

After the data recombination of Jia and Liang 2016 (Data Recombination for Neural
Semantic Parsing), whose grammar abstracts entities of both sides of a pair; here the
exchanges are made one pair at a time and are limited to what is certain:

1. names of the rule that the clause writes word for word, for a name from elsewhere of
   the same grammatical form that stands in the same places of rules (`p4ir.corpus.mentions`);
2. amounts, for others of the same unit that compare as the old ones do
   (`p4ir.corpus.amounts`);
3. the number in front of the clause, for one from elsewhere.

The new rule has the tree of the old one and differs only in labels of leaves.
"""

from __future__ import annotations

import dataclasses
import hashlib
import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from p4ir.corpus.amounts import (
    amounts_of,
    certain_amounts,
    other_amounts,
    print_like,
    replace_amounts,
)
from p4ir.corpus.english import article
from p4ir.corpus.mentions import CertainName, certain_names, names_of, words_of_name
from p4ir.corpus.phrases import Phrase, PhrasePool, gather_phrases, write_as
from p4ir.corpus.records import Record
from p4ir.rules import Rule, format_rule
from p4ir.rules.grounding import GRADES, Grade, ground
from p4ir.rules.grounding.stems import stem
from p4ir.rules.kinds import leaf_kind

SHARE = 0.75
"""Probability with which each exchange that could be made is made."""
_FRONT = re.compile(r"(?:[A-Z]{0,2}\d{1,3}(?:\.\d{1,3})+|\d{1,2}(?:\.\d{1,2})*)(?=\.? [A-Z])")
_ARTICLE = re.compile(r"\b(an?) $", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]+")


class _Edit(NamedTuple):
    """A part of a clause and what it becomes."""

    start: int
    end: int
    text: str


class _Exchange(NamedTuple):
    """What is exchanged in the clause and in the labels of the rule at once."""

    edits: tuple[_Edit, ...]
    relabel: Callable[[str], str]


def gather_pool(records: Sequence[Record]) -> PhrasePool:
    """Return what the clauses of a corpus can lend to each other."""
    fronts = (_FRONT.match(record.clause) for record in records)
    return gather_phrases(records, (front[0] for front in fronts if front))


def recombine(record: Record, pool: PhrasePool, rng: random.Random) -> Record | None:
    """Return a new pair made from a pair, `None` if nothing can be exchanged for certain.

    Args:
        record: a clause with its rule.
        pool: where other names and numbers come from (`gather_pool`).
        rng: the source of chance; the same state gives the same pair.

    The shape of the rule stays, and so does what the clause supports of it: no node is
    grounded worse than before. The paraphrase is left out, since it speaks of the old names.
    """
    if record.rule is None:
        return None
    options = [
        *_exchange_names(record, record.rule, pool, rng),
        *_exchange_amounts(record, record.rule, rng),
        *_exchange_front(record.clause, pool, rng),
    ]
    chosen = [option for option in options if rng.random() < SHARE]
    if options and not chosen:
        chosen = [rng.choice(options)]
    if not _is_sound(record, _apply(record, chosen)):
        chosen = [one for one in chosen if _is_sound(record, _apply(record, [one]))]
    new = _apply(record, chosen)
    return new if chosen and _is_sound(record, new) else None


def _exchange_names(
    record: Record, rule: Rule, pool: PhrasePool, rng: random.Random
) -> list[_Exchange]:
    taken = {stem(word) for name in names_of(rule) for word in words_of_name(name)}
    taken |= {stem(word) for word in _WORD.findall(record.clause)}
    exchanges = []
    for name in certain_names(record):
        fitting = pool.fitting(name)
        rng.shuffle(fitting)
        for phrase in fitting:
            stems = {stem(word) for word in words_of_name(phrase.name)}
            if not stems & taken:
                taken |= stems
                exchanges.append(_exchange_name(record.clause, name, phrase))
                break
    return exchanges


def _exchange_name(clause: str, name: CertainName, phrase: Phrase) -> _Exchange:
    edits: list[_Edit] = []
    for mention in name.mentions:
        text = write_as(phrase.words, mention, clause[mention.start : mention.end])
        edits += _edit(clause, mention.start, mention.end, text)

    def relabel(label: str) -> str:
        if leaf_kind(label) not in ("entity", "entity.property"):
            return label
        parts = label.split(".")
        return ".".join(phrase.name if part == name.name else part for part in parts)

    return _Exchange(tuple(edits), relabel)


def _exchange_amounts(record: Record, rule: Rule, rng: random.Random) -> list[_Exchange]:
    amounts = list(certain_amounts(record))
    labels = {amount.label for amount in amounts}
    others = [quantity for label, quantity in amounts_of(rule).items() if label not in labels]
    new = other_amounts(amounts, others, record.clause, rng) if amounts else None
    if new is None:
        return []
    edits: list[_Edit] = []
    for amount in amounts:
        for start, end in amount.mentions:
            text = print_like(new[amount.label], record.clause[start:end])
            edits += _edit(record.clause, start, end, text)
    return [_Exchange(tuple(edits), lambda label: replace_amounts(label, new))]


def _exchange_front(clause: str, pool: PhrasePool, rng: random.Random) -> list[_Exchange]:
    front = _FRONT.match(clause)
    others = [number for number in pool.numbers if not front or number != front[0]]
    if front is None or not others:
        return []
    return [_Exchange((_Edit(*front.span(), rng.choice(others)),), lambda label: label)]


def _edit(clause: str, start: int, end: int, text: str) -> Iterator[_Edit]:
    """Yield the edit of a place, and that of the article before it if it must change."""
    match = _ARTICLE.search(clause, max(0, start - 4), start)
    if match and match[1].lower() != article(text):
        new = article(text)
        yield _Edit(*match.span(1), new.capitalize() if match[1][0].isupper() else new)
    yield _Edit(start, end, text)


def _apply(record: Record, exchanges: Sequence[_Exchange]) -> Record:
    clause = record.clause
    for start, end, text in sorted((e for one in exchanges for e in one.edits), reverse=True):
        clause = clause[:start] + text + clause[end:]
    assert record.rule is not None  # `recombine` has asked
    labels = list(record.rule.labels)
    for number, arity in enumerate(record.rule.arities):
        for exchange in exchanges if not arity else ():
            labels[number] = exchange.relabel(labels[number])
    rule = Rule(labels, record.rule.arities)
    digest = hashlib.sha256(f"{clause}\n{format_rule(rule)}".encode()).hexdigest()[:8]
    return dataclasses.replace(
        record,
        id=f"{record.id}-{digest}",
        clause=clause,
        rule=rule,
        paraphrase=None,
        source=f"recombined from {record.id}",
    )


def _is_sound(record: Record, new: Record) -> bool:
    """Whether no node of the new rule is grounded worse than it was."""
    return all(
        GRADES.index(after) <= GRADES.index(before)
        for before, after in zip(_grades(record), _grades(new), strict=True)
    )


def _grades(record: Record) -> list[Grade]:
    assert record.rule is not None  # `recombine` has asked
    return [node.grade for node in ground(record.rule, record.clause, record.document).nodes]
