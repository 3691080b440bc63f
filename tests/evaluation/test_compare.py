import csv
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest

from p4ir.cli import main
from p4ir.corpus.records import Record
from p4ir.errors import CorpusError, ModelError
from p4ir.evaluation.blocks import Card, Cell, Paragraph, Table
from p4ir.evaluation.compare import COMPARED, compare, most_changed
from p4ir.evaluation.html import write_html
from p4ir.evaluation.lengths import by_length
from p4ir.evaluation.markdown import write_markdown
from p4ir.evaluation.report import build_report
from p4ir.evaluation.sections import notes
from p4ir.evaluation.systems import Answers, System, align, load_system, read_choice, system_of
from p4ir.evaluation.trees import prediction_view
from p4ir.inference.interpretation import Interpretation, refused
from p4ir.metrics.false_positives import false_positives
from p4ir.metrics.scoring import HIGHEST
from p4ir.rules import format_rule, parse_rule
from p4ir.rules.tree import MAX_NODES

THINGS = ["door", "gate", "stair", "ramp", "lift", "wall", "roof", "deck"]
HOSTILE = "<script>alert(1)</script> & $x$ | `*_[y](z)_*`"


def make_records(count=24, documents=4):
    records = []
    for i in range(count):
        thing = THINGS[i % len(THINGS)]
        text = (
            f"if(exist({thing})),then(obligation(and(greaterThanEqual({thing}.width,{i + 1} m),"
            f"has({thing},part{i}))))"
        )
        clause = f"A {thing} shall be at least {i + 1} m wide " + "and strong " * (i % 5)
        document = f"code {i % documents}" if documents else None
        records.append(
            Record(id=f"c{i}", clause=clause.strip(), rule=parse_rule(text), document=document)
        )
    return records


def texts_of(records):
    return [format_rule(record.rule) for record in records]


def answers(name, texts, confidences=None):
    return Answers(
        name=name,
        texts=tuple(texts),
        confidences=(None,) * len(texts) if confidences is None else tuple(confidences),
    )


def worse(text, edits):
    """Return a rule with some of its names wrong."""
    for name, wrong in [("and", "or"), ("has", "lacks"), ("exist", "absent")][:edits]:
        text = text.replace(name + "(", wrong + "(")
    return text


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def records():
    return make_records()


@pytest.fixture
def comparison(records, rng):
    texts = texts_of(records)
    first = answers("first", [worse(t, 3) for t in texts], np.linspace(0.1, 0.9, len(texts)))
    second = answers("second", [worse(t, i % 3) for i, t in enumerate(texts)])
    return compare(records, [first, second], rng=rng)


def metric_of(comparison, name):
    return next(each for each in comparison.pairs[0].metrics if each.metric == name)


def test_a_better_system_is_shown_to_be_better_in_every_distance(comparison):
    for name in ("nted", "nlev", "ted", "lev", "lrml_f1", "false_positives", "false_negatives"):
        assert metric_of(comparison, name).is_better, name
    found = metric_of(comparison, "ted")
    assert found.paired.difference == pytest.approx(-2.0)
    assert found.change.mean == pytest.approx(-2 / 3)
    assert found.paired.wins == 24


def test_the_same_comparison_the_other_way_round_is_worse(records, rng):
    texts = texts_of(records)
    good, bad = answers("good", texts), answers("bad", [worse(t, 2) for t in texts])
    found = compare(records, [good, bad], rng=rng)
    assert metric_of(found, "nted").is_better is False
    assert metric_of(found, "lrml_f1").is_better is False


def test_a_system_does_not_differ_from_itself(records, rng):
    texts = [worse(t, i % 3) for i, t in enumerate(texts_of(records))]
    found = compare(records, [answers("a", texts), answers("b", texts)], rng=rng)
    assert all(each.is_better is None for each in found.pairs[0].metrics)
    assert all(each.paired.ties == len(records) for each in found.pairs[0].metrics)


def test_a_test_in_favour_of_one_and_a_mean_in_favour_of_the_other_show_nothing(rng):
    records = make_records(120, documents=0)
    texts = texts_of(records)
    often_better = [text if i % 6 else "" for i, text in enumerate(texts)]
    systems = [answers("a", [worse(text, 1) for text in texts]), answers("b", often_better)]
    found = metric_of(compare(records, systems, rng=rng), "ted")
    assert found.paired.low > 0
    assert found.adjusted_p < 0.05
    assert found.paired.effect_size > 0
    assert found.is_better is None


def test_a_difference_within_one_document_only_is_not_shown(records, rng):
    texts = texts_of(records)
    first = [
        worse(t, 3) if r.document == "code 0" else t for t, r in zip(texts, records, strict=True)
    ]
    found = compare(records, [answers("a", first), answers("b", texts)], rng=rng)
    assert metric_of(found, "nted").paired.p < 0.05
    assert metric_of(found, "nted").is_better is None


