"""What baselines take as examples: no clause of the split that they are asked for."""

import csv
import json

import pytest

from p4ir.cli import main
from tests.endpoint.conftest import no_keys, stand_in  # noqa: F401
from tests.endpoint.stand_in import completion

ASKED = "if(exist(gate)),then(has(gate,latch))"
SHOWN = "if(exist(door)),then(has(door,handle))"


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "corpus.jsonl"
    rows = [
        {"id": "a", "clause": "A gate shall have a latch.", "rule": ASKED, "holdout": "topic"},
        {"id": "b", "clause": "Any gate shall have a latch.", "rule": ASKED, "holdout": "random"},
        {"id": "c", "clause": "A door shall have a handle.", "rule": SHOWN, "split": "train"},
    ]
    path.write_text("".join(json.dumps({"split": "test", **row}) + "\n" for row in rows))
    return path


def test_the_nearest_clause_of_what_is_held_out_is_of_another_split(corpus, tmp_path):
    command = ["compare", "nearest", "--reference", str(corpus), "--split", "test/topic"]
    assert main([*command, "--output", str(tmp_path / "out")]) == 0
    with (tmp_path / "out" / "scores.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert float(row["nted"]) > 0


def test_a_baseline_for_what_is_held_out_is_shown_other_splits_alone(
    corpus, tmp_path, stand_in  # noqa: F811
):  # fmt: skip
    server = stand_in(lambda body, n: completion(body, SHOWN))
    command = ["baseline", str(corpus), str(tmp_path / "o.jsonl"), "--endpoint", server.url]
    assert main([*command, "--split", "test/topic"]) == 0
    said = [message["content"] for body in server.bodies for message in body["messages"]]
    assert SHOWN in said
    assert ASKED not in said
