"""Methods compared through the command line, killed on the way and called again."""

import signal
import subprocess
import sys
import time

import pytest

from p4ir.cli import main
from p4ir.training.run import Run

CALL = "import sys; from p4ir.cli import main; sys.exit(main(sys.argv[1:]))"
FIRST = "gspo-0/run/checkpoints/checkpoint-1/trainer_state.json"
"""Written when there is something to go on from."""


def command(output, steps=3):
    settings = ("validation.limit=2", "validation.every=1", f"trainer.max_steps={steps}")
    pairs = [part for setting in settings for part in ("--set", setting)]
    return ["compare-methods", "grpo/tiny", "--methods", "gspo", "--output", str(output), *pairs]


def wait_for(path, process):
    deadline = time.monotonic() + 600
    while not path.exists():
        assert process.poll() is None, "it ended before there was anything to stop"
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_killed_comparison_goes_on_where_it_was(tmp_path, capsys):
    output = tmp_path / "methods"
    process = subprocess.Popen([sys.executable, "-c", CALL, *command(output)])
    try:
        wait_for(output / FIRST, process)
    finally:
        process.kill()
        process.wait()
    began = (output / "start/evaluation/predictions.jsonl").stat().st_mtime_ns
    assert main(command(output)) == 0
    assert (output / "start/evaluation/predictions.jsonl").stat().st_mtime_ns == began
    said = capsys.readouterr()
    assert "start, seed 0 (1 of 2): done" in said.err
    assert said.out == (output / "comparison.md").read_text()
    _, cost = (line for line in said.out.splitlines() if line.startswith("| gspo"))
    assert cost.split("|")[4].strip() == "3"


@pytest.mark.parametrize(
    ("sent", "status", "word"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_a_signal_to_the_command_alone_stops_the_trial_where_it_goes_on(
    tmp_path, sent, status, word
):
    output = tmp_path / "methods"
    process = subprocess.Popen(
        [sys.executable, "-c", CALL, *command(output, steps=1000)],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        wait_for(output / FIRST, process)
        process.send_signal(sent)
        _, err = process.communicate(timeout=300)
    finally:
        process.kill()
    assert process.returncode == status
    assert err.splitlines()[-1] == f"p4ir: {word}; called again, it goes on where it was"
    assert "saving after this step" in err
    assert "Traceback" not in err
    run = Run(output / "gspo-0/run")
    assert not run.is_training()
    assert run.latest_step() >= 1


@pytest.mark.parametrize(
    "arguments", [["compare-methods", "grpo/tiny", "--method", "nosuch"],
                  ["train", "grpo", "grpo/tiny", "--method", "nosuch"]],
)  # fmt: skip
def test_a_method_that_there_is_not_is_told_before_torch_is_loaded(arguments):
    code = (
        "import sys; from p4ir.cli import main; status = main(sys.argv[1:]); "
        "sys.exit(9 if 'torch' in sys.modules else status)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("p4ir: method nosuch is not known; there are ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--methods", "gspo", "gspa"], "method gspa"),
        (["--seeds", "x"], "invalid int"),
        (["--set", "trainer.max_steps=0"], "set trainer.max_steps"),
        (["--set", "guard.enabled=false"], "--set guard.enabled: the guard, which"),
        (["--output", __file__], f"{__file__}: cannot be written: {__file__} is no folder"),
    ],
)
def test_mistakes_are_said_in_a_line(arguments, message, tmp_path, capsys):
    try:
        status = main(["compare-methods", "grpo/tiny", "--output", str(tmp_path), *arguments])
    except SystemExit as stopped:
        status = stopped.code
    assert status == (1 if "cannot be written" in message else 2)
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
