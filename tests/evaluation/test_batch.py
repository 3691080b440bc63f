import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pyarrow
import pyarrow.parquet
import pytest

from p4ir.cli import main
from p4ir.errors import CorpusError, OutputError
from p4ir.evaluation.batch import CHUNK, BatchJob, read_rows
from tests.evaluation.parrot import Parrot

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
    return BatchJob(read_rows(source), output, overwrite).run(interpreter or Parrot())


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
        "problem": "",
        "model": "parrot",
        "adapter": "feathers",
        "notation": "lrml",
    }


@pytest.mark.parametrize(
    ("name", "content", "ids"),
    [
        ("a.csv", "id,text\n007,A door.\n 8 ,A stair.\n", ["007", " 8 "]),
        ("a.tsv", "clause\tid\nA door.\tx\n", ["x"]),
        ("a.jsonl", '{"id": 7, "clause": "A door."}\n{"id": "007", "clause": "B"}\n', ["7", "007"]),
        ("a.jsonl", '{"id": 7.5, "text": "A door."}\n', ["7.5"]),
        ("a.csv", "clause\nA door.\nA stair.\n", ["a/2", "a/3"]),
        ("a.csv", "file,number,text\nE2,1.1,A door.\n", ["E2/1.1"]),
        ("a.csv", "id,clause\n,A door.\n2,A stair.\n", ["a/2", "2"]),
    ],
)
def test_an_id_is_the_text_that_was_read(tmp_path, name, content, ids):
    path = tmp_path / name
    path.write_text(content)
    assert [row.id for row in read_rows(path)] == ids


def test_parquet_is_read(tmp_path):
    path = tmp_path / "in.parquet"
    columns = {"id": [1, 2], "text": ["A door.", None], "other": [b"x", b"y"]}
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    first, second = read_rows(path)
    assert (first.id, first.clause, first.problem) == ("1", "A door.", "")
    assert (second.id, second.problem) == ("2", "the clause is missing")


def test_ids_without_a_column_are_those_of_a_corpus_read_from_the_same_file(tmp_path):
    from p4ir.corpus.reading import read_corpus

    for content in ("file,number,text\nE2,1.1,A door.\n", "clause\nA door.\nA stair.\n"):
        path = tmp_path / "in.csv"
        path.write_text(content)
        records = read_corpus(path, need_rules=False)
        assert [row.id for row in read_rows(path)] == [record.id for record in records]


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


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "number,words\n1,A door.\n", "no column with the clause"),
        ("a.csv", "id,clause\n", "has no rows"),
        ("a.csv", "", "is empty"),
        ("a.csv", "\0\1\2" * 100, "is a binary file"),
        ("a.csv", "PK\x03\x04", "Excel workbook"),
        ("a.txt", "A door.", "ends in .csv"),
        ("none.csv", None, "No such file"),
    ],
)
def test_an_input_that_is_no_table_of_clauses_is_refused(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(CorpusError, match=message):
        read_rows(tmp_path / name)


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
        [sys.executable, "-m", "tests.evaluation.parrot", str(source), str(output), "0.05"],
        cwd=ROOT,
    )
    deadline = time.monotonic() + 60
    while not (part.exists() and part.stat().st_size):
        assert process.poll() is None, "the job ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.005)
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
    command = [sys.executable, "-m", "tests.evaluation.parrot", str(source), str(output), "0"]
    stopped = subprocess.run([*command, "5000"], cwd=ROOT, capture_output=True, text=True)
    assert stopped.returncode == 1
    assert "could not be written: File too large; 16 of 40 rows are kept" in stopped.stderr
    assert len(stopped.stderr.splitlines()) == 1
    assert not output.exists()
    parrot = Parrot()
    run(source, output, parrot)
    assert len(parrot.heard) < 40
    assert [row["id"] for row in results(output)] == [f"{n:03}" for n in range(40)]


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
    with pytest.raises(FileExistsError, match="another name"):
        run(source, tmp_path)
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
    parrot.info = SimpleNamespace(name="other")
    with pytest.raises(OutputError, match="made with the adapter feathers, not other"):
        run(source, output, parrot)
    part.write_text("no JSON\n")
    with pytest.raises(OutputError, match="remove it or give --overwrite"):
        run(source, output)
    run(source, output, overwrite=True)
    assert len(results(output)) == 20


def test_two_jobs_do_not_write_the_same_output(source, output):
    def start_another(clauses):
        with pytest.raises(OutputError, match="another process is writing it"):
            run(source, output)

    run(source, output, Parrot(before=start_another))
    assert len(results(output)) == 20


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
