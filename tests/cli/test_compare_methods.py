"""Methods compared through the command line, killed on the way and called again."""

import os
import signal
import subprocess
import sys
import time

import pytest

from p4ir.cli import main

CALL = "import sys; from p4ir.cli import main; sys.exit(main(sys.argv[1:]))"


def command(output):
    settings = ("validation.limit=2", "validation.every=1", "trainer.max_steps=3")
    pairs = [part for setting in settings for part in ("--set", setting)]
    return ["compare-methods", "grpo/tiny", "--methods", "gspo", "--output", str(output), *pairs]


def kill_when_there_is(path, process):
    deadline = time.monotonic() + 600
    try:
        while not path.exists():
            assert process.poll() is None, "it ended before there was anything to kill"
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()


def test_a_killed_comparison_goes_on_where_it_was(tmp_path, capsys):
    output = tmp_path / "methods"
    kill_when_there_is(
        output / "gspo-0/run/checkpoints/checkpoint-1/trainer_state.json",
        subprocess.Popen([sys.executable, "-c", CALL, *command(output)]),
    )
    began = (output / "start/evaluation/predictions.jsonl").stat().st_mtime_ns
    assert main(command(output)) == 0
    assert (output / "start/evaluation/predictions.jsonl").stat().st_mtime_ns == began
    said = capsys.readouterr()
    assert "start, seed 0 (1 of 2): done" in said.err
    assert said.out == (output / "comparison.md").read_text()
    gspo = next(line for line in said.out.splitlines() if line.startswith("| gspo"))
    assert gspo.split("|")[8].strip() == "3"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--methods", "gspo", "gspa"], "method gspa"),
        (["--seeds", "x"], "invalid int"),
        (["--set", "trainer.max_steps=0"], "set trainer.max_steps"),
    ],
)
def test_mistakes_are_said_in_a_line(arguments, message, tmp_path, capsys):
    try:
        status = main(["compare-methods", "grpo/tiny", "--output", str(tmp_path), *arguments])
    except SystemExit as stopped:
        status = stopped.code
    assert status == 2
    assert message in capsys.readouterr().err
