import json
import re

import pytest

from p4ir.cli import main

RULE = "if(exist(door)),then(obligation(greaterThanEqual(door.clearWidth,850 mm)))"
METRICS = ("nted", "nlev", "lrml_f1", "exact", "exact_unordered", "valid", "ted", "lev")


@pytest.fixture
def score(tmp_path, capsys):
    """Score one rule, as often as wanted, and return the figures."""

    def run(rule, *more, n=2):
        reference, predictions = tmp_path / "reference.jsonl", tmp_path / "predictions.jsonl"
        rows = [{"id": i, "clause": "A door.", "rule": RULE, "document": i % 4} for i in range(n)]
        reference.write_text("".join(json.dumps(row) + "\n" for row in rows))
        predictions.write_text(
            "".join(json.dumps({"id": str(i), "rule": rule}) + "\n" for i in range(n))
        )
        assert main(["score", str(predictions), "--reference", str(reference), *more]) == 0
        out, err = capsys.readouterr()
        return json.loads(out) if "--json" in more else out, err

    return run


def test_every_metric_has_a_mean_the_number_of_clauses_and_an_interval(score):
    figures, err = score(RULE, "--json", n=10)
    assert tuple(figures) == METRICS
    for name, figure in figures.items():
        assert set(figure) == {"mean", "n", "ci95"}
        assert figure["n"] == 10
        low, high = figure["ci95"]
        assert low <= figure["mean"] <= high, name
    assert [figures[name]["mean"] for name in METRICS] == [0, 0, 100, 1, 1, 1, 0, 0]
    assert err == ""


@pytest.mark.parametrize(
    ("rule", "exact", "valid", "nted"),
    [
        (RULE, 1, 1, 0),
        ("if(exist(door)),then(obligation(greater than equal(door.clear width,850 mm)))", 1, 1, 0),
        ("if( exist( door)), then( obligation( greater than equal( door.clear width, 850 mm)))",
         1, 1, 0),
        (RULE[:-1], 0, 0, 0),
        ("no rule at all", 0, 0, 1),
        ("", 0, 0, 1),
        (None, 0, 0, 1),
        (")))(((", 0, 0, None),
        ("if(" + "not(" * 100_000 + "x" + ")" * 100_002, 0, 0, 1),
        ("if(exist(door)),then(" + "(" * 100_000, 0, 0, 1),
        ("if(exist(door)),then(and(" + ",".join(["x"] * 10_000) + "))", 0, 1, None),
        ("if(exist(door)),then(and(" + ",".join(["x"] * 100_000) + "))", 0, 0, 1),
        ("'" * 1001, 0, 0, 1),
        ("\0\u202e🚪(", 0, 0, None),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_whatever_a_system_wrote_is_scored(score, rule, exact, valid, nted):
    figures, _ = score(rule, "--json")
    assert (figures["exact"]["mean"], figures["valid"]["mean"]) == (exact, valid)
    assert nted is None or figures["nted"]["mean"] == pytest.approx(nted)
    assert figures["nlev"]["mean"] <= 1


def test_figures_are_a_table_for_people(score):
    out, _ = score(RULE)
    assert out.splitlines()[0].split() == ["metric", "mean", "95%", "interval"]
    assert re.search(r"^LRML-F1 +100\.0 +100\.0 to 100\.0$", out, re.MULTILINE)
    assert "\n2 clauses of 2 documents; intervals draw whole documents." in out


def test_a_seed_that_cannot_be_is_named(score, capsys):
    with pytest.raises(SystemExit):
        score(RULE, "--seed", "-1")
    assert "argument --seed: expected a whole number of at least 0" in capsys.readouterr().err


def test_the_seed_fixes_the_figures(score):
    assert score(RULE[:-9], "--seed", "3") == score(RULE[:-9], "--seed", "3")


def test_what_does_not_match_is_said_once(tmp_path, capsys):
    (tmp_path / "r.csv").write_text(f'id,clause,rule\na,A door.,"{RULE}"\nb,B,"{RULE}"\n')
    (tmp_path / "p.csv").write_text(f'id,rule\na,"{RULE}"\na,x\nc,x\n')
    assert main(["score", str(tmp_path / "p.csv"), "--reference", str(tmp_path / "r.csv")]) == 0
    assert capsys.readouterr().err.splitlines() == [
        f"p4ir: {tmp_path / 'p.csv'}: line 3: the id 'a' stands in an earlier row, which is used",
        "p4ir: 1 clause without a prediction, scored as empty: b",
        "p4ir: 1 prediction for no clause here, left out: c",
    ]


def test_a_confidence_that_is_no_number_does_not_matter_here(tmp_path, capsys):
    (tmp_path / "r.csv").write_text(f'id,clause,rule\na,A door.,"{RULE}"\n')
    (tmp_path / "p.csv").write_text(f'id,rule,confidence\na,"{RULE}",high\n')
    assert main(["score", str(tmp_path / "p.csv"), "--reference", str(tmp_path / "r.csv")]) == 0
    assert "100.0" in capsys.readouterr().out


def test_a_split_that_there_is_not_is_named(tmp_path, capsys):
    (tmp_path / "r.csv").write_text(f'id,clause,rule,split\na,A door.,"{RULE}",test\n')
    (tmp_path / "p.csv").write_text(f'id,rule\na,"{RULE}"\n')
    command = ["score", str(tmp_path / "p.csv"), "--reference", str(tmp_path / "r.csv")]
    assert main([*command, "--split", "tset"]) == 2
    assert "there are test (1)" in capsys.readouterr().err