def test_all_tests_of_a_report_are_adjusted_together(records, rng):
    texts = texts_of(records)
    systems = [answers(f"s{n}", [worse(t, n) for t in texts]) for n in (3, 1, 0)]
    found = compare(records, systems, rng=rng)
    tests = [each for pair in found.pairs for each in pair.metrics]
    assert len(tests) == 2 * len(COMPARED)
    smallest = min(tests, key=lambda each: each.paired.p)
    assert smallest.adjusted_p == pytest.approx(min(1, smallest.paired.p * len(tests)))


def test_the_relative_change_is_that_of_the_means(comparison):
    first, second = comparison.systems
    for each in comparison.pairs[0].metrics:
        before = first.means[each.metric].mean
        if before:
            wanted = second.means[each.metric].mean / before - 1
            assert each.change.mean == pytest.approx(wanted), each.metric


def test_an_interval_of_differences_holds_nothing_impossible(rng):
    records = make_records(3, 2)
    texts = texts_of(records)
    systems = [answers("all", texts), answers("one", [texts[0], "", ""])]
    for pair in (systems, systems[::-1]):
        for each in compare(records, pair, rng=rng).pairs[0].metrics:
            highest = HIGHEST.get(each.metric, np.inf)
            assert -highest <= each.paired.low <= each.paired.high <= highest
            assert each.change.low is None or each.change.low >= -1


def test_the_clauses_that_changed_most_come_first(records, rng):
    texts = texts_of(records)
    second = list(texts)
    first = [worse(t, 1) for t in texts]
    first[5], second[7] = worse(texts[5], 3), "nothing"
    pair = compare(records, [answers("a", first), answers("b", second)], rng=rng).pairs[0]
    better, lost = most_changed(pair, 3)
    assert better[0] == 5
    assert lost == [7]
    assert len(better) == 3


def test_groups_by_length_hold_every_clause_once(comparison, rng):
    groups = by_length(comparison, rng=rng)
    assert sum(group.n for group in groups) == 24
    assert all(a.high < b.low for a, b in pairwise(groups))


def test_few_clauses_are_not_grouped_by_length(rng):
    records = make_records(4)
    found = compare(records, [answers("a", texts_of(records))], rng=rng)
    assert by_length(found, rng=rng) == ()


@pytest.mark.parametrize(
    ("count", "documents", "said"),
    [
        (1, 1, "One clause only: there are no intervals"),
        (9, 1, "9 clauses of one document"),
        (9, 0, "names no documents"),
        (9, 3, "9 clauses of 3 documents; intervals draw whole documents. Few documents"),
    ],
)
def test_a_report_says_what_its_intervals_rest_on(count, documents, said, rng):
    records = make_records(count, documents)
    texts = texts_of(records)
    found = compare(
        records, [answers("a", texts), answers("b", [worse(t, 1) for t in texts])], rng=rng
    )
    assert said in write_markdown("x", notes(found))
    assert (found.systems[1].means["nted"].low is None) == (count == 1 or documents == 1)


def test_an_empty_corpus_and_systems_of_one_name_are_refused(records, rng):
    texts = texts_of(records)
    with pytest.raises(CorpusError, match="no clause"):
        compare([], [answers("a", [])], rng=rng)
    with pytest.raises(CorpusError, match="two systems are called 'a'"):
        compare(records, [answers("a", texts), answers("a", texts)], rng=rng)
    with pytest.raises(CorpusError, match="'bare' has no reference rule"):
        compare([Record(id="bare", clause="x")], [answers("a", ["x"])], rng=rng)


def test_ids_that_are_missing_or_unknown_are_kept_apart(records):
    texts = {record.id: "x" for record in records[2:]} | {"stranger": "y"}
    found = align(System(name="s", texts=texts), records)
    assert found.missing == ("c0", "c1")
    assert found.unknown == ("stranger",)
    assert found.texts[:3] == ("", "", "x")


def test_ids_that_all_belong_elsewhere_are_an_error_that_shows_both_kinds(records):
    with pytest.raises(CorpusError, match=r"such as 'row 1'.*such as 'c"):
        align(System(name="s", texts={"row 1": "x"}), records)


def test_what_is_no_file_is_taken_as_an_adapter(records):
    with pytest.raises(CorpusError, match=r"nowhere\.csv: no such file"):
        load_system("nowhere.csv", records)
    with pytest.raises(ModelError):
        load_system("no-such-adapter", records)


