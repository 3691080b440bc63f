import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet
import pytest

from p4ir.batch.job import BatchJob
from p4ir.batch.source import Source
from p4ir.cli import main
from p4ir.engines.local import CHUNK, LocalEngine
from p4ir.errors import CorpusError, OutputError
from p4ir.models import AdapterInfo
from tests.batch.parrot import Parrot

ROOT = Path(__file__).resolve().parents[2]
RULE = "if(exist(door)),then(obligation(has(door,handle)))"


def table(path, count=20):
    path.write_text(
        "id,clause\n" + "".join(f"{n:03},Door {n} shall have a handle.\n" for n in range(count))
    )
    return path


def results(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def run(source, output, interpreter=None, overwrite=False):
    return BatchJob(Source(source), output, overwrite).run(LocalEngine(interpreter or Parrot()))


@pytest.fixture
def source(tmp_path):
    return table(tmp_path / "in.csv")


@pytest.fixture
def output(tmp_path):
    return tmp_path / "out.jsonl"


def test_every_row_has_one_result_in_the_order_of_the_input(source, output):
    assert run(source, output) == (0, 0)
    rows = results(output)
    assert [row["id"] for row in rows] == [f"{n:03}" for n in range(20)]
    assert rows[7]["clause"] == "Door 7 shall have a handle."
    assert {row["rule"] for row in rows} == {RULE}
    assert not output.with_name("out.jsonl.part").exists()


def test_a_result_says_where_it_comes_from(source, output):
    run(source, output)
    assert results(output)[0] == {
        "id": "000",
        "clause": "Door 0 shall have a handle.",
        "rule": RULE,
        "valid": True,
        "repaired": False,
        "confidence": 0.5,
        "lint": [],
        "ungrounded": [],
        "mismatches": [],
        "problem": "",
        "model": "parrot",
        "adapter": "feathers",
        "notation": "lrml",
        "constrained": False,
        "beams": 1,
        "consensus": 1,
    }


BAD_ROWS = [
    (b'{"id": 1}', "the clause is missing"),
    (b'{"id": 2, "clause": 5}', "the clause is no text"),
    (b'{"id": 3, "clause": ""}', "the clause is empty"),
    (b'{"id": 4, "clause": " \\n "}', "the clause is empty"),
    (b'{"id": 5, "clause": "a\\u0000b"}', "the clause is no plain text in UTF-8"),
    (b'{"id": 6, "clause": "\xff\xfe"}', "the clause is no plain text in UTF-8"),
    (b'{"id": 7, "clause": "\\ud800"}', "the clause is no plain text in UTF-8"),
    (b'{"id": 8, "clause": "' + b"x" * 1_000_000 + b'"}', "the clause has 1000000 characters"),
    (b'{"id": 0, "clause": "A stair."}', "the id '0' stands in an earlier row"),
    (b"{broken", "is no JSON"),
    (b"[1, 2]", "is no JSON object"),
    (b"[" * 100_000, "is no JSON"),
]


def test_rows_that_fail_are_recorded_and_stop_nothing(tmp_path, output):
    path = tmp_path / "in.jsonl"
    good = [b'{"id": 0, "clause": "A door."}', '{"id": 9, "clause": "باب 🚪"}'.encode()]
    path.write_bytes(b"\n".join([good[0], *(line for line, _ in BAD_ROWS), good[1]]))
    assert run(path, output, Parrot(batch_size=1)) == (len(BAD_ROWS), 0)
    first, *bad, last = results(output)
    assert (first["rule"], last["rule"], last["clause"]) == (RULE, RULE, "باب 🚪")
    for row, (line, problem) in zip(bad, BAD_ROWS, strict=True):
        assert row["problem"].startswith(problem), line[:60]
        assert (row["rule"], row["valid"]) == ("", False)


@pytest.mark.parametrize("kept", ["", "whole", "half a line", "all but the last newline"])
def test_a_stopped_job_goes_on_with_every_row_once(source, output, kept):
    run(source, output)
    whole = output.read_bytes()
    output.unlink()
    lines = whole.splitlines(keepends=True)
    part = {
        "": b"",
        "whole": b"".join(lines[:8]),
        "half a line": b"".join(lines[:5]) + lines[5][:30],
        "all but the last newline": whole[:-1],
    }[kept]
    output.with_name("out.jsonl.part").write_bytes(part)
    parrot = Parrot()
    assert run(source, output, parrot) == (0, 0)
    assert output.read_bytes() == whole
    assert len(parrot.heard) == 20 - part.count(b"\n")


def test_a_killed_job_goes_on_with_every_row_once(tmp_path, output):
    source = table(tmp_path / "in.csv", 60)
    part = output.with_name("out.jsonl.part")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.batch.parrot", str(source), str(output), "0.05"],
        cwd=ROOT,
    )
    wait_for(lambda: part.exists() and part.stat().st_size, process)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not output.exists()
    parrot = Parrot()
    run(source, output, parrot)
    assert 0 < len(parrot.heard) < 60
    assert [row["id"] for row in results(output)] == [f"{n:03}" for n in range(60)]


