import json

import pytest
from torch.utils.tensorboard import SummaryWriter

from p4ir.errors import TrainingError
from p4ir.locks import lock
from p4ir.training.curves import GROUPS, Group, Point, choose, list_runs, read_curves, summarize
from p4ir.training.run import Run


def make_run(folder, started="2026-01-02T03:04:05+00:00", recipe="model: tiny\n"):
    folder.mkdir(parents=True)
    about = {"started": started, "clauses": {"train": 7, "validation": 2}}
    (folder / "run.json").write_text(json.dumps(about))
    (folder / "recipe.yaml").write_text(recipe)
    return folder


def log(folder, part="", **curves):
    with SummaryWriter(Run(folder).tensorboard / part) as writer:
        for name, points in curves.items():
            for step, value in points:
                writer.add_scalar(name.replace("__", "/"), value, step)


def test_curves_are_what_was_logged_in_the_order_of_the_steps(tmp_path):
    run = make_run(tmp_path / "run")
    log(run, train__loss=[(5, 2.0), (10, 1.5)], eval__nted=[(10, 0.5)])
    assert read_curves(run) == {
        "train/loss": [Point(5, 2.0), Point(10, 1.5)],
        "eval/nted": [Point(10, 0.5)],
    }


def test_a_resumed_run_is_one_curve_and_steps_done_again_count_as_done_last(tmp_path):
    run = make_run(tmp_path / "run")
    log(run, "1", train__loss=[(5, 2.0), (10, 9.0)])
    log(run, "2", train__loss=[(10, 1.5), (15, 1.25)])
    assert read_curves(run)["train/loss"] == [Point(5, 2.0), Point(10, 1.5), Point(15, 1.25)]


def test_curves_grow_while_a_run_trains(tmp_path):
    run = make_run(tmp_path / "run")
    writer = SummaryWriter(Run(run).tensorboard)
    for step in (1, 2, 3):
        writer.add_scalar("train/loss", 1.0, step)
        writer.flush()
        assert len(read_curves(run)["train/loss"]) == step
    writer.close()


def test_a_run_that_has_logged_nothing_has_no_curves(tmp_path):
    assert read_curves(make_run(tmp_path / "run")) == {}


def test_runs_are_listed_the_newest_first_and_other_folders_left_out(tmp_path):
    make_run(tmp_path / "old", "2026-01-01T00:00:00+00:00")
    make_run(tmp_path / "new", "2026-02-01T00:00:00+00:00")
    (tmp_path / "other").mkdir()
    assert [run.name for run in list_runs(tmp_path)] == ["new", "old"]
    assert [run.name for run in list_runs(tmp_path / "old")] == ["old"]


def test_a_run_says_what_it_is(tmp_path):
    run = summarize(make_run(tmp_path / "a", recipe="model: tiny\nrewards: {validity: 1}\n"))
    assert (run.stage, run.model, run.clauses, run.started.year) == ("grpo", "tiny", 7, 2026)
    assert summarize(make_run(tmp_path / "b")).stage == "sft"


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"started": 3, "clauses": 4}'])
def test_a_damaged_run_is_still_listed(tmp_path, content):
    run = make_run(tmp_path / "run", recipe=":\n  - [")
    (run / "run.json").write_text(content)
    found = list_runs(tmp_path)[0]
    assert (found.stage, found.started, found.clauses) == ("", None, 0)


def test_a_run_trains_as_long_as_a_process_holds_it(tmp_path):
    run = make_run(tmp_path / "run")
    log(run, train__loss=[(1, 1.0)])
    assert summarize(run).state == "stopped"
    with (run / "lock").open("wb") as file:
        assert lock(file)
        assert summarize(run).state == "running"
    assert summarize(run).state == "stopped"
    Run(run).adapter.mkdir()
    assert summarize(run).state == "finished"


def test_a_missing_folder_is_one_line(tmp_path):
    with pytest.raises(TrainingError, match="no such folder of runs"):
        list_runs(tmp_path / "nowhere")


def test_a_group_takes_its_curves_in_its_order_and_all_that_begin_so():
    names = ["train/rewards/b/mean", "train/reward", "train/rewards/a/mean", "train/loss"]
    group = Group("Reward", ("train/reward", "train/rewards/"))
    assert choose(names, group) == [
        "train/reward",
        "train/rewards/b/mean",
        "train/rewards/a/mean",
    ]
    assert choose([], GROUPS[0]) == []
