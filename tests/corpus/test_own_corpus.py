"""The corpus that the project ships: that it holds what its card and guide promise."""

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from p4ir.cli import main
from p4ir.corpus.agreement import read_drafts, score_agreement
from p4ir.corpus.no_requirement import is_no_requirement
from p4ir.corpus.reading import read_corpus
from p4ir.corpus.statistics import corpus_statistics
from p4ir.evaluation.summary import as_table
from p4ir.metrics.scoring import reduce

CORPUS = Path(__file__).resolve().parents[2] / "data" / "corpus"
CARD = (CORPUS / "README.md").read_text(encoding="utf-8")
RECORDS = read_corpus(CORPUS)
RULES = {record.id: record.rule for record in RECORDS}
COUNTED = corpus_statistics(RECORDS)
LATER = re.compile('{"id": "[vw]')
"""How the lines of clauses begin that came after the splits were drawn, for training only."""
NAMED_TOPICS = set(
    "stairs egress fire-compartments fire-suppression fire-detection guards accessibility "
    "sanitary-facilities ventilation daylight moisture exterior-walls water-supply drainage "
    "structure energy parking hazardous-materials".split()
)


def share(pattern: str) -> float:
    found = [record for record in RECORDS if re.search(pattern, record.clause, re.IGNORECASE)]
    return len(found) / len(RECORDS)


def test_there_are_eight_hundred_clauses_and_more() -> None:
    assert COUNTED.records >= 800
    assert len({record.clause for record in RECORDS}) == COUNTED.records


def test_every_topic_has_clauses_enough_to_learn_from() -> None:
    assert set(COUNTED.topics) >= NAMED_TOPICS
    assert min(COUNTED.topics[topic] for topic in NAMED_TOPICS) >= 15
    assert min(COUNTED.topics.values()) >= 5


def test_clauses_are_short_and_long() -> None:
    lengths = [len(record.clause.split()) for record in RECORDS]
    assert sum(length <= 15 for length in lengths) >= 30
    assert sum(length >= 80 for length in lengths) >= 15
    assert min(lengths) >= 8
    assert max(lengths) <= 150


@pytest.mark.parametrize(
    ("what", "pattern", "least"),
    [
        ("exceptions", r"\bexcept\b|\bunless\b|\bother than\b", 0.08),
        ("permissions", r"\bmay\b|\bpermitted\b|\bneed not\b|\bnot required\b", 0.08),
        ("prohibitions", r"\b(shall|must|should) not\b|\bno \w+ (shall|may|must)\b", 0.08),
        ("lists", r"\ba\) |\(a\)|\(i\)|; and\b", 0.04),
        ("ratios", r"1 in \d|1:\d", 0.03),
        ("per person or area", r"\bper (person|occupant|square|bed)\b|\bfor (each|every)\b", 0.02),
        ("tables in text", r"^(table|[^.]{3,60}[:–—] )|: \d[\d.,]* ", 0.05),
        ("references", r"\b(table|figure|section|clause|diagram|paragraph)s? [A-Z]?\d", 0.08),
        ("qualities", r"\b(adequate|suitable|sufficient|practicable|appropriate)\b", 0.005),
        ("imperial units", r"\b(inch|inches|feet|foot|pounds?|psi|psf)\b", 0.1),
        ("clause numbers in front", r"^(§ ?)?[A-Z]{0,4} ?\d+(\.\d+)+\.? ", 0.2),
        ("definitions", r"^[^a-z]*“[^”]+” ?(here )?(means|includes|is)|\bmeans a", 0.01),
    ],
)
def test_the_language_is_spread(what: str, pattern: str, least: float) -> None:
    assert share(pattern) >= least, what


def test_conclusions_are_spread() -> None:
    kinds = COUNTED.conclusions
    assert kinds["permission"] + kinds["obligation and permission"] >= 0.1 * COUNTED.records
    assert kinds["none"] >= 0.05 * COUNTED.records
    assert 0.03 <= kinds["no requirement"] / COUNTED.records <= 0.08


def test_conditions_nest_three_deep() -> None:
    deep = [
        record
        for record in RECORDS
        if record.rule is not None and _logic_depth(record.rule.root.children[0]) >= 3
    ]
    assert len(deep) >= 20


def test_each_record_says_where_its_facts_are_from() -> None:
    sources = [record.source or "" for record in RECORDS]
    assert all(source == "invented" or source.startswith("facts after ") for source in sources)
    assert sources.count("invented") < 0.25 * len(sources)


def test_documents_are_named_as_the_guide_says() -> None:
    for record in RECORDS:
        assert re.fullmatch(rf"{record.jurisdiction}-[a-z-]+-\d+", record.document or "")


def test_the_splits_have_the_shares_promised_and_each_test_record_its_reason() -> None:
    drawn = sum(not re.match("[vw]", record.id) for record in RECORDS)
    assert 0.15 <= COUNTED.splits["test"] / drawn <= 0.18
    assert 0.06 <= COUNTED.splits["validation"] / drawn <= 0.10
    assert sum(COUNTED.holdouts.values()) == COUNTED.splits["test"]
    assert min(COUNTED.holdouts.values()) >= 40


def test_the_command_on_the_card_gives_the_splits_that_are_there(tmp_path: Path) -> None:
    command = re.search(r"p4ir (corpus split data/corpus [^`]*)", CARD)
    assert command
    arguments = command[1].replace("\\\n", " ").replace("data/corpus", str(tmp_path)).split()
    drawn = {}
    for file in CORPUS.glob("*.jsonl"):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        drawn[file.name] = "".join(line for line in lines if not LATER.match(line))
        (tmp_path / file.name).write_text(drawn[file.name], encoding="utf-8")
    assert main(arguments) == 0
    for name, lines in drawn.items():
        assert (tmp_path / name).read_text(encoding="utf-8") == lines


def test_clauses_that_came_after_the_splits_are_only_trained_on() -> None:
    assert LATER.search((CORPUS / "train.jsonl").read_text(encoding="utf-8"))
    for split in ("validation", "test", "agreement"):
        assert not LATER.search((CORPUS / f"{split}.jsonl").read_text(encoding="utf-8"))


def test_sixty_clauses_have_a_second_rule_of_another_hand() -> None:
    drafts = read_drafts(CORPUS)
    assert len(drafts) == len({draft.id for draft in drafts}) == 60
    assert 0 < sum(draft.first == draft.second for draft in drafts) < 60


def test_the_agreement_on_the_card_is_the_one_computed() -> None:
    figures = reduce(score_agreement(CORPUS), rng=np.random.default_rng(0))
    assert as_table(figures) in CARD


def test_the_counts_on_the_card_are_those_of_the_files() -> None:
    for name, count in {**COUNTED.splits, **COUNTED.holdouts}.items():
        assert f"| {name} | {count} |" in CARD
    assert f"{COUNTED.records} clauses" in CARD


def test_sentences_without_requirement_have_their_one_rule() -> None:
    notes = [record for record in RECORDS if record.rule and is_no_requirement(record.rule)]
    assert len(notes) == COUNTED.conclusions["no requirement"]
    assert Counter(record.split for record in notes).keys() == {"train", "validation", "test"}


def _logic_depth(node) -> int:
    inner = max((_logic_depth(child) for child in node.children), default=0)
    return inner + (node.label in ("and", "or", "not") and not node.is_leaf)
