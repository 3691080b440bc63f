import json
import os
import signal
import sys
import time

import pytest

from p4ir.batch import background
from p4ir.batch.background import list_batches, prepare_batch, start_batch
from p4ir.errors import CorpusError, DocumentError

CLAUSES = b"id,clause\n" + b"".join(
    b"c%d,Door %d shall have a handle.\n" % (i, i) for i in range(12)
)
WAIT_S = 240


@pytest.fixture(autouse=True)
def parrot(monkeypatch):
    """Batches are worked through by an interpreter without a model, two clauses at a time."""
    run = (
        "import sys, pathlib; from p4ir.batch.job import BatchJob; "
        "from p4ir.batch.source import Source; from p4ir.engines.local import LocalEngine; "
        "from tests.batch.parrot import Parrot; "
        "source, output = map(pathlib.Path, sys.argv[1:3]); "
        "BatchJob(Source(source), output).run(LocalEngine(Parrot(pause_s=0.15)))"
    )
    monkeypatch.setattr(background, "COMMAND", (sys.executable, "-c", run))


def wait(batch, until):
    started = time.monotonic()
    while not until(batch.progress()):
        assert time.monotonic() - started < WAIT_S, batch.progress()
        time.sleep(0.05)
    return batch.progress()


def is_begun(progress):
    return 0 < progress.done < progress.total


def is_over(progress):
    return progress.state != "running"


def test_a_batch_runs_on_its_own_and_its_progress_is_on_disk(tmp_path):
    batch = start_batch(tmp_path, "clauses.csv", CLAUSES)
    assert batch.progress().state == "running"
    begun = wait(batch, is_begun)
    assert begun.left_s is not None
    assert begun.left_s > 0
    elsewhere = list_batches(tmp_path)[0]
    assert (elsewhere.id, elsewhere.name, elsewhere.total) == (batch.id, "clauses.csv", 12)
    assert wait(elsewhere, is_over).state == "finished"
    rules = [json.loads(line) for line in batch.rules.read_text().splitlines()]
    assert [rule["id"] for rule in rules] == [f"c{i}" for i in range(12)]


def test_a_batch_that_was_killed_goes_on_where_it_stopped(tmp_path):
    batch = start_batch(tmp_path, "clauses.csv", CLAUSES)
    wait(batch, is_begun)
    os.kill(batch._process()["pid"], signal.SIGKILL)
    stopped = wait(batch, is_over)
    assert stopped.state == "stopped"
    assert stopped.done >= 2
    kept = batch.part.read_bytes()
    batch.resume()
    assert wait(batch, is_over).state == "finished"
    assert batch.rules.read_bytes().startswith(kept)
    assert len(batch.rules.read_text().splitlines()) == 12


def test_stopping_keeps_what_is_done(tmp_path):
    batch = start_batch(tmp_path, "clauses.csv", CLAUSES)
    wait(batch, is_begun)
    batch.stop()
    stopped = wait(batch, is_over)
    assert stopped.state == "stopped"
    assert is_begun(stopped)


def test_a_batch_is_never_run_twice_at_once(tmp_path):
    batch = start_batch(tmp_path, "clauses.csv", CLAUSES)
    before = batch._process()
    batch.resume()
    assert batch._process() == before
    wait(batch, is_over)
    batch.resume()
    assert batch._process() == before


def test_a_batch_that_cannot_run_says_why(tmp_path, monkeypatch):
    said = "import sys; sys.exit('p4ir: no adapter of that name')"
    monkeypatch.setattr(background, "COMMAND", (sys.executable, "-c", said))
    batch = start_batch(tmp_path, "clauses.csv", CLAUSES)
    stopped = wait(batch, is_over)
    assert (stopped.state, stopped.problem) == ("stopped", "no adapter of that name")


def test_a_document_is_cut_into_clauses(tmp_path):
    text = b"1.1 Doors shall have a handle.\n\n1.2 Stairs shall have a handrail.\n"
    batch = prepare_batch(tmp_path, "code.txt", text)
    assert batch.total == 2
    assert "Stairs shall have a handrail." in batch.clauses.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.csv", b"", CorpusError),
        ("a.csv", b"id,words\n1,2\n", CorpusError),
        ("a.pdf", b"not a pdf", DocumentError),
        ("a.exe", b"MZ", CorpusError),
    ],
)
def test_a_bad_file_leaves_nothing_behind(tmp_path, name, data, error):
    with pytest.raises(error):
        start_batch(tmp_path, name, data)
    assert list(tmp_path.iterdir()) == []


def test_a_batch_can_be_removed_while_it_runs(tmp_path):
    batch = start_batch(tmp_path, "clauses.csv", CLAUSES)
    wait(batch, is_begun)
    batch.delete()
    assert list_batches(tmp_path) == []


def test_damaged_batches_are_left_out(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "batch.json").write_text("{")
    prepare_batch(tmp_path, "clauses.csv", CLAUSES)
    assert [batch.name for batch in list_batches(tmp_path)] == ["clauses.csv"]
