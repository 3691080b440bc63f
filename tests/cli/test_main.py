import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from p4ir import cli
from p4ir.cli import VERBS, main
from p4ir.cli.arguments import NOTATION_NAMES
from p4ir.cli.reference import reference
from p4ir.errors import CorpusError, OutputError
from p4ir.rules import NOTATIONS

ROOT = Path(__file__).resolve().parents[2]


def p4ir(*arguments, **options):
    command = [sys.executable, "-c", "from p4ir.cli import main; import sys; sys.exit(main())"]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, **options)


def test_help_is_instant():
    """CPU time, since a busy machine must not fail a test; the interpreter itself is in it."""
    before = os.times()
    assert p4ir("--help").returncode == 0
    after = os.times()
    used_s = after.children_user - before.children_user
    used_s += after.children_system - before.children_system
    assert used_s < 0.3


def test_importing_p4ir_or_its_command_line_loads_no_library_of_weight():
    code = (
        "import sys, p4ir, p4ir.cli; "
        "sys.exit(bool({'torch', 'transformers', 'numpy', 'rich'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_reading_and_scoring_load_no_torch():
    code = (
        "import sys, p4ir.rules, p4ir.corpus, p4ir.metrics, p4ir.evaluation.evaluate; "
        "sys.exit(bool({'torch', 'transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_help_names_every_verb(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert all(re.search(rf"^ +{verb}\b", text, re.MULTILINE) for verb in VERBS)


def test_help_names_every_notation():
    assert NOTATION_NAMES.replace(" or ", ", ").split(", ") == list(NOTATIONS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_says_what_it_does(verb, capsys):
    with pytest.raises(SystemExit) as stop:
        main([verb, "--help"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: p4ir {verb}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: VERB; p4ir --help says more"),
        (["intrepret"], "invalid choice: 'intrepret'"),
        (["batch", "in.csv"], "required: OUT; p4ir batch --help says more"),
        (["batch", "a", "b", "--batch-size", "0"], "expected a whole number of at least 1"),
        (["batch", "a", "b", "--batch-size", "²"], "expected a whole number of at least 1"),
        (
            ["score", "a.csv", "--reference", "b.csv", "--seed", "x"],
            "expected a whole number of at least 0, not 'x'",
        ),
    ],
)
def test_a_wrong_argument_is_one_line_and_status_2(capsys, arguments, message):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    err = capsys.readouterr().err
    assert message in err
    assert len(err.splitlines()) == 1


@pytest.fixture
def raising(monkeypatch):
    """Run a command that raises an error."""

    def run(error, *arguments):
        def fail(arguments):
            raise error

        monkeypatch.setattr(cli, "_run", fail)
        return main(list(arguments))

    return run


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (
            CorpusError("a.csv: line 3: the rule is missing"),
            2,
            "a.csv: line 3: the rule is missing",
        ),
        (OutputError("a.csv: cannot be written"), 1, "a.csv: cannot be written"),
        (OSError(28, "No space left on device"), 1, "[Errno 28] No space left on device"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (KeyboardInterrupt("3 of 5 rows are kept"), 130, "interrupted; 3 of 5 rows are kept"),
        (MemoryError(), 1, "out of memory"),
        (ValueError("odd\nmore"), 1, "unexpected ValueError: odd (--debug shows where)"),
    ],
)
def test_an_error_is_one_line(raising, capsys, error, status, line):
    assert raising(error) == status
    assert capsys.readouterr().err == f"p4ir: {line}\n"


def test_debug_shows_where(raising):
    with pytest.raises(CorpusError):
        raising(CorpusError("x"), "--debug")


def test_a_reader_that_went_away_ends_the_command_in_silence(raising, capsys):
    assert raising(BrokenPipeError()) == 128 + signal.SIGPIPE
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_behind_standard_output_is_one_line():
    with open("/dev/full", "w") as full:
        command = "from p4ir.cli import main; import sys; sys.exit(main(['model', 'list']))"
        found = subprocess.run(
            [sys.executable, "-c", command], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert found.returncode == 1
    assert found.stderr == "p4ir: [Errno 28] No space left on device\n"


@pytest.mark.parametrize(
    ("sent", "status", "word"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_libraries_are_silent_and_a_signal_is_one_line(tiny_adapter, tmp_path, sent, status, word):
    """The whole command, as a user runs it: what it says, until it is interrupted."""
    source = tmp_path / "in.csv"
    rows = "".join(f"{n},Door {n} shall have a handle.\n" for n in range(3000))
    source.write_text("id,clause\n" + rows)
    code = "from p4ir.cli import main; import sys; sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "batch", str(source), str(tmp_path / "out.jsonl"),
         "--adapter", str(tiny_adapter), "--batch-size", "4"],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 300
    while not (part := tmp_path / "out.jsonl.part").exists() or not part.stat().st_size:
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(sent)
    _, err = process.communicate()
    assert process.returncode == status
    progress = re.compile(r"p4ir: \d+/3000 clauses, [0-9.e+]+ a second, about \d+ s left")
    announced, stopped = (line for line in err.splitlines() if not progress.fullmatch(line))
    assert "adapter tiny on tiny-random" in announced
    assert re.fullmatch(
        rf"p4ir: {word}; \d+ of 3000 rows are kept in out.jsonl.part, "
        "the same command goes on from there",
        stopped,
    )


def test_the_reference_of_the_command_line_is_current(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    path = ROOT / "docs" / "cli.md"
    assert path.read_text(encoding="utf-8") == reference(), "run `make docs`"
    assert "--debug" in reference()
