"""Generated clauses are valid, varied, never the same, and say what their rules say."""

import json
import re
from pathlib import Path

import pytest

from p4ir.cli import main
from p4ir.corpus import read_corpus
from p4ir.corpus.generation import generate
from p4ir.corpus.likeness import masked_words
from p4ir.corpus.no_requirement import is_no_requirement
from p4ir.corpus.scope import TOPICS
from p4ir.corpus.validation import validate_corpus
from p4ir.rules import format_rule
from p4ir.rules.grounding import ground
from tests.shared_data import CLAUSES

NUMBER = 1500
PAIRS = list(generate(NUMBER, seed=3))
SENTENCES = CLAUSES.parents[1] / "code_accord" / "sentences.csv"
WRONG_ENGLISH = re.compile(
    r"\ba (?:[aei]\w|o(?!ne)\w|u(?!n?i|se|ri|ti|ni)\w|hour)|\ban (?:[bcdfgjkmpqtvwyz]|one|uni|use)"
    r"|\b(\w+) \1\b|  | [,.;:]|[{}]|\bbes\b|\bis be\b|\bit are\b|\bthey is\b|,,|\.\.",
)


def test_the_same_seed_gives_the_same_and_a_smaller_number_its_beginning() -> None:
    assert list(generate(60, seed=3)) == PAIRS[:60]
    assert list(generate(60, seed=4)) != PAIRS[:60]


def test_no_clause_comes_twice_but_for_its_numbers() -> None:
    assert len({masked_words(record.clause) for record, _ in PAIRS}) == NUMBER


def test_the_corpus_check_finds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    assert main(["corpus", "generate", str(path), "--n", "400", "--seed", "5"]) == 0
    others = [other for other in (CLAUSES, SENTENCES) if other.exists()]
    assert [str(finding) for finding in validate_corpus(path, others)] == []
    assert len(read_corpus(path)) == 400
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert all(row["derived"] for row in rows if "derived" in row)


def test_every_word_of_a_rule_is_grounded_in_its_clause() -> None:
    for record, derived in PAIRS:
        if is_no_requirement(record.rule):
            continue
        missing = [n.label for n in ground(record.rule, record.clause).ungrounded]
        assert [label for label in missing if label not in derived] == [], record.clause


def test_nothing_is_denied_twice() -> None:
    assert not any("not(not(" in format_rule(record.rule) for record, _ in PAIRS)


def test_the_clauses_are_english() -> None:
    wrong = [(m[0], r.clause) for r, _ in PAIRS if (m := WRONG_ENGLISH.search(r.clause))]
    assert wrong == []
    assert all(record.clause[-1] in ".0123456789" or " notes on " in record.clause
               for record, _ in PAIRS)  # fmt: skip


def test_many_functors_names_and_topics_come_up() -> None:
    labels = {label for record, _ in PAIRS for label in record.rule.labels}
    assert {
        "define",
        "loop",
        "sum",
        "max",
        "min",
        "inBetween",
        "against",
        "applyTo",
        "or",
    } <= labels
    assert {"permission", "not", "equal", "lessThan", "asPer", "requires", "approve"} <= labels
    assert len({label.split(".")[0] for label in labels}) > 1200
    assert {record.topic for record, _ in PAIRS} <= TOPICS
    assert len({record.topic for record, _ in PAIRS}) > 30


def test_sentences_without_a_requirement_are_among_them() -> None:
    share = sum(is_no_requirement(record.rule) for record, _ in PAIRS) / NUMBER
    assert 0.02 < share < 0.07


def test_a_mistaken_number_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["corpus", "generate", str(tmp_path / "x.jsonl"), "--n", "0"])
    assert stop.value.code == 2
    assert "0" in capsys.readouterr().err
