import json
import re
from pathlib import Path

import pytest

from p4ir.cli import main
from p4ir.corpus.reading import read_corpus
from p4ir.errors import CorpusError, OutputError
from p4ir.evaluation.evaluate import Evaluation, score_answers
from p4ir.evaluation.systems import align, read_predictions
from p4ir.rules import format_rule
from tests.batch.parrot import RULE, Parrot

TEXT = format_rule(RULE)
OTHER = "if(exist(stair)),then(permission(is(stair,open)))"


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "corpus.jsonl"
    rows = [
        {
            "id": f"c{n}",
            "clause": f"Door {n} shall have a handle.",
            "rule": TEXT if n % 3 else OTHER,
            "document": f"doc-{n % 2}",
            "split": "test" if n < 6 else "train",
        }
        for n in range(12)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def command(corpus, tmp_path, tiny_adapter):
    return ["evaluate", str(corpus), "--split", "test", "--adapter", str(tiny_adapter),
            "--output", str(tmp_path / "run")]  # fmt: skip


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_predictions_scores_and_report_are_written(command, tmp_path, model_writes, capsys):
    model_writes(lambda clause: TEXT if "5" not in clause else TEXT[:-1])
    assert main(command) == 0
    output = tmp_path / "run"
    assert sorted(path.name for path in output.iterdir()) == [
        "predictions.jsonl", "report.html", "report.md", "scores.jsonl"
    ]  # fmt: skip
    assert [row["id"] for row in lines(output / "predictions.jsonl")] == [f"c{n}" for n in range(6)]
    scores = lines(output / "scores.jsonl")
    assert [score["exact"] for score in scores] == [False, True, True, False, True, True]
    assert scores[1]["document"] == "doc-1"
    report = (output / "report.md").read_text()
    assert "0 completions gave no rule, 1 had to be mended" in report
    assert re.search(r"^\| doc-0 \| 3 \| 0\.185 .*0\.000 to ", report, re.MULTILINE)
    assert "the rule is exact | 6 |" in report
    assert "handle" not in report
    assert "<svg" in (output / "report.html").read_text()
    assert "66.7%" in capsys.readouterr().out


def test_the_figures_are_those_of_score_on_the_same_predictions(
    command, corpus, tmp_path, model_writes, capsys
):
    model_writes(lambda clause: OTHER)
    main(command)
    evaluated = capsys.readouterr().out
    predictions = str(tmp_path / "run" / "predictions.jsonl")
    assert main(["score", predictions, "--reference", str(corpus), "--split", "test"]) == 0
    assert capsys.readouterr().out == evaluated


def test_an_evaluation_is_not_written_over(command, tmp_path, model_writes, capsys):
    model_writes(lambda clause: TEXT)
    main(command)
    assert main(command) == 2
    assert "holds an evaluation: give --overwrite" in capsys.readouterr().err
    model_writes(lambda clause: OTHER)
    assert main([*command, "--overwrite"]) == 0
    assert lines(tmp_path / "run" / "predictions.jsonl")[0]["rule"] == OTHER


def test_documents_can_be_chosen(command, tmp_path, model_writes, capsys):
    model_writes(lambda clause: TEXT)
    assert main([*command, "--document", "doc-9"]) == 2
    said = "split test: no row of the document 'doc-9'; there are doc-0 (3), doc-1 (3)\n"
    assert capsys.readouterr().err.endswith(said)
    assert main([*command, "--document", "doc-9", "--document", "doc-1"]) == 2
    assert main([*command, "--document", "doc-1"]) == 0
    assert len(lines(tmp_path / "run" / "predictions.jsonl")) == 3


def test_an_interrupted_evaluation_goes_on(corpus, tmp_path):
    records = read_corpus(corpus)

    def interrupt(clauses):
        if "Door 8 shall have a handle." in clauses:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Evaluation(records, tmp_path / "run").run(Parrot(before=interrupt))
    parrot = Parrot()
    Evaluation(records, tmp_path / "run").run(parrot)
    assert len(parrot.heard) == 4
    assert len(lines(tmp_path / "run" / "predictions.jsonl")) == 12


def test_an_evaluation_stopped_before_its_report_interprets_nothing_again(corpus, tmp_path):
    records = read_corpus(corpus)
    Evaluation(records, tmp_path / "run").run(Parrot())
    (tmp_path / "run" / "report.md").unlink()
    parrot = Parrot()
    Evaluation(records, tmp_path / "run").run(parrot)
    assert not parrot.heard
    assert (tmp_path / "run" / "report.md").exists()


def test_replacing_an_evaluation_can_be_interrupted_and_gone_on_with(corpus, tmp_path):
    records = read_corpus(corpus)
    Evaluation(records, tmp_path / "run").run(Parrot())
    before = (tmp_path / "run" / "predictions.jsonl").read_bytes()

    def interrupt(clauses):
        if "Door 8 shall have a handle." in clauses:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Evaluation(records, tmp_path / "run", overwrite=True).run(Parrot(before=interrupt))
    assert (tmp_path / "run" / "predictions.jsonl").read_bytes() == before
    parrot = Parrot()
    Evaluation(records, tmp_path / "run").run(parrot)
    assert len(parrot.heard) == 4


def test_nothing_is_made_where_there_is_no_model(command, tmp_path, capsys):
    assert main([*command, "--adapter", "nowhere"]) == 2
    assert "no adapter 'nowhere'" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_folder_that_cannot_be_made_is_named(corpus):
    with pytest.raises(OutputError, match="/proc/run: cannot be written"):
        Evaluation(read_corpus(corpus), Path("/proc/run")).run(Parrot())


def test_a_file_is_no_folder_to_write_to(corpus):
    with pytest.raises(OutputError, match=r"corpus\.jsonl is no folder"):
        Evaluation(read_corpus(corpus), corpus)


def scored(tmp_path, corpus, name, content):
    path = tmp_path / name
    path.write_text(content)
    records = read_corpus(corpus)
    answers = align(read_predictions(path), records)
    return answers, *score_answers(answers, records)


@pytest.mark.parametrize(
    ("notation", "rule"),
    [
        ("lrml", TEXT),
        (None, TEXT.replace("(", "( ").replace(",", " , ")),
        ("outline", format_rule(RULE, "outline")),
        ("json", format_rule(RULE, "json")),
        (None, format_rule(RULE, "json")),
        ("unheard of", TEXT),
    ],
)
def test_a_prediction_counts_in_the_notation_that_it_is_in(tmp_path, corpus, notation, rule):
    row = {"id": "c1", "rule": rule, "notation": notation}
    _, scores, _ = scored(tmp_path, corpus, "p.jsonl", json.dumps(row))
    assert scores[1].exact


def test_a_tree_in_json_is_a_prediction(tmp_path, corpus):
    tree = json.loads(format_rule(RULE, "json"))
    _, scores, _ = scored(tmp_path, corpus, "p.jsonl", json.dumps({"id": "c1", "rule": tree}))
    assert scores[1].exact


def test_what_is_odd_about_a_file_of_predictions_is_said(tmp_path, corpus):
    content = f'id,rule\n c1 ,"{TEXT}"\nc1,other\n,x\nzz,y\n'
    answers, scores, figures = scored(tmp_path, corpus, "p.csv", content)
    assert answers.problems == (
        "line 3: the id 'c1' stands in an earlier row, which is used",
        "line 4: the id is missing",
    )
    assert answers.unknown == ("zz",)
    assert len(answers.missing) == 11
    assert (scores[1].exact, scores[0].nted) == (True, 1.0)
    assert figures["exact"].mean == pytest.approx(1 / 12)
    assert figures["exact"].n == 12


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("p.csv", "id,words\n1,x\n", r"no column with the rule \(rule, lrml, prediction\)"),
        (
            "p.csv",
            "key,rule\n1,x\n",
            r"no column with the id; the columns are key, rule; rename it \(--column",
        ),
        (
            "p.csv",
            "id,rule\n1,x\n",
            "none of its ids .* give both files the same ids in a column id, or make the "
            "rules with `p4ir batch` from",
        ),
        ("p.csv", "id,rule\n", "p.csv: has no rows"),
        (
            "p.csv",
            f"id,rule\nc1,{TEXT}\nc2,{TEXT}\n",
            "no row can be used, of 2 rows; the first: line 2: has 4 columns, the header has 2",
        ),
        ("p.txt", "x", "ends in .csv"),
    ],
)
def test_a_file_that_holds_no_predictions_is_refused(tmp_path, corpus, name, content, message):
    with pytest.raises(CorpusError, match=message):
        scored(tmp_path, corpus, name, content)


@pytest.mark.parametrize("row", ["c1,Tür", "Tür,x"])
def test_predictions_in_another_encoding_are_refused(tmp_path, corpus, row):
    path = tmp_path / "p.csv"
    path.write_text(f"id,rule\nc0,x\n{row}\n", encoding="cp1252")
    with pytest.raises(CorpusError, match=r"p\.csv: line 3: is no valid UTF-8; save the file as"):
        read_predictions(path)


def test_a_report_says_that_there_are_no_documents_to_draw(command, corpus, tmp_path, model_writes):
    model_writes(lambda clause: TEXT)
    rows = [{**row, "document": None} for row in lines(corpus)]
    corpus.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert main(command) == 0
    assert "6 clauses; the corpus names no documents" in (tmp_path / "run/report.md").read_text()


def test_a_seed_that_cannot_be_is_refused_before_anything_is_read(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["evaluate", "nowhere.csv", "--seed", "-1"])
    assert stop.value.code == 2
    assert "argument --seed: expected a whole number of at least 0" in capsys.readouterr().err
