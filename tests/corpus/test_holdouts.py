import json
import resource
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from p4ir.corpus.holdouts import HoldoutPlan, Place, split_folder, split_with_holdouts
from p4ir.corpus.reading import read_corpus
from p4ir.corpus.records import Record
from p4ir.errors import CorpusError, OutputError

TOPICS = ("stairs", "gas", "glazing", "site")
WORDS = (
    "anchor barge crane drum easel flute grate hinge iron jamb kiln ledge mast nail oar pier"
).split()


def corpus(count: int = 64) -> list[Record]:
    """Return records of 16 documents, no two of whose clauses are alike."""
    return [
        Record(
            id=f"{n:03d}",
            clause=" ".join(
                WORDS[place % 16] + "abcd"[k]
                for k, place in enumerate((n, n // 16, n + n // 16, n + 3 * (n // 16)))
            ),
            document=f"document {n % 16}",
            topic=TOPICS[n % 4],
            jurisdiction="us" if n < 48 else "hk",
        )
        for n in range(count)
    ]


PLAN = HoldoutPlan(topics=["gas"], jurisdictions=["hk"], random=0.1, validation=0.2, seed=3)


def test_whole_topics_and_jurisdictions_are_held_out_and_marked() -> None:
    records = corpus()
    places = split_with_holdouts(records, PLAN)
    for record in records:
        if record.topic == "gas":
            assert places[record.id] == Place("test", "topic")
        elif record.jurisdiction == "hk":
            assert places[record.id] == Place("test", "jurisdiction")
        else:
            assert places[record.id].holdout in (None, "random")


def test_the_shares_are_those_of_the_plan() -> None:
    counts = Counter(split_with_holdouts(corpus(), PLAN).values())
    assert counts[Place("test", "random")] == 6  # a tenth of 64
    assert abs(counts[Place("validation")] - 0.2 * 64) <= 2  # documents of three or fewer


def test_validation_takes_whole_documents() -> None:
    records = corpus()
    places = split_with_holdouts(records, PLAN)
    kept = [record for record in records if places[record.id].split != "test"]
    sides = {(record.document, places[record.id].split) for record in kept}
    assert len(sides) == len({document for document, _ in sides})


def test_nearly_the_same_clauses_stay_on_one_side() -> None:
    records = corpus()
    same = "A hatch in the roof of a barn is at least 600 mm wide."
    like = [
        Record(id=f"x{n}", clause=same.replace("600", str(n)), document=f"x{n}", topic="site")
        for n in range(8)
    ]
    for seed in range(8):
        places = split_with_holdouts([*records, *like], HoldoutPlan(random=0.2, seed=seed))
        assert len({places[record.id].split for record in like}) == 1


def test_a_clause_like_a_held_out_one_goes_to_the_test_too() -> None:
    held = Record(id="a", clause="A gas meter in a hall is 2 m up.", document="a", topic="gas")
    like = Record(id="b", clause="A gas meter in a hall is 3 m up.", document="b", topic="site")
    places = split_with_holdouts([*corpus(16), held, like], HoldoutPlan(topics=["gas"], random=0.0))
    assert (places["a"], places["b"]) == (Place("test", "topic"), Place("test", "random"))


def test_the_seed_alone_decides_whatever_the_order() -> None:
    records = corpus()
    assert split_with_holdouts(records, PLAN) == split_with_holdouts(records[::-1], PLAN)
    other = HoldoutPlan(topics=["gas"], jurisdictions=["hk"], random=0.1, validation=0.2, seed=4)
    assert split_with_holdouts(records, PLAN) != split_with_holdouts(records, other)


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (HoldoutPlan(topics=["gs"]), "no record has the topic 'gs'; there are gas, glazing"),
        (
            HoldoutPlan(jurisdictions=["nz"]),
            "the jurisdiction 'nz'; there are hk, us",
        ),
        (HoldoutPlan(random=1.0), r"the share random is 1.0, it must lie in \[0, 1\)"),
        (HoldoutPlan(validation=-0.1), "the share validation is -0.1"),
        (HoldoutPlan(topics=TOPICS), "nothing is left to train on of 64 records"),
    ],
)
def test_a_plan_that_cannot_be_kept_says_why(plan: HoldoutPlan, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        split_with_holdouts(corpus(), plan)


def write(folder: Path, file: str, *ids: str) -> None:
    rows = [
        {
            "id": name,
            "clause": f"{WORDS[ord(name) % 16]} {name * 3} {name * 4} is round.",
            "rule": "if(exist(gate)),then(obligation(has(gate,lock)))",
            "document": f"d{name}",
            "topic": "gas" if name in "ab" else "site",
            "derived": ["kept"],
            "split": "train",
        }
        for name in ids
    ]
    (folder / file).write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_the_files_of_a_folder_are_rewritten_in_order_with_all_their_fields(tmp_path: Path) -> None:
    write(tmp_path, "train.jsonl", *"hbcdefg")
    write(tmp_path, "test.jsonl", *"a")
    plan = HoldoutPlan(topics=["gas"], random=0.0, validation=0.25)
    assert split_folder(tmp_path, plan) == {"test/topic": 2, "train": 4, "validation": 2}
    lines = (tmp_path / "test.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    assert [(row["id"], row["split"], row["holdout"]) for row in rows] == [
        ("a", "test", "topic"),
        ("b", "test", "topic"),
    ]
    assert rows[0]["derived"] == ["kept"]
    before = [file.read_text() for file in sorted(tmp_path.iterdir())]
    split_folder(tmp_path, plan)
    assert [file.read_text() for file in sorted(tmp_path.iterdir())] == before


def test_a_write_that_fails_loses_no_row(tmp_path: Path) -> None:
    """A limit on the size of files stops the writing of the largest, as a full disk does."""
    write(tmp_path, "train.jsonl", *"abcdefghijklmnop")
    before = {file.name: file.read_text() for file in tmp_path.iterdir()}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1500, limits[1]))
    try:
        with pytest.raises(OutputError, match=r"train\.jsonl: cannot be written: File too large"):
            split_folder(tmp_path, HoldoutPlan(topics=["gas"], random=0.0, validation=0.2))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == before


