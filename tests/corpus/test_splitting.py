from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4ir.corpus import (
    Record,
    apply_splits,
    read_splits,
    split_at_random,
    split_by_document,
    write_splits,
)
from p4ir.errors import CorpusError


def corpus(**sizes):
    """Return records of documents with the sizes given."""
    return [
        Record(id=f"{document}/{n}", clause="Doors.", document=document)
        for document, size in sizes.items()
        for n in range(size)
    ]


def rng(seed=0):
    return np.random.default_rng(seed)


sizes = st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(1, 9), min_size=2)
fractions = st.floats(0.01, 0.99)


@given(sizes, fractions, st.integers(0, 99))
def test_a_document_is_never_on_both_sides(sizes, fraction, seed):
    records = corpus(**sizes)
    splits = split_by_document(records, fraction=fraction, rng=rng(seed))
    sides = {(record.document, splits[record.id]) for record in records}
    assert len(sides) == len(sizes)
    assert set(splits.values()) == {"train", "test"}


@given(st.integers(2, 50), fractions, st.integers(0, 99))
def test_a_random_split_has_the_share_asked_for(count, fraction, seed):
    splits = split_at_random(corpus(A=count), fraction, rng(seed))
    held = Counter(splits.values())["test"]
    assert len(splits) == count
    assert 1 <= held <= count - 1
    assert abs(held - fraction * count) <= 1


def test_the_share_of_documents_comes_near_the_fraction():
    records = corpus(**dict.fromkeys("ABCDEFGHIJ", 5))
    for seed in range(5):
        splits = split_by_document(records, fraction=0.3, rng=rng(seed))
        assert Counter(splits.values())["test"] == 15


def test_a_document_much_larger_than_the_share_stays_in_training():
    records = corpus(Big=80, Small=10, Tiny=10)
    for seed in range(5):
        splits = split_by_document(records, fraction=0.1, rng=rng(seed))
        assert splits["Big/0"] == "train"
        assert Counter(splits.values())["test"] == 10


def test_documents_may_be_named():
    splits = split_by_document(corpus(A=1, B=2), holdout=["B"], name="validation")
    assert splits == {"A/0": "train", "B/0": "validation", "B/1": "validation"}


@pytest.mark.parametrize(
    "split",
    [
        lambda records, seed: split_by_document(records, fraction=0.4, rng=rng(seed)),
        lambda records, seed: split_at_random(records, 0.4, rng(seed)),
    ],
)
def test_the_same_seed_gives_the_same_split(split):
    records = corpus(**dict.fromkeys("ABCDEFGH", 3))
    assert split(records, 1) == split(records, 1)
    assert any(split(records, 1) != split(records, seed) for seed in range(2, 6))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "either a fraction or the documents"),
        ({"fraction": 0.5, "holdout": ["A"]}, "either a fraction or the documents"),
        ({"fraction": 0.5}, "needs an rng"),
        ({"fraction": 0.0, "rng": rng()}, "must lie between 0 and 1"),
        ({"fraction": 1.5, "rng": rng()}, "must lie between 0 and 1"),
        ({"holdout": ["C"]}, "no document 'C'; there are A, B"),
        ({"holdout": ["A", "B"]}, "leaves one side empty"),
        ({"holdout": []}, "leaves one side empty"),
    ],
)
def test_a_split_that_cannot_be_made_says_why(options, message):
    with pytest.raises(CorpusError, match=message):
        split_by_document(corpus(A=1, B=1), **options)


def test_a_record_without_a_document_cannot_be_split_by_it():
    with pytest.raises(CorpusError, match="record 'x' has no document"):
        split_by_document([Record(id="x", clause="Doors.")], holdout=["A"])


def test_one_document_cannot_be_split():
    with pytest.raises(CorpusError, match="holding out 1 of 1 document leaves one side empty"):
        split_by_document(corpus(A=5), fraction=0.5, rng=rng())


def test_one_record_cannot_be_split():
    with pytest.raises(CorpusError, match="1 record cannot be split"):
        split_at_random(corpus(A=1), 0.5, rng())


def test_a_stored_split_is_applied(tmp_path):
    records = corpus(A=2, B=2)
    splits = split_by_document(records, holdout=["B"])
    write_splits(splits, tmp_path / "split.json")
    assert read_splits(tmp_path / "split.json") == splits
    applied = apply_splits(records, read_splits(tmp_path / "split.json"))
    assert [record.split for record in applied] == ["train", "train", "test", "test"]
    assert [record.id for record in applied] == [record.id for record in records]


def test_records_that_a_split_does_not_know_are_listed():
    with pytest.raises(CorpusError, match=r"does not know 2 of 3 records: A/1, A/2") as caught:
        apply_splits(corpus(A=3), {"A/0": "train"})
    assert caught.value.problems == ("A/1", "A/2")


@pytest.mark.parametrize("content", ["[]", '{"a": 1}', "nonsense", None])
def test_a_file_that_is_no_split_is_named(tmp_path, content):
    path = tmp_path / "split.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(CorpusError, match=r"split\.json"):
        read_splits(path)
