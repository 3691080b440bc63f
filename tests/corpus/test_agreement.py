import json
from pathlib import Path

import pytest

from p4ir.corpus.agreement import read_drafts, score_agreement
from p4ir.corpus.reading import corpus_files, read_corpus
from p4ir.corpus.validation import validate_corpus
from p4ir.errors import CorpusError

CLAUSES = {
    "1": ("Lofts shall have a hatch.", "if(exist(loft)),then(obligation(has(loft,hatch)))"),
    "2": ("Yards may have a gate.", "if(exist(yard)),then(permission(has(yard,gate)))"),
}
SECOND = "if(exist(yard)),then(obligation(has(yard,gate)))"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    rows = [
        {
            "id": name,
            "clause": clause,
            "rule": rule,
            "paraphrase": "In plain words.",
            "document": "int-site-1",
            "jurisdiction": "int",
            "topic": "site",
            "source": "invented",
            "split": "train",
        }
        for name, (clause, rule) in CLAUSES.items()
    ]
    (tmp_path / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def add(folder: Path, *rows: dict) -> None:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "agreement.jsonl").write_text(text)


def test_the_second_rule_is_scored_against_the_first(corpus: Path) -> None:
    add(corpus, {"id": "2", "second_rule": SECOND}, {"id": "1", "second_rule": CLAUSES["1"][1]})
    assert [draft.id for draft in read_drafts(corpus)] == ["2", "1"]
    other, same = score_agreement(corpus)
    assert (other.ted, other.exact) == (1, False)
    assert (same.ted, same.exact) == (0, True)


def test_second_rules_are_no_records(corpus: Path) -> None:
    add(corpus, {"id": "1", "second_rule": SECOND})
    assert [file.name for file in corpus_files(corpus)] == ["train.jsonl"]
    assert len(read_corpus(corpus)) == 2


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"id": "3", "second_rule": SECOND}, "line 1: the corpus has no clause '3'"),
        ({"id": "1"}, "line 1: needs id and second_rule"),
        ({"id": "1", "second_rule": "if("}, "line 1: 1: the second rule does not parse"),
    ],
)
def test_a_line_that_is_no_second_rule_is_named(corpus: Path, row: dict, message: str) -> None:
    add(corpus, row)
    with pytest.raises(CorpusError, match=message):
        read_drafts(corpus)


def test_a_corpus_without_second_rules_says_what_is_missing(corpus: Path) -> None:
    with pytest.raises(CorpusError, match=r"agreement\.jsonl: is missing; it holds lines with id"):
        read_drafts(corpus)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"id": "3", "second_rule": SECOND}, "the corpus has no clause of this id"),
        ({"id": "2"}, "the field 'second_rule' is missing, empty or no text"),
        (
            {"id": "2", "second_rule": SECOND.replace("gate", "9 m")},
            "'9 m' is not grounded: 9 m not in the clause",
        ),
        (
            {"id": "2", "second_rule": SECOND.replace("obligation", "prohibition")},
            "'prohibition' is not used",
        ),
    ],
)
def test_second_rules_are_checked_as_the_first_are(corpus: Path, row: dict, reason: str) -> None:
    add(corpus, row)
    findings = validate_corpus(corpus)
    assert (reason, str(corpus / "agreement.jsonl")) in [(f.reason, f.file) for f in findings]


def test_a_clause_has_one_second_rule(corpus: Path) -> None:
    add(corpus, {"id": "2", "second_rule": SECOND}, {"id": "2", "second_rule": SECOND})
    (finding,) = validate_corpus(corpus)
    assert finding.reason == "the id is already that of agreement.jsonl:1"
