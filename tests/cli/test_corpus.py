import json
from pathlib import Path

import pytest

from p4ir.cli import main

ROW = {
    "id": "1",
    "clause": "Attics shall have a skylight.",
    "rule": "if(exist(attic)),then(obligation(has(attic,skylight)))",
    "paraphrase": "An attic must have a skylight.",
    "document": "int-daylight-1",
    "jurisdiction": "int",
    "topic": "daylight",
    "source": "invented",
    "split": "train",
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "train.jsonl").write_text(json.dumps(ROW) + "\n")
    return tmp_path


def test_a_good_corpus_is_passed_in_silence(corpus: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["corpus", "validate", str(corpus)]) == 0
    assert capsys.readouterr() == ("", "")


def test_findings_are_listed_and_the_status_is_1(
    corpus: Path, capsys: pytest.CaptureFixture
) -> None:
    row = ROW | {"topic": "dayligt", "rule": "if(exist(attic)),then(obligation(and(lit)))"}
    (corpus / "train.jsonl").write_text(json.dumps(row) + "\n")
    assert main(["corpus", "validate", str(corpus)]) == 1
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert all(line.startswith(f"{corpus / 'train.jsonl'}:1: 1: ") for line in lines)
    assert err == f"{len(lines)} findings on 1 record\n"


def test_other_texts_are_given_by_file(corpus: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("text\nAttics shall have a skylight that can be opened\n")
    command = ["corpus", "validate", str(corpus), "--against", str(other)]
    assert main(command) == 0
    (corpus / "train.jsonl").write_text(
        json.dumps(ROW | {"clause": "Attics shall have a skylight that can be cleaned."}) + "\n"
    )
    assert main(command) == 1


def test_contents_are_counted_as_text_and_as_json(
    corpus: Path, capsys: pytest.CaptureFixture
) -> None:
    assert main(["corpus", "stats", str(corpus)]) == 0
    assert "topics        1: daylight 1" in capsys.readouterr().out
    assert main(["corpus", "stats", str(corpus), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["records"] == 1


def test_a_missing_corpus_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["corpus", "validate", str(tmp_path / "none")]) == 2
    assert "no JSON lines here" in capsys.readouterr().err


def test_agreement_is_printed_with_its_intervals(
    corpus: Path, capsys: pytest.CaptureFixture
) -> None:
    second = {"id": "1", "second_rule": ROW["rule"].replace("skylight", "window")}
    (corpus / "agreement.jsonl").write_text(json.dumps(second) + "\n")
    assert main(["corpus", "agreement", str(corpus)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["metric", "mean", "95%", "interval"]
    assert "TED                   1.0   none: one document or clause only" in lines
    assert main(["corpus", "agreement", str(corpus), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ted"]["mean"] == 1


def test_a_split_is_drawn_and_counted(corpus: Path, capsys: pytest.CaptureFixture) -> None:
    other = ROW | {"id": "2", "clause": "Cellars are dry.", "topic": "moisture"}
    rows = [ROW, other]
    (corpus / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = ["corpus", "split", str(corpus), "--topics", "moisture", "--random", "0"]
    assert main(command) == 0
    assert capsys.readouterr().out.split() == ["test/topic", "1", "train", "1"]
    assert json.loads((corpus / "test.jsonl").read_text())["holdout"] == "topic"


def test_a_topic_that_is_not_there_is_one_line(corpus: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["corpus", "split", str(corpus), "--topics", "dayligth"]) == 2
    err = capsys.readouterr().err
    assert err == "p4ir: no record has the topic 'dayligth'; there are daylight\n"


def test_a_share_that_stays_empty_is_said(corpus: Path, capsys: pytest.CaptureFixture) -> None:
    rows = [ROW | {"id": str(n)} for n in range(20)]
    (corpus / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert main(["corpus", "split", str(corpus), "--random", "0", "--validation", "0.2"]) == 0
    out, err = capsys.readouterr()
    assert out.split() == ["train", "20"]
    assert err.startswith("p4ir: --validation 0.2 gave no clause: what stays together")
    assert err.count("\n") == 1


def test_clauses_are_not_generated_over_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text("mine")
    command = ["corpus", "generate", str(file), "--n", "2"]
    assert main(command) == 2
    assert capsys.readouterr().err == f"p4ir: {file} exists: give --overwrite to replace it\n"
    assert file.read_text() == "mine"
    assert main([*command, "--overwrite"]) == 0
    assert capsys.readouterr() == ("", f"p4ir: wrote 2 pairs of clause and rule to {file}\n")
    assert len(file.read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("clauses.csv", "ends in .jsonl or .ndjson, not '.csv'"),
        ("file/clauses.jsonl", "file is no folder"),
        ("folder.jsonl", "is a folder"),
    ],
)
def test_where_clauses_cannot_go_none_are_generated(
    tmp_path: Path, capsys: pytest.CaptureFixture, name: str, said: str
) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder.jsonl").mkdir()
    assert main(["corpus", "generate", str(tmp_path / name), "--n", "1000000"]) in (1, 2)
    assert said in capsys.readouterr().err
