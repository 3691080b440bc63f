"""Methods on the same budget: what is planned, and what the table says of the trials."""

import json
from types import SimpleNamespace

import pytest
from rich.console import Console
from rich.markdown import Markdown

from p4ir.errors import RecipeError, TrainingError
from p4ir.grpo import comparison, trial
from p4ir.rules import format_rule
from p4ir.training.data import load_clauses

SETTINGS = ["validation.limit=3"]


def plan(tmp_path, *methods, seeds=(0,), settings=()):
    return comparison.plan("grpo/tiny", methods, seeds, [*SETTINGS, *settings], tmp_path)


def test_all_start_alike_and_sample_as_many_completions(tmp_path):
    start, *trials = plan(tmp_path, "recipe", "gspo", "ppo", "ads+dapo", seeds=(3, 4))
    assert start.name == "start"
    assert [(t.name, t.seed) for t in trials] == [
        (name, seed) for name in ("recipe", "gspo", "ppo", "ads+dapo") for seed in (3, 4)
    ]
    for each in trials:
        trainer = each.recipe.trainer
        uses = trainer.get("num_iterations", 1)
        assert trainer["max_steps"] / uses == 4
        assert each.recipe.seed == each.seed
        assert each.recipe.validation.keep == "last"
        assert not each.recipe.guard.enabled
    assert trials[0].recipe.method == []
    assert trials[-1].recipe.method == ["ads", "dapo"]


@pytest.mark.parametrize(
    ("methods", "settings", "message"),
    [
        (["gspo", "gspo"], [], "gspo is named twice"),
        (["gspo"], ["corpus.path=null"], "names no corpus"),
        (["gspo"], ["corpus.limit=5"], "needs 8 clauses, and the corpus has 5"),
        (["gspo"], ["seed=3"], "give --seeds"),
        (["gspo"], ["method=dapo"], "give --methods"),
        (["gspo+dapo"], [], r"method gspo\+dapo: .* both decide the loss"),
        (["gspa"], [], r"did you mean gspo\?\); there are recipe, grpo"),
        (["gspo"], ["guard.enabled=false"], "--set guard.enabled: the guard, which .* is off"),
        (["gspo"], ["guard={enabled: false}"], "--set guard: the guard"),
        (["gspo"], ["patience=3"], "--set patience: each trial takes all its steps"),
        (["gspo"], ["validation.keep=best"], "the last checkpoint is compared"),
        (["gspo"], ["trainer.max_steps=-1"], "set trainer.max_steps"),
    ],
)
def test_what_cannot_be_compared_is_refused(tmp_path, methods, settings, message):
    with pytest.raises(RecipeError, match=message):
        plan(tmp_path, *methods, settings=settings)


def write_trial(one, rules, **cost):
    one.predictions.parent.mkdir(parents=True)
    lines = [json.dumps({"id": name, "rule": rule}) for name, rule in rules.items()]
    one.predictions.write_text("\n".join(lines) + "\n")
    (one.predictions.parent / "report.md").write_text("done")
    if cost:
        (one.folder / "cost.json").write_text(json.dumps(cost))


def test_the_table_compares_with_the_first_method_over_all_seeds(tmp_path):
    start, *trials = plan(tmp_path, "grpo", "ppo", seeds=(0, 1))
    records = load_clauses(start.recipe.corpus)[1][:3]
    right = {record.id: format_rule(record.rule) for record in records}
    wrong = dict.fromkeys(right, "if(a),then(b)")
    write_trial(start, wrong)
    for each in trials:
        rules = right if each.name == "ppo" and each.seed == 1 else wrong
        steps = 8 if each.name == "ppo" else 4
        write_trial(each, rules, steps=steps, tokens=1000, seconds=60 + 60 * each.seed,
                    peak_mb=700)  # fmt: skip
    found = comparison.compare_trials([start, *trials])
    assert [system.name for system in found.systems] == ["grpo", "start", "ppo"]
    far = found.systems[0].means["nted"].mean
    assert far > 0.5
    # Of ppo's two seeds one is right in all clauses.
    assert found.systems[2].means["nted"].mean == pytest.approx(far / 2)
    table = comparison.write_table([start, *trials], found, tmp_path)
    rows = {line.split("|")[1].strip(): line for line in table.splitlines() if "|" in line}
    # Of the two tables the second, with differences and cost.
    assert "| 8 | 1,000 | 1.5 | 700 |" in rows["ppo"]
    assert "| – | – | – | – |" in rows["start"]
    assert "3 clauses, seeds 0, 1" in table
    assert (tmp_path / "comparison.md").read_text() == table


def test_an_80_column_terminal_has_room_for_the_tables(tmp_path):
    trials = plan(tmp_path, "recipe", "length_neutral")
    records = load_clauses(trials[0].recipe.corpus)[1][:3]
    for each in trials:
        write_trial(each, {record.id: format_rule(record.rule) for record in records},
                    steps=1000, tokens=12_345_678, seconds=60_000, peak_mb=12_345)  # fmt: skip
    found = comparison.compare_trials(trials)
    console = Console(width=80)
    with console.capture() as capture:
        console.print(Markdown(comparison.write_table(trials, found, tmp_path)))
    shown = capture.get()
    assert "…" not in shown
    names = [line.split()[0] for line in shown.splitlines() if line.strip()]
    assert names.count("length_neutral") == 2
    assert "12,345,678" in shown


def test_trials_by_another_recipe_are_not_mixed(tmp_path):
    told = []
    trials = plan(tmp_path, "grpo")
    for each in trials:
        write_trial(each, {"a": "if(a),then(b)"})
    comparison.run(trials, tmp_path, told.append)
    assert told == ["start, seed 0 (1 of 2): done", "grpo, seed 0 (2 of 2): done"]
    more = plan(tmp_path, "grpo", "gspo")
    comparison.run(more[:2], tmp_path, told.append)
    other = plan(tmp_path, "grpo", settings=["trainer.learning_rate=0.5"])
    with pytest.raises(TrainingError, match="holds start, grpo-0 by another recipe"):
        comparison.run(other, tmp_path, told.append)


def test_a_trial_that_fails_says_why(tmp_path, monkeypatch):
    said = []
    one = plan(tmp_path, "grpo")[1]
    (one.folder / "run" / "adapter").mkdir(parents=True)
    monkeypatch.setattr(trial, "_end_with_parent", lambda: None)
    monkeypatch.setattr(trial, "_hear_the_parent_alone", lambda: None)
    with pytest.raises(SystemExit) as stopped:
        trial._run(one, SimpleNamespace(send=said.append))
    assert stopped.value.code == 1
    assert "holds what no run of p4ir made" in said[0]