def test_a_full_disk_loses_nothing(tmp_path, output):
    """A limit on the size of files stops writing as a full disk does, in the middle of a line."""
    source = table(tmp_path / "in.csv", 40)
    command = [sys.executable, "-m", "tests.batch.parrot", str(source), str(output), "0"]
    stopped = subprocess.run([*command, "5000"], cwd=ROOT, capture_output=True, text=True)
    assert stopped.returncode == 1
    said = r"could not be written: File too large; (\d+) of 40 rows are kept"
    found = re.search(said, stopped.stderr)
    assert found
    kept = int(found[1])
    assert 0 < kept < 40
    assert len(stopped.stderr.splitlines()) == 1
    assert not output.exists()
    parrot = Parrot()
    run(source, output, parrot)
    assert len(parrot.heard) == 40 - kept
    assert [row["id"] for row in results(output)] == [f"{n:03}" for n in range(40)]


def test_temporary_files_that_find_no_room_lose_nothing(tmp_path, output, monkeypatch):
    def small(*arguments, connect=sqlite3.connect, **options):
        base = connect(*arguments, **options)
        base.execute("PRAGMA max_page_count = 4")
        return base

    monkeypatch.setattr(sqlite3, "connect", small)
    with pytest.raises(OutputError, match=r"no room for temporary files.* of 3000 rows are kept"):
        run(table(tmp_path / "in.csv", 3000), output)


def test_killed_at_twenty_moments_every_row_has_exactly_one_result(tmp_path, output):
    source = table(tmp_path / "in.csv", 600)
    part = output.with_name("out.jsonl.part")
    command = [sys.executable, "-m", "tests.batch.parrot", str(source), str(output), "0.01"]
    rng = random.Random(7)
    lengths = [0]
    for _ in range(20):
        process = subprocess.Popen(command, cwd=ROOT)
        wait_for(lambda: part.exists() and part.stat().st_size > lengths[-1], process)
        time.sleep(rng.uniform(0, 0.05))
        process.kill()
        process.wait()
        assert not output.exists()
        lengths.append(part.stat().st_size)
    assert lengths == sorted(set(lengths)), "each run went on where the last was killed"
    parrot = Parrot()
    run(source, output, parrot)
    assert parrot.heard
    assert [row["id"] for row in results(output)] == [f"{n:03}" for n in range(600)]
    assert {row["rule"] for row in results(output)} == {RULE}


def wait_for(condition, process, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, "the job ended before it could be stopped"
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_ten_thousand_rows_that_say_the_same_are_interpreted_once(tmp_path, output):
    source = tmp_path / "in.csv"
    source.write_text("clause\n" + "A door shall have a handle.\n" * 10_000)
    parrot = Parrot(batch_size=16)
    assert run(source, output, parrot) == (0, 0)
    assert len(parrot.heard) == 1
    assert len({row["id"] for row in results(output)}) == 10_000


def test_a_row_of_100_kilobytes_is_recorded(tmp_path, output):
    source = tmp_path / "in.csv"
    source.write_text(f"id,clause\n1,{'long ' * 20_000}\n2,A door.\n")
    assert run(source, output) == (1, 0)
    long, door = results(output)
    assert long["problem"].startswith("the clause has 100000 characters")
    assert door["rule"] == RULE


def test_parquet_can_be_written(source, tmp_path):
    output = tmp_path / "out.parquet"
    assert run(source, output) == (0, 0)
    found = pyarrow.parquet.read_table(output).to_pylist()
    assert [row["id"] for row in found] == [f"{n:03}" for n in range(20)]
    assert found[0]["rule"] == RULE
    assert (found[0]["confidence"], found[0]["valid"], found[0]["lint"]) == (0.5, True, [])
    assert {path.name for path in tmp_path.iterdir()} == {"in.csv", "out.parquet"}


def test_a_confidence_that_is_not_known_is_null_in_parquet_too(tmp_path):
    source, output = tmp_path / "in.csv", tmp_path / "out.parquet"
    source.write_text('id,clause\n1,A door shall have a handle.\n2," "\n')
    run(source, output)
    column = pyarrow.parquet.read_table(output)["confidence"]
    assert (str(column.type), column.to_pylist()) == ("double", [0.5, None])


def test_parquet_that_cannot_be_written_leaves_the_results(source, tmp_path, monkeypatch):
    def fail(*arguments):
        raise OSError(28, "No space left on device")

    output = tmp_path / "out.parquet"
    monkeypatch.setattr("pyarrow.parquet.ParquetWriter", fail)
    with pytest.raises(OutputError, match=r"No space left on device; all rows are kept"):
        run(source, output)
    monkeypatch.undo()
    parrot = Parrot()
    run(source, output, parrot)
    assert not parrot.heard
    assert pyarrow.parquet.read_table(output).num_rows == 20


def test_an_output_of_another_kind_is_refused(source, tmp_path):
    with pytest.raises(CorpusError, match=r"ends in .jsonl, .ndjson, .parquet, not '.xlsx'"):
        run(source, tmp_path / "out.xlsx")


def test_an_interrupted_job_says_how_to_go_on(source, output):
    def interrupt(clauses):
        if "Door 8 shall have a handle." in clauses:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match=r"8 of 20 rows are kept in out.jsonl.part"):
        run(source, output, Parrot(before=interrupt))
    run(source, output)
    assert len(results(output)) == 20


