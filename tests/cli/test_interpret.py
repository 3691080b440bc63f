import io
import json
import re
import sys

import pytest

from p4ir.cli import main, terminal
from p4ir.cli.terminal import show
from p4ir.inference.interpretation import Interpretation, read_completion
from p4ir.rules import parse_rule
from tests.completions import spell_out

RULE = "if(exist(door)),then(obligation(greaterThanEqual(door.clearWidth,850 mm)))"
GATE = "A gate shall have a clear width of 1.1 m."
KEYS = {"id", "clause", "rule", "valid", "repaired", "confidence", "lint", "model", "adapter",
        "notation"}  # fmt: skip


@pytest.fixture
def interpret(tiny_adapter, model_writes, capsys, monkeypatch):
    model_writes(lambda clause: "no rule" if "background" in clause else RULE)

    def run(*arguments, stdin=None):
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        status = main(["interpret", "--adapter", str(tiny_adapter), *arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def test_off_a_terminal_a_rule_is_one_line(interpret):
    status, out, err = interpret("A door shall have a clear width of 850 mm. " * 25)
    assert (status, out) == (0, RULE + "\n")
    assert len(err.splitlines()) == 1
    assert "drafts for expert review" in err


def test_a_clause_is_an_argument_a_file_or_standard_input(interpret, tmp_path):
    path = tmp_path / "clauses.txt"
    path.write_text("One door\nof wood.\n\n \t\n\r\nTwo doors.\r\n\r\nThree doors.\n")
    assert interpret("One door.")[1] == RULE + "\n"
    assert interpret("--file", str(path))[1] == (RULE + "\n") * 3
    assert interpret(stdin="\ufeffOne door.\n\nTwo باب 🚪.".encode())[1] == (RULE + "\n") * 2
    _, out, _ = interpret("--file", str(path), "--json")
    assert [json.loads(line)["clause"] for line in out.splitlines()] == [
        "One door of wood.", "Two doors.", "Three doors."
    ]  # fmt: skip


def test_what_is_left_out_of_a_file_is_said(interpret, tmp_path):
    path = tmp_path / "code.txt"
    path.write_text("1 Doors\n\n1.1 One door.\n")
    _, _, err = interpret("--file", str(path))
    said = f"p4ir: {path}: 1 paragraph left out as headings and the like: '1 Doors'"
    assert said in err.splitlines()


def test_json_is_one_object_a_clause(interpret):
    status, out, _ = interpret("--json", stdin=b"A door.\n\nSome background.\n")
    first, second = map(json.loads, out.splitlines())
    assert set(first) >= KEYS
    assert (first["id"], first["rule"], first["valid"]) == ("1", RULE, True)
    assert (second["id"], second["rule"], second["valid"]) == ("2", "", False)
    assert second["problem"] == "the model wrote no rule but 'no rule'"
    assert status == 1


def test_a_clause_without_a_rule_is_named_on_stderr(interpret):
    status, out, err = interpret(stdin=b"Some background.\n\nA door.\n")
    assert (status, out) == (1, RULE + "\n")
    assert "p4ir: clause 1: the model wrote no rule but 'no rule'" in err.splitlines()


def test_off_a_terminal_doubts_are_lines_on_stderr_that_name_the_clause(interpret, tmp_path):
    path = tmp_path / "code.txt"
    path.write_text("2.1 A door shall have a clear width of 850 mm.\n2.2 " + GATE)
    doubts = [
        "850 mm not in the clause",
        "1.1 m: in the clause, but no part of the rule takes it up",
        "no words of the clause support door, door.clearWidth",
    ]
    _, out, err = interpret("--file", str(path))
    assert out == (RULE + "\n") * 2
    assert err.splitlines()[1:] == [f"p4ir: clause code/2.2: {doubt}" for doubt in doubts]
    _, _, err = interpret(GATE)
    assert err.splitlines()[1:] == [f"p4ir: clause 1: {doubt}" for doubt in doubts]
    assert len(interpret(GATE, "--json")[2].splitlines()) == 1


def test_a_rule_can_be_written_in_other_notations(interpret):
    assert interpret("A door.", "--to", "outline")[1].startswith("if\n exist: door\nthen\n")
    assert json.loads(interpret("A door.", "--to", "json")[1])


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        ([""], None, "the clause is empty"),
        ([" \n "], None, "the clause is empty"),
        (["x" * 1_000_000], None, "the clause has 1000000 characters, at most 20000"),
        (["a\x01b"], None, "the clause is no plain text in UTF-8"),
        (["a\udcffb"], None, "the clause is no plain text in UTF-8"),
        ([], b"", "standard input: holds no text"),
        ([], b" \n\n\n ", "standard input: holds no text"),
        ([], b"\xff\xfe\0A", "standard input: is no text in UTF-8 (byte 0)"),
        ([], b"\0" * 1000, "the clause is no plain text in UTF-8"),
        ([], b"word " * 200_000, "the clause has 999999 characters"),
        (["--file", "nowhere.txt"], None, "nowhere.txt: cannot be read: No such file"),
        (["--file", "."], None, ".: cannot be read: Is a directory"),
        (["A door.", "--file", "a.txt"], None, "give a clause or --file, not both"),
        (["A door.", "--to", "klingon"], None, "--to: no notation 'klingon'; there are lrml"),
        (["A door.", "--adapter", "nowhere"], None, "no adapter 'nowhere'"),
        (["A door.", "--model", "./nowhere"], None, "nowhere"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_status_2(interpret, arguments, stdin, message):
    status, out, err = interpret(*arguments, stdin=stdin)
    assert (status, out) == (2, "")
    assert message in err
    assert len(err.splitlines()) == 1


@pytest.fixture
def drawn(monkeypatch):
    """Draw a result as on a terminal of some width; colours as escape sequences."""

    def draw(result, columns=80, text="", notation="lrml", colour=False):
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.delenv("NO_COLOR", raising=False)
        if colour:
            monkeypatch.setenv("FORCE_COLOR", "1")
        stream = io.StringIO()
        monkeypatch.setattr(sys, "stdout", stream)
        show(result, text, notation)
        monkeypatch.undo()
        return stream.getvalue()

    return draw


def lines(text):
    return [line.rstrip() for line in text.splitlines()]


def test_clause_and_rule_stand_side_by_side(drawn):
    clause = "A door shall have a clear width of 850 mm or more."
    result = read_completion(clause, spell_out(RULE), "lrml")
    assert lines(drawn(result)) == [
        "A door shall have a clear width   if",
        "of 850 mm or more.                └── exist door",
        "                                  then",
        "                                  └── obligation",
        "                                      └── greaterThanEqual",
        "                                          ├── door.clearWidth",
        "                                          └── 850 mm",
        "                                  confidence 0.90",
        "",
    ]
    assert "greaterThanEqual door.clearWidth, 850 mm" in drawn(result, 100)


def test_a_confidence_that_is_not_known_is_said_to_be_so(drawn):
    completion = spell_out(RULE)._replace(logprobs=(), spans=())
    text = drawn(read_completion("A door.", completion, "lrml"))
    assert "confidence unknown" in text
    assert "?" not in text.replace("? no words", "")


def test_doubts_are_marked_and_said(drawn):
    place = RULE.index("850")
    completion = spell_out(RULE[:-1], doubtful=(place, place + 6))
    text = drawn(read_completion("A door.", completion, "lrml"))
    assert "850 mm?" in text
    assert "clearWidth?" not in text
    assert "below 0.5 where marked ?" in text
    assert "? closed 1 bracket" in text


def test_what_the_clause_does_not_say_is_named(drawn):
    clause = "A gate shall have a height of 1.1 m."
    text = drawn(read_completion(clause, spell_out(RULE), "lrml"), 160)
    assert "! 850 mm not in the clause" in text
    assert "! 1.1 m: in the clause, but no part of the rule takes it up" in text
    assert "? no words of the clause support door" in text


def test_kinds_of_nodes_have_colours(drawn):
    text = drawn(read_completion("A door.", spell_out(RULE), "lrml"), colour=True)
    assert "\x1b[1;35mobligation\x1b[0m" in text
    assert "\x1b[32m850 mm\x1b[0m" in text
    assert "\x1b[36mexist\x1b[0m door" in text


def test_words_of_the_clause_have_the_colour_of_what_they_support(drawn):
    clause = "A door shall have a clear width of 850 mm or more."
    text = drawn(read_completion(clause, spell_out(RULE), "lrml"), 200, colour=True)
    left = text.splitlines()[0]
    assert "\x1b[32m850 mm\x1b[0m" in left
    assert "\x1b[1mdoor\x1b[0m" in left
    assert "\x1b[36mor more\x1b[0m" in left
    assert "A \x1b" in left


def test_numbers_that_the_clause_does_not_hold_are_marked_loudly(drawn):
    text = drawn(read_completion("A door shall be wide.", spell_out(RULE), "lrml"))
    assert "850 mm!" in text
    assert "door!" not in text


@pytest.mark.parametrize("columns", [20, 40, 59, 60, 80, 200])
def test_nothing_is_lost_nor_too_wide_however_narrow_the_terminal(drawn, columns):
    label = "externalWallCladdingMaterialOfThePrimaryStructure"
    rule = f"if(exist({label})),then(obligation(is({label}.type,'a (long) quotation, of words')))"
    clause = "AnExtremelyLongWordWithoutAnySpaceInIt" * 3 + " and others"
    text = drawn(read_completion(clause, spell_out(rule), "lrml"), columns)
    assert max(map(len, lines(text))) <= columns
    assert "…" not in text
    letters = re.sub(r"[\s│├└─]", "", text)
    if columns < terminal.WIDE:
        assert letters.startswith(clause.replace(" ", ""))
        tree, doubts = letters.split("nowordsoftheclausesupport")
        assert tree.count(label) == doubts.count(label) == 2


def test_a_rule_of_any_depth_can_be_shown(drawn):
    rule = "if(" + "not(" * 190 + "x" + ")" * 191 + ",then(y)"
    result = Interpretation(clause="Deep.", rule=parse_rule(rule), valid=True)
    assert "Deep." in drawn(result)


def test_markup_in_a_clause_is_shown_as_it_is(drawn):
    result = read_completion("[bold]A door[/bold] :door:", spell_out(RULE), "lrml")
    assert "[bold]A door[/bold] :door:" in drawn(result)


def test_a_clause_without_a_rule_says_why(drawn):
    text = drawn(read_completion("Some background.", spell_out("nothing"), "lrml"))
    assert "the model wrote no rule but 'nothing'" in text
    assert "confidence" not in text


def test_other_notations_are_shown_as_text(drawn):
    result = read_completion("A door.", spell_out(RULE), "lrml")
    assert "if\n" in drawn(result, 40, "if\n exist: door", "outline")
