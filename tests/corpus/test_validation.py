import json
from pathlib import Path

import pytest

from p4ir.corpus.reading import corpus_files
from p4ir.corpus.scope import JURISDICTIONS, TOPICS
from p4ir.corpus.validation import validate_corpus
from p4ir.errors import CorpusError

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
CORPUS = Path(__file__).resolve().parents[2] / "data" / "corpus"
OTHERS = [SHARED / "nzbc_lrml" / "clauses.csv", SHARED / "code_accord" / "sentences.csv"]
GOOD = {
    "id": "b99-001",
    "clause": "Hay lofts shall have a hatch at least 700 mm wide.",
    "rule": "if(exist(hayLoft)),then(obligation(and(has(hayLoft,hatch),"
    "greaterThanEqual(hatch.width,700 mm))))",
    "paraphrase": "If there is a hay loft, it must have a hatch no narrower than 700 mm.",
    "document": "int-egress-1",
    "jurisdiction": "int",
    "topic": "egress",
    "source": "invented",
    "split": "train",
}
OTHER = GOOD | {
    "id": "b99-002",
    "clause": "Every ladder that serves a silo must be caged from a height of 2.5 m.",
    "rule": "if(and(for(ladder,silo),greaterThanEqual(ladder.height,2.5 m))),"
    "then(obligation(has(ladder,cage)))",
}
BAD = [
    ({"topic": "egres"}, "the topic 'egres' is not known; did you mean 'egress'?"),
    ({"jurisdiction": "atlantis"}, "the jurisdiction 'atlantis' is not known"),
    ({"paraphrase": " "}, "the field 'paraphrase' is missing, empty or no text"),
    ({"source": 4}, "the field 'source' is missing, empty or no text"),
    ({"document": "int-egress-1 "}, "the field 'document' has white space around it"),
    ({"derivd": []}, "no field 'derivd' is known; did you mean 'derived'?"),
    ({"split": "dev"}, "the split 'dev' is none of train, validation, test"),
    ({"derived": ["8 mm"]}, "the derived '8 mm' is no label of the rule"),
    ({"derived": "8 mm"}, "the field 'derived' is no list of labels"),
    ({"holdout": "colour"}, "'holdout' is none of topic, jurisdiction, random"),
    ({"holdout": "topic"}, "'holdout' marks records of the test split only"),
    (
        {"rule": "if(exist(hatch)),then(obligation(has(hatch,lid))"},
        "the rule does not parse: line 1, column 49: "
        "found the end of the text, expected ',' or ')'",
    ),
    (
        {"rule": "if(exist(hatch)), then(obligation(has(hatch,lid)))"},
        "the rule is not written as it prints: superfluous white space",
    ),
    (
        {"rule": "if(and(exist(hatch))),then(obligation(has(hatch,lid)))"},
        "'and' joins a single argument",
    ),
    (
        {"rule": "if(exist(hatch)),then(obligation(is(hatch.width,700 mm)))"},
        "'is' does not take the quantity '700 mm'; write 'equal'",
    ),
    (
        {"rule": GOOD["rule"].replace("700", "750")},
        "'750 mm' is not grounded: 750 mm not in the clause",
    ),
    (
        {"rule": "if(exist(clause)),then(not(exist(requirement)))"},
        "nearly the rule of no requirement; that is "
        "if(exist(clause)),then(not(has(clause,requirement)))",
    ),
]


