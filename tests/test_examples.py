"""The examples are called as their first lines say."""

import subprocess

import pytest

SCORE = "examples/score.sh"


@pytest.mark.parametrize("arguments", [[], ["corpus.csv", "sft", "more"]])
def test_scoring_called_otherwise_than_it_should_be_is_one_line(arguments):
    called = subprocess.run(
        ["bash", SCORE, *arguments], capture_output=True, text=True, check=False
    )
    assert (called.returncode, called.stdout) == (2, "")
    assert called.stderr == f"usage: {SCORE} CORPUS.csv [ADAPTER]\n"