def test_an_adapter_says_how_far_it_is(records, monkeypatch, capsys):
    class Slow:
        def __init__(self, **_):
            pass

        def interpret(self, clauses, on_batch):
            clock[0] += 60
            on_batch(1)
            clock[0] += 60
            on_batch(len(clauses) - 1)
            return [refused(clause, "a stand-in") for clause in clauses]

    clock = [0.0]
    monkeypatch.setattr("p4ir.batch.progress.time.monotonic", lambda: clock[0])
    monkeypatch.setattr("p4ir.inference.Interpreter", Slow)
    load_system("mine=sft", records)
    first, *_ = capsys.readouterr().err.splitlines()
    assert first.startswith(f"p4ir: 1/{len(records)} clauses by mine, 0.017 a second, about ")


def test_a_confidence_that_is_not_known_is_none_of_a_system(records):
    known = Interpretation(clause="", rule=None, valid=False, confidence=0.5)
    found = system_of("a", records[:2], [known, replace(known, confidence=None)])
    assert found.confidences == {"c0": 0.5}
    assert align(found, records[:2]).confidences == (0.5, None)


@pytest.mark.parametrize("bad", ["1.5", "high", "-0.1"])
def test_a_confidence_that_is_no_probability_is_refused(bad, tmp_path, records):
    path = tmp_path / "p.csv"
    path.write_text(f"id,rule,confidence\nc0,x,{bad}\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="line 2: the confidence is"):
        load_system(str(path), records)


def test_the_marks_of_a_tree_are_its_false_positives_and_negatives():
    reference = parse_rule("if(exist(door)),then(obligation(has(door,handle)))")
    text = "if(exist(gate)),then(has(door,handle,lock))"
    marks = [node.mark for node in prediction_view("p", text, reference).nodes]
    counted = false_positives(parse_rule(text), reference)
    assert marks.count("extra") + marks.count("relabel") == counted.positives == 2
    assert marks.count("missing") + marks.count("relabel") == counted.negatives == 2


def test_a_missing_node_stands_where_the_reference_has_it():
    reference = parse_rule("if(exist(door)),then(obligation(has(door,handle)))")
    nodes = prediction_view("p", "if(exist(door)),then(obligation(has(door)))", reference).nodes
    assert [(n.label, n.mark) for n in nodes][-2:] == [("door", "keep"), ("handle", "missing")]
    assert nodes[-1].depth == nodes[-2].depth


def test_a_prediction_too_large_to_be_compared_does_not_stop_the_comparison(records, rng):
    texts = texts_of(records)
    texts[0] = "if(a),then(and(" + ",".join(["b"] * MAX_NODES) + "))"
    texts[1] = "if(a),then(and(" + "or(a," * 15_000
    found = compare(records, [answers("a", texts)], rng=rng).systems[0]
    assert [score.nted for score in found.scores[:2]] == [1.0, 1.0]
    assert found.errors[0].positives == 0


@pytest.mark.parametrize(("text", "shown"), [("", "(nothing)"), ("no rule here", "no rule here")])
def test_text_that_is_no_tree_is_shown_as_it_is(text, shown):
    view = prediction_view("p", text, parse_rule("if(a),then(b)"))
    assert (view.nodes, view.text) == ((), shown)


class Tags(HTMLParser):
    """Checks that every tag that is opened is closed."""

    VOID = frozenset({"meta", "path", "use", "rect", "br"})

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.links = [], set(), []

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.links += [v for k, v in attrs if k in ("src", "href") and v and v[0] != "#"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.add(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def parse_html(html):
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    return tags


def test_the_html_report_is_whole_and_needs_nothing_from_elsewhere(comparison, rng):
    html = write_html("Report", build_report(comparison, corpus="c", rng=rng))
    tags = parse_html(html)
    assert {"table", "svg", "section"} <= tags.seen
    assert tags.links == []
    assert "url(http" not in html
    assert "prefers-color-scheme: dark" in html


def test_text_from_outside_stays_text():
    blocks = [
        Paragraph(HOSTILE),
        Table((HOSTILE, "n"), ((Cell(HOSTILE), Cell("1")),), HOSTILE),
        Card(
            HOSTILE, "x", HOSTILE, (prediction_view(HOSTILE, HOSTILE, parse_rule("if(a),then(b)")),)
        ),
    ]
    tags = parse_html(write_html(HOSTILE, blocks))
    assert "script" not in tags.seen
    markdown = write_markdown(HOSTILE, blocks)
    assert re.search(r"(?<!\\)<script", markdown.split("```")[0]) is None
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {3}


def test_names_of_systems_do_not_become_formulas_or_markup_in_plots(records, rng):
    texts = texts_of(records)
    systems = [answers(HOSTILE, texts), answers("_hidden $", [worse(t, 1) for t in texts])]
    found = compare(records, systems, rng=rng)
    tags = parse_html(write_html("Report", build_report(found, corpus="c", rng=rng)))
    assert "script" not in tags.seen


@pytest.fixture
def files(tmp_path, records):
    texts = texts_of(records)
    reference = tmp_path / "corpus.jsonl"
    rows = [
        {"id": r.id, "clause": r.clause, "rule": t, "document": r.document, "split": "test"}
        for r, t in zip(records, texts, strict=True)
    ]
    rows.append({**rows[0], "id": "other", "split": "train"})
    reference.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with (tmp_path / "old.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "rule"])
        writer.writerows((r.id, worse(t, 3)) for r, t in zip(records, texts, strict=True))
    new = [
        {"id": r.id, "rule": worse(t, i % 2), "confidence": 0.5 + 0.4 * (i % 2 == 0)}
        for i, (r, t) in enumerate(zip(records, texts, strict=True))
    ]
    lines = [new[0], *new[:-1], {"id": "stranger", "rule": "x"}]
    (tmp_path / "new.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines))
    return tmp_path


def run_compare(files, *options):
    return main([
        "compare", str(files / "old.csv"), str(files / "new.jsonl"),
        "--reference", str(files / "corpus.jsonl"), "--split", "test",
        "--output", str(files / "out"), *options,
    ])  # fmt: skip


def test_the_command_prints_tables_and_writes_the_report(files, capsys):
    assert run_compare(files) == 0
    printed = capsys.readouterr()
    assert "| nTED ↓ | 0." in printed.out
    assert "new against old: better in " in printed.out
    assert "no prediction for c23" in printed.out
    assert "'c0' stands in an earlier row" in printed.out
    assert "stranger" in printed.out
    assert printed.err.count("wrote") == 3
    report = (files / "out" / "report.md").read_text(encoding="utf-8")
    assert "A door shall be at least 1 m wide" in report
    assert "AUROC" in report
    with (files / "out" / "scores.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * 24
    assert set(COMPARED) < set(rows[0])


def test_without_quotes_no_clause_and_no_rule_stands_in_any_file(files):
    assert run_compare(files, "--no-quote") == 0
    for file in (files / "out").iterdir():
        text = file.read_text(encoding="utf-8")
        assert "at least" not in text, file.name
        assert not re.search(r"greaterThan|\bpart\d|obligation", text), file.name
        assert "c23" in text, file.name


def test_the_same_seed_writes_the_same_report(files):
    run_compare(files)
    first = {f.name: f.read_bytes() for f in (files / "out").iterdir()}
    assert run_compare(files, "--overwrite") == 0
    assert first == {f.name: f.read_bytes() for f in (files / "out").iterdir()}


def test_a_report_is_not_written_over(files, capsys):
    (files / "out").mkdir()
    (files / "out" / "scores.csv").write_text("mine")
    assert run_compare(files) == 2
    assert "out holds a report: give --overwrite" in capsys.readouterr().err
    assert (files / "out" / "scores.csv").read_text() == "mine"


def test_a_mistake_is_one_line(files, capsys):
    missing = ["compare", "gone.csv", "--reference", str(files / "corpus.jsonl")]
    assert main(missing) == 2
    assert capsys.readouterr().err == "p4ir: gone.csv: no such file of predictions\n"


@pytest.mark.parametrize("spec", ["x=", "=old.csv", " = ", "", "*"])
def test_a_system_without_name_or_source_is_refused(spec):
    with pytest.raises(CorpusError):
        read_choice(spec)


def test_names_of_systems_are_known_before_anything_runs(files, capsys):
    assert read_choice("A=best*8") == ("A", "best", 8)
    assert read_choice("runs/best*8") == ("best*8", "runs/best", 8)
    assert read_choice(str(files / "old.csv")) == ("old", str(files / "old.csv"), None)
    assert [read_choice(f"runs/{run}/adapter").name for run in "ab"] == ["a", "b"]
    assert read_choice("runs/a/adapter*8") == ("a*8", "runs/a/adapter", 8)
    systems = ["x=no-such-adapter", f"x={files / 'old.csv'}"]
    assert main(["compare", *systems, "--reference", str(files / "corpus.jsonl")]) == 2
    assert "two systems are called 'x'" in capsys.readouterr().err


@pytest.mark.parametrize("overwrite", [[], ["--overwrite"]])
def test_a_file_is_no_folder_for_a_report(files, capsys, overwrite):
    file = files / "old.csv"
    command = ["compare", "no-such-adapter", "--reference", str(files / "corpus.jsonl")]
    assert main([*command, "--output", str(file), *overwrite]) == 1
    assert capsys.readouterr().err == f"p4ir: {file}: cannot be written: {file} is no folder\n"