def write(folder: Path, *rows: object, name: str = "train.jsonl") -> Path:
    (folder / name).write_text(
        "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    )
    return folder


def reasons(path: Path, *against: Path) -> list[str]:
    return [finding.reason for finding in validate_corpus(path, against)]


def test_a_good_corpus_has_no_findings(tmp_path: Path) -> None:
    assert validate_corpus(write(tmp_path, GOOD, OTHER)) == []


@pytest.mark.parametrize(("change", "reason"), BAD)
def test_what_is_wrong_with_a_record_is_named(tmp_path: Path, change: dict, reason: str) -> None:
    assert reason in reasons(write(tmp_path, GOOD | change))


def test_what_the_record_says_is_computed_needs_no_ground(tmp_path: Path) -> None:
    row = GOOD | {"clause": "Hay lofts shall have a hatch twice as wide as the ladder of 350 mm."}
    assert reasons(write(tmp_path, row)) == ["'700 mm' is not grounded: 700 mm not in the clause"]
    assert reasons(write(tmp_path, row | {"derived": ["700 mm"]})) == []


def test_a_finding_says_where_it_is_on_one_line(tmp_path: Path) -> None:
    write(tmp_path, OTHER, GOOD | {"topic": "hats"})
    (finding,) = validate_corpus(tmp_path)
    assert str(finding) == (f"{tmp_path / 'train.jsonl'}:2: b99-001: the topic 'hats' is not known")


def test_a_line_that_is_no_json_is_one_finding(tmp_path: Path) -> None:
    (finding,) = validate_corpus(write(tmp_path, "{'id': 3}", GOOD))
    assert (finding.line, finding.id) == (1, "(no id)")
    assert finding.reason.startswith("is no JSON")


def test_the_split_is_that_of_the_file(tmp_path: Path) -> None:
    write(tmp_path, GOOD, name="test.jsonl")
    assert reasons(tmp_path) == ["the split is 'train' but the file test.jsonl"]


def test_an_id_stands_once_in_all_files(tmp_path: Path) -> None:
    write(tmp_path, OTHER | {"split": "test", "id": "b99-001"}, name="test.jsonl")
    write(tmp_path, GOOD)
    assert reasons(tmp_path) == ["the id is already that of test.jsonl:1"]


def test_a_clause_does_not_come_back_with_other_numbers(tmp_path: Path) -> None:
    again = {"id": "b99-009", "clause": GOOD["clause"].replace("700", "900")}
    again["rule"] = GOOD["rule"].replace("700", "900")
    write(tmp_path, GOOD, GOOD | again)
    assert reasons(tmp_path) == [
        "the clause is the same, but for numbers, as b99-001 at train.jsonl:1"
    ]


def test_nearly_the_same_clause_does_not_stand_in_another_split(tmp_path: Path) -> None:
    like = {"id": "b99-009", "clause": GOOD["clause"].replace("hatch", "door")}
    like["rule"] = GOOD["rule"].replace("hatch", "door")
    write(tmp_path, GOOD, GOOD | like)
    assert reasons(tmp_path) == []
    write(tmp_path, GOOD | like | {"split": "validation"}, name="validation.jsonl")
    write(tmp_path, GOOD)
    assert reasons(tmp_path) == [
        "the clause is 0.91 like (0.8 is too much) that of b99-001 at train.jsonl:1"
    ]


def test_a_topic_held_out_stands_in_no_other_split(tmp_path: Path) -> None:
    held = OTHER | {"split": "test", "holdout": "topic", "topic": "stairs"}
    write(tmp_path, held, name="test.jsonl")
    assert reasons(write(tmp_path, GOOD)) == []
    write(tmp_path, GOOD | {"topic": "stairs"})
    assert reasons(tmp_path) == ["the topic held out also stands at train.jsonl:1"]


def test_words_of_other_texts_are_not_repeated(tmp_path: Path) -> None:
    table = tmp_path / "other.csv"
    table.write_text("number,text\n1,All hay lofts shall have a hatch at least as long\n")
    write(tmp_path, GOOD)
    assert reasons(tmp_path, table) == [
        "repeats the words 'hay lofts shall have a hatch at least' of another text"
    ]


def test_a_folder_without_a_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no JSON lines here"):
        corpus_files(tmp_path)


def test_the_guide_lists_the_topics_and_jurisdictions() -> None:
    guide = (CORPUS.parent / "GUIDE.md").read_text(encoding="utf-8")
    for title, known in (("Topics", TOPICS), ("Jurisdictions", JURISDICTIONS)):
        line = guide.split(f"**{title}**: `")[1].split("`")[0]
        assert line.split() == sorted(known)


def test_the_corpus_is_in_order_and_quotes_nobody() -> None:
    if not CORPUS.exists():
        pytest.skip("the corpus is not there yet")
    others = [path for path in OTHERS if path.exists()]
    assert [str(finding) for finding in validate_corpus(CORPUS, others)] == []
    if len(others) < len(OTHERS):
        pytest.skip("NZBC-LRML and CODE-ACCORD are not beside the project: words not compared")
