import json

import pytest

from p4ir.errors import CorpusError, RecipeError
from p4ir.rules import format_rule
from p4ir.training.data import load_clauses
from p4ir.training.recipe import CorpusOptions


@pytest.fixture
def other(tmp_path):
    """A corpus of two training clauses and a validation clause."""
    file = tmp_path / "other.jsonl"
    rows = [
        {"id": f"other-{n}", "clause": f"A gate shall have a width of at least {n}00 mm.",
         "rule": f"if(exist(gate)),then(obligation(greaterThanEqual(gate.width,{n}00 mm)))",
         "document": "gates", "split": split}
        for n, split in enumerate(("train", "train", "validation"), 8)
    ]  # fmt: skip
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(file)


def ids(records):
    return [record.id for record in records]


def test_documents_held_out_are_validated_on_and_not_trained_on():
    train, validation = load_clauses(CorpusOptions(path="bundled", hold_out_documents=["sample-1"]))
    assert {record.document for record in validation} == {"sample-1"}
    assert "sample-1" not in {record.document for record in train}


def test_further_corpora_are_trained_on_and_not_validated_on(other):
    alone, validation = load_clauses(CorpusOptions(path="bundled"))
    train, still = load_clauses(CorpusOptions(path="bundled", also=[other]))
    assert ids(train) == [*ids(alone), "other-8", "other-9"]
    assert still == validation


def test_documents_held_out_are_not_trained_on_from_a_further_corpus_either(other):
    options = CorpusOptions(path=other, also=[other, "bundled"], hold_out_documents=["gates"])
    train, validation = load_clauses(options)
    assert {record.document for record in validation} == {"gates"}
    assert "gates" not in {record.document for record in train}
    assert train


def test_a_corpus_of_its_own_can_be_validated_on(other):
    train, validation = load_clauses(CorpusOptions(path="bundled", validation_path=other))
    assert ids(validation) == ["other-10"]
    assert train == load_clauses(CorpusOptions(path="bundled"))[0]
    train, validation = load_clauses(
        CorpusOptions(path="bundled", validation_path=other, hold_out_documents=["gates"])
    )
    assert ids(validation) == ["other-8", "other-9", "other-10"]


def test_the_limit_is_on_the_main_corpus_alone(other):
    train, _ = load_clauses(CorpusOptions(path="bundled", also=[other], limit=3))
    assert len(train) == 5


def test_recombined_pairs_are_new_and_the_same_each_time(other):
    options = CorpusOptions(path="bundled", also=[other], recombined=2)
    train, validation = load_clauses(options)
    plain, same = load_clauses(CorpusOptions(path="bundled", also=[other]))
    new = train[len(plain) :]
    assert train[: len(plain)] == plain
    assert validation == same
    assert len(plain) < len(new) <= 2 * len(plain)
    known = {record.clause for record in plain}
    assert not known & {record.clause for record in new}
    assert len({(record.clause, format_rule(record.rule)) for record in new}) == len(new)
    assert ids(load_clauses(options)[0]) == ids(train)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path": None}, "names no corpus"),
        ({"path": "bundled", "train_split": "tests"}, "set corpus.train_split"),
        ({"path": "bundled", "hold_out_documents": ["elsewhere"]}, "no clause of elsewhere"),
    ],
)
def test_a_corpus_that_gives_nothing_is_refused(options, message):
    with pytest.raises(RecipeError, match=message):
        load_clauses(CorpusOptions(**options))


def test_a_column_of_another_name_is_named_by_the_recipe(tmp_path):
    file = tmp_path / "corpus.csv"
    file.write_text('wording,rule,split\nA door.,"if(a),then(b)",train\n')
    with pytest.raises(CorpusError, match=r"name it by --set corpus\.columns\.clause=NAME$"):
        load_clauses(CorpusOptions(path=str(file)))
    with pytest.raises(CorpusError, match=r"; rename it$"):
        load_clauses(CorpusOptions(path="bundled", also=[str(file)]))
    with pytest.raises(RecipeError, match="no clause to use as validation"):
        load_clauses(CorpusOptions(path=str(file), columns={"clause": "wording"}))