def test_nothing_is_left_of_a_job_that_did_nothing(source, output, tmp_path):
    def fail(clauses):
        raise ValueError("the model is broken")

    with pytest.raises(ValueError, match="broken"):
        run(source, output, Parrot(before=fail))
    assert list(tmp_path.iterdir()) == [source]


def test_an_output_that_exists_is_not_written_over(source, output, tmp_path):
    output.write_text("precious")
    with pytest.raises(FileExistsError, match="--overwrite"):
        run(source, output)
    os.mkfifo(tmp_path / "pipe.jsonl")
    for place in (tmp_path, tmp_path / "pipe.jsonl"):
        with pytest.raises(FileExistsError, match="another name"):
            run(source, place, overwrite=True)
    assert (tmp_path / "pipe.jsonl").is_fifo()
    assert output.read_text() == "precious"
    run(source, output, overwrite=True)
    assert len(results(output)) == 20


def test_replacing_an_output_can_be_interrupted_and_gone_on_with(source, output):
    def interrupt(clauses):
        if "Door 8 shall have a handle." in clauses:
            raise KeyboardInterrupt

    output.write_text("precious")
    with pytest.raises(KeyboardInterrupt, match="same command without --overwrite goes on"):
        run(source, output, Parrot(before=interrupt), overwrite=True)
    assert output.read_text() == "precious"
    parrot = Parrot()
    run(source, output, parrot)
    assert len(parrot.heard) == 12
    assert len(results(output)) == 20


def test_a_part_of_another_job_is_not_gone_on_with(source, output, tmp_path):
    part = output.with_name("out.jsonl.part")
    run(source, output)
    output.rename(part)
    other = tmp_path / "other.csv"
    other.write_text(source.read_text().replace("Door 3", "Gate 3"))
    with pytest.raises(OutputError, match="was not made from this input"):
        run(other, output)
    parrot = Parrot()
    parrot.info = SimpleNamespace(name="other", sha256=None)
    with pytest.raises(OutputError, match="made with the adapter feathers, not other"):
        run(source, output, parrot)
    part.write_text("no JSON\n")
    with pytest.raises(OutputError, match="remove it or give --overwrite"):
        run(source, output)
    run(source, output, overwrite=True)
    assert len(results(output)) == 20


@pytest.mark.parametrize(
    ("key", "what"),
    [("adapter_sha256", "adapter of that name"), ("examples_sha256", "set of examples")],
)
def test_a_part_by_another_adapter_of_the_same_name_is_not_gone_on_with(source, output, key, what):
    def job(sha256):
        parrot = Parrot()
        adapter_sha256 = sha256 if key == "adapter_sha256" else None
        parrot.info = SimpleNamespace(name="feathers", sha256=adapter_sha256)
        engine = LocalEngine(parrot)
        if key == "examples_sha256":
            engine.examples_sha256 = sha256
        BatchJob(Source(source), output).run(engine)

    job("abc")
    assert {row[key] for row in results(output)} == {"abc"}
    part = output.with_name("out.jsonl.part")
    part.write_text("".join(output.read_text().splitlines(keepends=True)[:7]))
    output.unlink()
    with pytest.raises(OutputError, match=f"made with another {what}: remove it or"):
        job("abd")
    job("abc")
    assert len(results(output)) == 20


def test_an_adapter_is_told_from_another_by_its_files(tmp_path):
    def adapter(place, **more):
        folder = tmp_path / place / "adapter"
        folder.mkdir(parents=True)
        files = {"adapter_config.json": "{}", "adapter_model.safetensors": "0", **more}
        for name, text in files.items():
            (folder / name).write_text(text)
        return AdapterInfo(name="adapter", folder=folder, base="tiny").sha256

    assert adapter("a") == adapter("b")
    others = [{"adapter_model.safetensors": "1"}, {"p4ir.json": "{}"}]
    hashes = {adapter("c", **others[0]), adapter("d", **others[1]), adapter("e")}
    assert len(hashes) == 3