def test_a_write_that_fails_last_replaces_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = tempfile.mkstemp

    def make_or_fail(dir: Path, prefix: str) -> tuple[int, str]:
        if prefix.startswith(".test"):
            raise OSError(28, "No space left on device")
        return make(dir=dir, prefix=prefix)

    monkeypatch.setattr("tempfile.mkstemp", make_or_fail)
    write(tmp_path, "train.jsonl", *"abcdefgh")
    before = {file.name: file.read_text() for file in tmp_path.iterdir()}
    with pytest.raises(OutputError, match=r"test\.jsonl: cannot be written: No space left"):
        split_folder(tmp_path, HoldoutPlan(topics=["gas"], random=0.0, validation=0.2))
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == before


def test_a_mark_of_an_older_split_does_not_stay(tmp_path: Path) -> None:
    write(tmp_path, "train.jsonl", *"abcdefgh")
    split_folder(tmp_path, HoldoutPlan(topics=["gas"], random=0.0))
    split_folder(tmp_path, HoldoutPlan(random=0.0, validation=0.0))
    rows = [json.loads(line) for line in (tmp_path / "train.jsonl").read_text().splitlines()]
    assert len(rows) == 8
    assert [file.name for file in tmp_path.iterdir()] == ["train.jsonl"]
    assert len(read_corpus(tmp_path)) == 8
    assert not any("holdout" in row for row in rows)


def test_a_folder_with_other_files_is_left_as_it_is(tmp_path: Path) -> None:
    write(tmp_path, "train.jsonl", *"abc")
    write(tmp_path, "batch.jsonl", *"def")
    with pytest.raises(CorpusError, match=r"batch\.jsonl is none of train, validation, test"):
        split_folder(tmp_path, HoldoutPlan())
    with pytest.raises(CorpusError, match="is no folder"):
        split_folder(tmp_path / "train.jsonl", HoldoutPlan())


@pytest.mark.parametrize("name", ["", "id", "example_id", "ID"])
def test_rows_keep_the_ids_by_which_they_were_read(tmp_path: Path, name: str) -> None:
    write(tmp_path, "train.jsonl", *"abcdefgh")
    write(tmp_path, "test.jsonl", *"i")
    for file in tmp_path.iterdir():
        rows = [json.loads(line) for line in file.read_text().splitlines()]
        named = [{name or "note": row.pop("id"), **row} for row in rows]
        file.write_text("".join(json.dumps(row) + "\n" for row in named))
    before = {record.id: record.clause for record in read_corpus(tmp_path)}
    plan = HoldoutPlan(random=0.2, validation=0.2)
    counts = split_folder(tmp_path, plan)
    assert counts["test/random"] == 2
    assert {record.id: record.clause for record in read_corpus(tmp_path)} == before
    assert split_folder(tmp_path, plan) == counts


@pytest.mark.parametrize("empty", ["", " ", None])
def test_columns_are_filled_in_as_they_are_spelled(tmp_path: Path, empty: str | None) -> None:
    write(tmp_path, "train.jsonl", *"abcdefgh")
    file = tmp_path / "train.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    rows = [{**row, "ID": empty, "Split": "?", "Holdout": "topic"} for row in rows]
    for row in rows:
        del row["id"], row["split"]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    before = {record.id: record.clause for record in read_corpus(tmp_path)}
    split_folder(tmp_path, HoldoutPlan(random=0, validation=0))
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert {(row["ID"], row["Split"]) for row in rows} == {(name, "train") for name in before}
    assert all(not {"id", "split", "holdout", "Holdout"} & row.keys() for row in rows)
    assert {record.id: record.clause for record in read_corpus(tmp_path)} == before


def test_clauses_without_a_document_stand_for_themselves() -> None:
    records = [replace(record, document=None) for record in corpus(20)]
    places = split_with_holdouts(records, HoldoutPlan(random=0, validation=0.2))
    assert Counter(place.split for place in places.values())["validation"] == 4
