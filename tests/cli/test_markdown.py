import sys

import pytest
from rich.text import Text

from p4ir.cli.terminal import print_markdown

TEXT = "# Systems\n\n| metric | a |\n| :--- | ---: |\n| nTED of all the clauses | 0.5 |"


def test_markdown_is_printed_as_it_is_where_it_is_not_read_on_a_terminal(capsys):
    print_markdown(TEXT)
    assert capsys.readouterr().out == TEXT + "\n"


def test_a_terminal_gets_tables_that_fit_it(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "24")
    print_markdown(TEXT)
    lines = Text.from_ansi(capsys.readouterr().out).plain.splitlines()
    assert "|" not in "".join(lines)
    assert max(map(len, lines)) <= 24
    assert any("0.5" in line and "nTED" in line for line in lines)


@pytest.mark.parametrize("cell", ["smollm2-135m-nzbc-sft", "1234567"])
def test_what_a_terminal_has_no_room_for_is_not_cut(capsys, monkeypatch, cell):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "16")
    text = TEXT.replace("0.5", cell)
    print_markdown(text)
    assert capsys.readouterr().out == text + "\n"