@pytest.mark.parametrize("then", ["", '"beams": 1, "channel": null, '])
def test_a_part_of_an_earlier_version_is_gone_on_with(source, output, then):
    run(source, output)
    now = output.read_text().splitlines(keepends=True)
    begun = [line.replace('"beams": 1, ', then) for line in now[:7]]
    output.unlink()
    output.with_name("out.jsonl.part").write_text("".join(begun))
    run(source, output)
    assert output.read_text() == "".join([*begun, *now[7:]])


def test_two_jobs_do_not_write_the_same_output(source, output):
    def start_another(clauses):
        with pytest.raises(OutputError, match="another process is writing it"):
            run(source, output)

    run(source, output, Parrot(before=start_another))
    assert len(results(output)) == 20


def test_a_job_that_is_told_to_replace_leaves_what_another_process_is_writing(source, output):
    def start_another(clauses):
        with pytest.raises(OutputError, match="another process is writing it"):
            run(source, output, overwrite=True)

    parrot = Parrot(before=start_another)
    assert run(source, output, parrot) == (0, 0)
    assert len(parrot.heard) == 20
    assert len(results(output)) == 20


def test_an_output_belongs_to_its_job_until_it_is_there(source, tmp_path, monkeypatch):
    def start_another(*arguments, write=pyarrow.parquet.ParquetWriter):
        if not refused:
            for overwrite in (False, True):
                with pytest.raises(OutputError, match="another process is writing it") as error:
                    run(source, output, overwrite=overwrite)
                refused.append(error)
        return write(*arguments)

    refused, output = [], tmp_path / "out.parquet"
    monkeypatch.setattr("pyarrow.parquet.ParquetWriter", start_another)
    run(source, output)
    assert len(refused) == 2
    assert pyarrow.parquet.read_table(output).num_rows == 20


def test_an_output_that_appeared_in_the_meantime_is_not_written_over(source, output):
    jobs = [BatchJob(Source(source), output) for _ in range(2)]
    jobs[0].run(LocalEngine(Parrot()))
    with pytest.raises(FileExistsError, match="--overwrite"):
        jobs[1].run(LocalEngine(Parrot()))
    assert not output.with_name("out.jsonl.part").exists()


@pytest.mark.parametrize("folder", ["missing", "/proc"])
def test_an_output_that_cannot_be_written_is_refused_before_anything_is_done(
    source, tmp_path, folder
):
    parrot = Parrot()
    with pytest.raises(OutputError):
        run(source, tmp_path / folder / "out.jsonl", parrot)
    assert not parrot.heard


def test_results_are_written_while_the_job_runs(source, output):
    part = output.with_name("out.jsonl.part")
    seen = []
    run(source, output, Parrot(before=lambda clauses: seen.append(len(part.read_bytes()) > 0)))
    assert seen == [False, True, True]
    assert CHUNK * Parrot().batch_size == 8


def test_the_command_counts_what_failed_and_exits_with_0(
    tmp_path, output, tiny_adapter, model_writes, capsys
):
    model_writes(lambda clause: RULE if "door" in clause else "no rule at all")
    source = tmp_path / "in.csv"
    source.write_text("id,clause\n1,A door.\n2,A stair.\n3,\n")
    command = ["batch", str(source), str(output), "--adapter", str(tiny_adapter)]
    assert main(command) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1] == f"p4ir: 3 rows to {output}, 2 without a rule, 0 mended"
    assert len(lines) == 2
    assert [row["rule"] for row in results(output)] == [RULE, "", ""]
    assert main(command) == 2
    assert "--overwrite" in capsys.readouterr().err


def test_the_command_writes_other_notations(tmp_path, output, tiny_adapter, model_writes):
    model_writes(lambda clause: RULE)
    source = table(tmp_path / "in.csv", 1)
    command = ["batch", str(source), str(output), "--adapter", str(tiny_adapter)]
    assert main([*command, "--to", "outline"]) == 0
    assert results(output)[0]["rule"].startswith("if\n exist: door\nthen")


def test_the_command_does_not_replace_its_input(tmp_path, tiny_adapter, capsys):
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": 1, "clause": "A door."}\n')
    command = ["batch", str(source), str(source), "--adapter", str(tiny_adapter), "--overwrite"]
    assert main(command) == 2
    assert "is the input" in capsys.readouterr().err
    assert source.read_text().startswith('{"id": 1')
