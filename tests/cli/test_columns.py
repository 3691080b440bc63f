import json

import pytest

from p4ir.cli import main

RULE = "if(exist(door)),then(obligation(has(door,handle)))"
COLUMNS = ["--column", "wording", "--column", "rule=Norm", "--column", "id=Nr"]


@pytest.fixture
def files(tmp_path):
    corpus, predictions = tmp_path / "corpus.csv", tmp_path / "predictions.jsonl"
    rows = "".join(f'{n},A door shall have a handle.,"{RULE}"\n' for n in range(3))
    corpus.write_text("Nr,wording,Norm\n" + rows)
    predictions.write_text("".join(json.dumps({"id": n, "rule": RULE}) + "\n" for n in range(3)))
    return str(corpus), str(predictions)


def command(verb, files):
    corpus, predictions = files
    return [verb, corpus] if verb == "evaluate" else [verb, predictions, "--reference", corpus]


@pytest.mark.parametrize("verb", ["evaluate", "score", "compare"])
def test_a_column_that_goes_by_no_known_name_is_asked_for_by_option(verb, files, capsys):
    assert main(command(verb, files)) == 2
    assert capsys.readouterr().err.endswith("; name it by --column clause=NAME\n")


@pytest.mark.parametrize("verb", ["score", "compare"])
def test_columns_that_are_named_are_read(verb, files, capsys):
    assert main([*command(verb, files), *COLUMNS]) == 0
    assert "100.0" in capsys.readouterr().out


def test_what_is_evaluated_may_have_columns_of_other_names(files, capsys):
    assert main([*command("evaluate", files), *COLUMNS, "--document", "B1"]) == 2
    said = "corpus.csv: no row of the document 'B1'; there are (none) (3)\n"
    assert capsys.readouterr().err.endswith(said)


@pytest.mark.parametrize("verb", ["score", "compare"])
def test_columns_are_named_of_the_reference_alone(verb, files, tmp_path, capsys):
    predictions = tmp_path / "odd.csv"
    predictions.write_text(f'Nr,Norm\n0,"{RULE}"\n')
    assert main([*command(verb, (files[0], str(predictions))), *COLUMNS]) == 2
    error = capsys.readouterr().err
    assert error.endswith("; rename it (--column names columns of the reference alone)\n")


@pytest.mark.parametrize("verb", ["evaluate", "score", "compare"])
def test_two_columns_for_one_field_are_refused(verb, files, capsys):
    assert main([*command(verb, files), *COLUMNS, "--column", "clause=text"]) == 2
    error = capsys.readouterr().err
    assert error.endswith("two columns for the clause, 'wording' and 'text': give one\n")
