"""The written analogies that ship: that they hold what their card promises."""

import re
from collections import Counter
from pathlib import Path

from p4ir.corpus.likeness import like_pairs, phrases_of, shared_phrase
from p4ir.corpus.reading import read_corpus
from p4ir.corpus.records import Record
from p4ir.rules import format_rule
from p4ir.rules.grounding import ground
from tests.shared_data import CLAUSES, needs_shared

FOLDER = Path(__file__).resolve().parents[2] / "data" / "analogies"
CARD = (FOLDER / "README.md").read_text(encoding="utf-8")
RECORDS = read_corpus(FOLDER)


def test_the_card_counts_them() -> None:
    assert f"{len(RECORDS):,} clauses" in CARD
    counts = Counter(record.id[0] for record in RECORDS)
    assert counts.keys() == set("nompqusvwxyza")
    for first, count in counts.items():
        assert f"| `{first}` | {count:,} |" in CARD


def test_few_are_to_choose_by_and_none_is_there_twice() -> None:
    splits = Counter(record.split for record in RECORDS)
    assert splits == {"train": 10337, "validation": 460}
    assert all(f"{count:,} to" in CARD for count in splits.values())
    assert all((record.document or "").startswith("written-") for record in RECORDS)
    assert len({record.clause for record in RECORDS}) == len(RECORDS)


def test_no_rule_holds_a_number_a_unit_or_a_reference_that_its_clause_lacks() -> None:
    for record in RECORDS:
        assert record.rule is not None
        invented = ground(record.rule, record.clause, record.document).invented
        assert not invented, (record.id, invented[0].note)


@needs_shared
def test_no_sentence_is_one_of_the_clauses_that_it_was_written_after() -> None:
    published = [record.clause for record in read_corpus(CLAUSES)]
    phrases = phrases_of(published)
    assert [r.id for r in RECORDS if shared_phrase(r.clause, phrases)] == []
    assert list(like_pairs([r.clause for r in RECORDS], published, 0.7)) == []


@needs_shared
def test_the_rules_use_the_functors_of_the_rules_that_they_were_written_after() -> None:
    published = read_corpus(CLAUSES, split="train")
    theirs = {name for each in published for name in _functors(each)}
    for record in RECORDS:
        assert _functors(record) <= theirs, record.id


def _functors(record: Record) -> set[str]:
    assert record.rule is not None
    return set(re.findall(r"([A-Za-z]+)\(", format_rule(record.rule)))
