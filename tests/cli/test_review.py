import io
import json
import sqlite3
from pathlib import Path

import pytest
from rich.cells import cell_len

from p4ir.cli import main
from p4ir.corpus import read_corpus
from p4ir.review import ReviewStore

RULE = "if(exist(door)),then(obligation(has(door,handle)))"
WIDER = "if(exist(door)),then(obligation(greaterThanEqual(door.width,900 mm)))"
ROWS = [
    {"id": "1", "clause": "Doors shall have a handle.", "rule": RULE, "model": "a-model"},
    {"id": "2", "clause": "Doors shall be wide.", "rule": RULE, "adapter": "x", "confidence": 0.5},
    {"id": "3", "clause": "Some talk.", "rule": "", "problem": "the model wrote no rule"},
]


@pytest.fixture
def review(tmp_path, monkeypatch, capsys):
    """Run `p4ir review` in a folder with rules.jsonl; return status, output and messages."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("P4IR_AUTHOR", "Ann")
    monkeypatch.delenv("P4IR_STORE", raising=False)
    (tmp_path / "rules.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))

    def run(*arguments):
        status = main(["review", *arguments])
        return status, *capsys.readouterr()

    return run


def test_rules_go_from_import_through_review_to_a_corpus(review, tmp_path):
    assert review("import", "rules.jsonl") == (
        0, "", "p4ir: 3 rules added to reviews.db, 1 without a rule, 0 already there\n"
    )  # fmt: skip
    assert review("approve", "1")[1] == "1  approved, version 2\n"
    assert review("flag", "2", "--note", "width, not handle")[0] == 0
    assert review("edit", "2", "--rule", WIDER, "--approve", "--author", "Bob")[0] == 0
    assert review("reject", "3", "--note", "no requirement")[0] == 0
    _, out, err = review("list")
    assert [line.split()[:2] for line in out.splitlines()] == [
        ["1", "approved"], ["2", "approved"], ["3", "rejected"]
    ]  # fmt: skip
    assert err == "0 draft, 2 approved, 0 flagged, 1 rejected\n"
    assert review("export", "corpus.jsonl")[2] == "p4ir: 2 rules written\n"
    records = read_corpus(tmp_path / "corpus.jsonl")
    assert [(record.id, record.split) for record in records] == [
        ("1", records[0].split), ("2", records[1].split)
    ]  # fmt: skip
    assert {record.split for record in records} == {"train", "validation"}
    assert review("export", "--to", "lrml")[1] == f"{RULE}\n{WIDER}\n"
    assert main(["convert", "corpus.jsonl", "--to", "legalruleml", "--output", "a.xml"]) == 0


def test_several_verdicts_at_once_are_all_given_or_none(review):
    review("import", "rules.jsonl")
    assert review("approve", "1", "3") == (
        2, "", "p4ir: 3: there is no rule to approve; edit it first\n"
    )  # fmt: skip
    assert review("approve", "1", "nowhere")[0] == 2
    assert review("list")[2].startswith("3 draft, 0 approved")
    assert review("approve", "1", "1", "2")[1] == "1  approved, version 2\n2  approved, version 2\n"
    assert review("reopen", "1", "1", "--version", "2")[1] == "1  draft, version 3\n"


def test_letters_that_standard_output_does_not_have_are_spelled_out(review, monkeypatch):
    review("import", "rules.jsonl")
    review("edit", "2", "--rule", WIDER, "--note", "Höhe ≥ 2 m")
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, "ascii"))
    for arguments in (["show", "2"], ["show", "2", "--json"]):
        assert main(["review", *arguments]) == 0
    said = written.getvalue().decode("ascii")
    assert "edit by Ann: H\\xf6he \\u2265 2 m" in said
    assert json.loads(said[said.index("{") :])["note"] == "Höhe ≥ 2 m"


def test_the_import_says_which_rows_a_batch_had_refused(review, tmp_path):
    empty = {"id": "4", "clause": "", "rule": "", "problem": "the clause is empty"}
    lines = "".join(json.dumps(row) + "\n" for row in [empty, *ROWS])
    (tmp_path / "batch.jsonl").write_text(lines)
    assert review("import", "batch.jsonl")[2] == (
        "p4ir: 3 rules added to reviews.db, 1 without a rule, 0 already there; "
        "1 row that the batch refused left out (line 1)\n"
    )


def test_an_export_onto_the_store_is_refused_and_every_approval_is_kept(review):
    review("import", "rules.jsonl")
    review("approve", "1")
    for more in ([], ["--to", "json"], ["--overwrite"]):
        status, _, said = review("export", "reviews.db", *more)
        assert (status, said.count("\n")) == (2, 1)
        assert "is a database" in said
    assert review("list", "--status", "approved")[1].startswith("1 ")


def test_an_export_replaces_a_file_only_if_told_to(review, tmp_path):
    review("import", "rules.jsonl")
    review("approve", "1")
    output = tmp_path / "out.lrml"
    output.write_text("mine")
    export = ("export", "out.lrml", "--to", "lrml")
    assert review(*export) == (
        2, "", "p4ir: out.lrml exists: give --overwrite to replace it\n"
    )  # fmt: skip
    assert output.read_text() == "mine"
    assert review(*export, "--overwrite")[0] == 0
    assert output.read_text() == f"{RULE}\n"


def test_a_corpus_is_written_to_no_name_that_promises_something_else(review, tmp_path):
    review("import", "rules.jsonl")
    review("approve", "1")
    assert review("export", "corpus.csv") == (
        2, "", "p4ir: corpus.csv: a corpus is JSON lines and ends in .jsonl or .ndjson, "
        "not '.csv'\n"
    )  # fmt: skip
    assert not (tmp_path / "corpus.csv").exists()
    assert review("export", "corpus.NDJSON")[0] == 0
    assert review("export", "rules.txt", "--to", "outline")[0] == 0


def test_an_export_to_a_hyphen_is_written_to_standard_output(review, tmp_path):
    review("import", "rules.jsonl")
    review("approve", "1")
    assert review("export", "-", "--to", "lrml")[1] == f"{RULE}\n"
    assert not (tmp_path / "-").exists()


def test_a_rule_is_shown_with_its_history(review):
    review("import", "rules.jsonl", "--document", "code.pdf", "--note", "first run")
    review("edit", "2", "--rule", WIDER, "--note", "it is about width")
    _, out, _ = review("show", "2")
    for part in ("code.pdf", "Doors shall be wide.", "greater than equal: door's width, 900 mm"):
        assert part in out
    assert "import by Ann: first run" in out
    assert "edit by Ann: it is about width" in out
    shown = json.loads(review("show", "2", "--json")[1])
    assert (shown["rule"], shown["model_rule"]) == (WIDER, RULE)
    assert [edit["action"] for edit in shown["history"]] == ["import", "edit"]
    assert "the model wrote no rule" in review("show", "3")[1]


def test_the_history_says_of_each_save_what_it_made_of_the_rule(review):
    review("import", "rules.jsonl", "--status", "flagged", "--note", "look")
    review("edit", "1", "--rule", WIDER, "--approve", "--author", "Boss")
    review("edit", "1", "--rule", RULE, "--author", "Bob")
    saves = [line.split()[3:] for line in review("show", "1")[1].splitlines()[-3:]]
    assert saves == [
        ["flagged", "import", "by", "Ann:", "look"],
        ["approved", "edit", "by", "Boss"],
        ["draft", "edit", "by", "Bob"],
    ]


@pytest.mark.parametrize("is_terminal", [False, True])
def test_a_note_neither_looks_like_a_save_nor_commands_a_terminal(review, monkeypatch, is_terminal):
    review("import", "rules.jsonl")
    forged = f"ok{' ' * 20}\nv9   2026-11-30 09:00  approved  approve by Boss \x1b[2J\u202e" * 3
    review("approve", "1", "--note", forged, "--author", "A\x1b]0;nn\nv8")
    with sqlite3.connect("reviews.db") as connection:  # as somebody may write past p4ir
        connection.execute("UPDATE edits SET note = note || ? WHERE version = 1", (forged,))
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal)
    out = review("show", "1")[1]
    assert [line[:2] for line in out.splitlines() if line.startswith("v")] == ["v1", "v2"]
    assert not {"\x1b", "\u202e"} & set(out)


LONG = "A handrail of a stair is graspable, "


def test_list_and_show_fit_a_terminal(review, tmp_path, monkeypatch):
    rows = [
        {"id": f"a/very/long/name-of-a-document-of-many-parts-and-sections/{number}",
         "clause": clause, "rule": RULE}
        for number, clause in enumerate((LONG * 8, "楼梯应设置扶手。" * 12), 1)
    ]  # fmt: skip
    (tmp_path / "long.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    review("import", "long.jsonl", "--note", LONG * 8)
    listed = review("list")[1].splitlines()
    assert [line.split()[0] for line in listed] == [row["id"] for row in rows]
    assert [cell_len(line.split("v1")[1]) <= 13 + 60 for line in listed] == [True, True]
    shown = review("show", rows[0]["id"])[1].splitlines()
    assert LONG.strip() in shown[3]
    assert len(shown[3]) > 200
    assert len(shown[-1]) > 200
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    for arguments in (["list"], *(["show", row["id"]] for row in rows)):
        lines = review(*arguments)[1].splitlines()
        assert max(map(cell_len, lines)) <= 80
    said = " ".join(" ".join(review("show", rows[0]["id"])[1].split()).split())
    assert said.count((LONG * 8).strip()) == 2


DOUBTED = [
    {"id": "a", "clause": "A door is at least 850 mm wide.", "rule": WIDER, "confidence": 0.3},
    {"id": "b", "clause": "Doors shall have a handle.", "rule": RULE},
]
MISMATCHES = [
    "900 mm not in the clause",
    "850 mm: in the clause, but no part of the rule takes it up",
]
UNSURE = "the model is not sure: confidence 0.30"


@pytest.fixture
def doubted(review, tmp_path):
    (tmp_path / "doubted.jsonl").write_text("".join(json.dumps(row) + "\n" for row in DOUBTED))
    review("import", "doubted.jsonl")
    return review


def test_what_is_doubtful_about_a_rule_is_shown_below_it_and_counted_in_the_list(doubted):
    shown = doubted("show", "a")[1].splitlines()
    start = shown.index("  greater than equal: door's width, 900 mm")
    assert shown[start + 1 : start + 4] == [*(f"! {text}" for text in MISMATCHES), f"? {UNSURE}"]
    assert [doubt["text"] for doubt in json.loads(doubted("show", "a", "--json")[1])["doubts"]] == [
        *MISMATCHES, UNSURE
    ]  # fmt: skip
    assert doubted("list")[1].splitlines() == [
        "a  draft     v1    2 ! 1 ?  A door is at least 850 mm wide.",
        "b  draft     v1             Doors shall have a handle.",
    ]


def test_a_rule_without_doubts_is_shown_and_approved_without_a_word_of_them(doubted):
    assert not {"!", "?"} & {line[:1] for line in doubted("show", "b")[1].splitlines()}
    assert doubted("approve", "b") == (0, "b  approved, version 2\n", "")


def test_an_approval_says_in_one_line_what_is_doubtful_all_the_same(doubted):
    said = f"p4ir: a: approved, though in doubt: {'; '.join([*MISMATCHES, UNSURE])}\n"
    assert doubted("approve", "a") == (0, "a  approved, version 2\n", said)
    assert doubted("flag", "a", "--note", "900?")[2] == ""
    wider = WIDER.replace("900", "800")
    assert doubted("edit", "a", "--rule", wider)[2] == ""
    said = f"p4ir: a: approved, though in doubt: 800 mm not in the clause; {MISMATCHES[1]}\n"
    status, _, err = doubted("edit", "a", "--rule", wider, "--approve")
    assert (status, err) == (0, said)


def test_what_wrote_a_rule_is_shown_and_importing_again_changes_nothing(review):
    review("import", "rules.jsonl")
    assert "written by a-model" in review("show", "1")[1]
    assert review("import", "rules.jsonl")[2].endswith("3 already there\n")


def test_importing_again_says_which_rules_are_other_ones_in_the_file(review, tmp_path):
    review("import", "rules.jsonl")
    rows = [row | {"rule": WIDER} for row in ROWS]
    (tmp_path / "again.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    said = "3 already there, 3 of them with another rule in the file, not taken (1, 2, 3)\n"
    assert review("import", "again.jsonl")[2].endswith(said)
    assert json.loads(review("show", "1", "--json")[1])["rule"] == RULE


def test_importing_rows_without_ids_again_only_adds_what_is_new(review, tmp_path):
    rows = [{"clause": row["clause"], "rule": row["rule"]} for row in ROWS]
    path = tmp_path / "rows.jsonl"
    for count, said in ((2, "2 rules added"), (2, "0 rules added"), (3, "1 rule added")):
        path.write_text("".join(json.dumps(row) + "\n" for row in rows[:count]))
        assert said in review("import", "rows.jsonl")[2]


def test_the_example_in_python_can_be_run_twice(review):
    page = Path(__file__).parents[2] / "docs" / "review.md"
    example = page.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    exec(example)
    exec(example)
    with ReviewStore("reviews.db", read_only=True) as store:
        assert [(rule.id, rule.version) for rule in store.find()] == [("doors/1", 3)]


def test_what_a_batch_wrote_goes_in_whatever_characters_its_clauses_hold(review, tmp_path):
    row = {"id": "1", "clause": "A hand\uffferail is\x96high.", "rule": RULE, "problem": ""}
    (tmp_path / "batch.jsonl").write_text(json.dumps(row) + "\n")
    assert "1 rule added" in review("import", "batch.jsonl")[2]
    assert "\nA hand-rail is high.\n" in review("show", "1")[1]
    assert "1 already there" in review("import", "batch.jsonl")[2]


def test_an_empty_export_says_what_was_not_found(review):
    review("import", "rules.jsonl", "--document", "code.pdf")
    review("approve", "1")
    review("reject", "3", "--note", "talk")
    wide = ["--document", "code.pdf", "--search", "wide"]
    assert "no rule of 'code.pdf' that holds 'wide' is approved there" in review("export", *wide)[2]
    rejected = ["--status", "rejected", "--to", "json"]
    assert "nothing that is rejected there has a rule" in review("export", *rejected)[2]
    for action in ("export", "list"):
        status, out, err = review(action, "--document", "cod.pdf")
        assert (status, out) == (2, "")
        assert err == "p4ir: reviews.db: no document 'cod.pdf'; did you mean 'code.pdf'?\n"
    assert "no document 'x'; it holds 1 document" in review("list", "--document", "x")[2]


def test_a_list_can_be_narrowed_and_read_by_programs(review):
    review("import", "rules.jsonl")
    review("flag", "3", "--note", "?")
    _, out, _ = review("list", "--json", "--status", "draft")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["id"] for row in rows] == ["1", "2"]
    assert rows[1]["confidence"] == 0.5
    assert review("list", "--search", "WIDE")[1].startswith("2 ")
    assert len(review("list", "--limit", "1")[1].splitlines()) == 1


def test_a_stale_save_shows_both_versions(review):
    review("import", "rules.jsonl")
    review("edit", "1", "--rule", WIDER, "--author", "Bob")
    status, out, err = review("approve", "1", "--version", "1")
    assert (status, out) == (2, "")
    assert "Bob saved version 2" in err
    assert WIDER in err
    assert RULE in err
    assert len(err.splitlines()) == 1


def test_a_rule_is_read_from_standard_input_in_any_notation(review, monkeypatch):
    import io

    review("import", "rules.jsonl")
    outline = "if\n exist: door\nthen\n obligation\n  has: door, bell\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(outline))
    assert review("edit", "1", "--rule", "-")[0] == 0
    with ReviewStore("reviews.db", read_only=True) as store:
        assert store.get("1").rule_text == "if(exist(door)),then(obligation(has(door,bell)))"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["list", "--store", "nowhere.db"], "nowhere.db: no review store is here"),
        (["list", "--store", "rules.jsonl"], "rules.jsonl: is no SQLite database"),
        (["show", "4"], "no rule '4'"),
        (["approve", "1", "4"], "no rule '4'"),
        (["approve", "3"], "there is no rule to approve"),
        (["approve", "1", "2", "--version", "1"], "--version is that of one rule"),
        (["flag", "1"], "say why in a note"),
        (["approve", "1", "--version", "9"], "1: there is no version 9; the latest is 1"),
        (["edit", "1", "--rule", "if(exist(door"], "1: --rule does not parse: line 1, column 14"),
        (["edit", "1", "--rule", "a door"], "1: --rule is in no notation: each begins with 'if'"),
        (["export"], "no rule is approved"),
        (["export", "--status", "draft"], "a corpus holds approved rules only"),
        (["export", "--status", "draft", "--to", "klingon"], "no notation 'klingon'"),
        (["export", "--to", "ids"], "JSON lines by --to json, then `p4ir convert FILE --to ids`"),
        (["import", "nowhere.jsonl"], "cannot be read: No such file"),
        (["import", "nowhere.lrml"], "cannot be read: No such file"),
        (["import", "empty.txt"], "empty.txt: is empty"),
        (["import", "talk.txt"], "begins; give JSON lines with id, clause and rule"),
        (
            ["import", "bare.lrml"],
            "bare.lrml: 12 rules without a clause to be reviewed beside; "
            "give JSON lines with id, clause and rule",
        ),
        (["import", "reviews.db"], "reviews.db"),
    ],
)
def test_a_mistake_is_one_line_and_status_2_and_changes_nothing(review, tmp_path, arguments, said):
    for name, text in (("empty.txt", ""), ("talk.txt", "Doors."), ("bare.lrml", f"{RULE}\n" * 12)):
        (tmp_path / name).write_text(text)
    review("import", "rules.jsonl")
    status, out, err = review(*arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
    with ReviewStore("reviews.db", read_only=True) as store:
        assert store.counts() == {"draft": 3, "approved": 0, "flagged": 0, "rejected": 0}


@pytest.mark.parametrize("arguments", [["export", "--validation-share", "2"], ["flag"], []])
def test_wrong_arguments_are_refused(review, arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        review(*arguments)
    assert "--help says more" in capsys.readouterr().err
