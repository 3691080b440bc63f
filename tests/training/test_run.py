import errno
import json
import os
import signal
from types import SimpleNamespace

import pytest

from p4ir.corpus.records import Record
from p4ir.errors import OutputError, TrainingError
from p4ir.rules import parse_rule
from p4ir.sft.config import load
from p4ir.training import adapter, run
from p4ir.training.adapter import save_adapter
from p4ir.training.loop import run_to_the_end
from p4ir.training.run import Run, data_hash

RULE = parse_rule("if(exist(door)),then(obligation(has(door,handle)))")
RECORDS = [Record(id=str(n), clause=f"Door {n}.", rule=RULE) for n in range(3)]


def begin(folder):
    """Begin a run and leave it at once."""
    with Run(folder).begun(load("sft/tiny"), RECORDS, RECORDS, False):
        pass


@pytest.fixture
def started(tmp_path):
    """A run that has just begun, and a way to begin it again."""

    def start(*settings, resume=True, records=RECORDS):
        each = Run(tmp_path / "run")
        with each.begun(load("sft/tiny", settings), records, records[:1], resume):
            return each

    start(resume=False)
    return start


def test_a_run_says_what_it_is_made_of_before_its_first_step(started, tmp_path):
    manifest = json.loads((tmp_path / "run" / "run.json").read_text())
    assert manifest["clauses"] == {"train": 3, "validation": 1}
    assert manifest["data"]["train"] == data_hash(RECORDS)
    assert {"torch", "trl", "peft"} <= set(manifest["versions"])
    assert "model: tiny-random" in (tmp_path / "run" / "recipe.yaml").read_text()


def test_a_run_is_resumed_with_what_it_was_made_of(started, tmp_path):
    (tmp_path / "run" / "tensorboard").mkdir()
    before = (tmp_path / "run" / "run.json").read_bytes()
    started()
    started("validation.batch_size=4", "output=elsewhere")
    assert (tmp_path / "run" / "run.json").read_bytes() == before


@pytest.mark.parametrize(
    ("settings", "records", "message"),
    [
        (["trainer.learning_rate=0.5"], RECORDS, "started with another trainer: resume it"),
        (["seed=3", "lora.r=8"], RECORDS, "started with another lora, seed"),
        (["validation.metric=nlev"], RECORDS, "started with another validation"),
        ([], RECORDS[:2], "was started with other data"),
    ],
)
@pytest.mark.parametrize(
    ("part", "instead"),
    [("tensorboard", "start a new run"), ("checkpoints", "start it anew without --resume")],
    ids=["begun", "not-begun"],
)
def test_a_run_is_not_resumed_with_anything_else(
    started, tmp_path, part, instead, settings, records, message
):
    (tmp_path / "run" / part).mkdir()
    before = (tmp_path / "run" / "recipe.yaml").read_bytes()
    with pytest.raises(TrainingError, match=f"{message}.*{instead}$"):
        started(*settings, records=records)
    assert (tmp_path / "run" / "recipe.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("resume", "settings"), [(True, "validation.batch_size=7"), (False, "lora.r=8")]
)
def test_a_run_that_did_not_get_to_train_can_be_started_anew(started, tmp_path, resume, settings):
    (tmp_path / "run" / "checkpoints").mkdir()
    start = tmp_path / "run" / "guard" / "start.npz"
    start.parent.mkdir()
    start.write_bytes(b"of another policy")
    started(settings, resume=resume)
    assert not start.exists()
    set_to = settings.split(".")[1].replace("=", ": ")
    assert set_to in (tmp_path / "run" / "recipe.yaml").read_text()


def test_a_run_is_not_started_twice(started):
    started().tensorboard.mkdir()
    with pytest.raises(TrainingError, match="holds a run already: give --resume"):
        started(resume=False)


def test_a_run_is_trained_by_one_process_at_a_time(tmp_path):
    folder = tmp_path / "run"
    assert not Run(folder).is_training()
    with Run(folder).begun(load("sft/tiny"), RECORDS, RECORDS, False):
        assert Run(folder).is_training()
        made = {path: path.read_bytes() for path in folder.iterdir()}
        with pytest.raises(TrainingError, match="run: another process is training it"):
            begin(folder)
        assert made == {path: path.read_bytes() for path in folder.iterdir()}
    assert not Run(folder).is_training()
    begin(folder)


def test_of_processes_that_train_together_the_first_writes_and_holds_the_lock(
    tmp_path, monkeypatch
):
    with Run(tmp_path).begun(load("sft/tiny"), RECORDS, RECORDS, False):
        made = {path: path.read_bytes() for path in tmp_path.iterdir()}
        monkeypatch.setenv("RANK", "1")
        second = Run(tmp_path)
        with second.begun(load("sft/tiny", ["seed=7"]), RECORDS, RECORDS, False):
            second.withdraw()
        assert made == {path: path.read_bytes() for path in tmp_path.iterdir()}
        assert Run(tmp_path).is_training()


def test_the_lock_of_a_run_that_was_taken_back_is_worth_nothing(tmp_path, monkeypatch):
    def taken_back(file, **_):
        (tmp_path / "lock").unlink()
        return True

    monkeypatch.setattr(run, "lock", taken_back)
    with pytest.raises(TrainingError, match="another process is training it"):
        begin(tmp_path)


@pytest.mark.parametrize("file", ["run.json", "recipe.yaml"])
@pytest.mark.parametrize("content", [b"", b"{", b"7", b"\xff"])
def test_a_damaged_run_is_not_gone_on_with(started, tmp_path, file, content):
    (tmp_path / "run" / "tensorboard").mkdir()
    (tmp_path / "run" / file).write_bytes(content)
    with pytest.raises(TrainingError, match="is damaged"):
        started()


@pytest.mark.parametrize("name", ["adapter", "checkpoints/checkpoint-5"])
def test_what_no_run_made_is_not_written_over(tmp_path, name):
    (tmp_path / name).mkdir(parents=True)
    with pytest.raises(TrainingError, match="holds what no run of p4ir made"):
        begin(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name.split("/")[0]]


def test_a_full_disk_is_named(tmp_path, monkeypatch):
    def full(path, text):
        raise OutputError(f"{path}: cannot be written: No space left on device")

    monkeypatch.setattr(run, "write_text", full)
    with pytest.raises(TrainingError, match=r"recipe\.yaml: cannot be written: No space left"):
        begin(tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_the_newest_checkpoint_that_is_whole_is_resumed_from(started):
    each = started()
    assert each.latest_checkpoint() is None
    for step, state in ((5, "{}"), (10, "{}"), (9, "{}"), (99, None), (100, "")):
        folder = each.checkpoints / f"checkpoint-{step}"
        folder.mkdir(parents=True)
        if state is not None:
            (folder / "trainer_state.json").write_text(state)
    assert each.latest_checkpoint().name == "checkpoint-10"


def test_the_data_is_told_by_clauses_and_rules_in_their_order():
    other = Record(id="0", clause="Door 0.", rule=parse_rule("if(exist(x)),then(exist(y))"))
    hashes = {data_hash(r) for r in (RECORDS, RECORDS[::-1], RECORDS[:2], [other, *RECORDS[1:]])}
    assert len(hashes) == 4


def trainer(error=None):
    """A trainer that only remembers what it was asked to resume from."""

    def train(resume_from_checkpoint):
        each.resumed_from = resume_from_checkpoint
        if error:
            raise error

    state = SimpleNamespace(global_step=10)
    each = SimpleNamespace(
        train=train, add_callback=lambda callback: None, state=state, args=SimpleNamespace()
    )
    return each


@pytest.fixture
def checkpointed(started):
    each = started()
    folder = each.checkpoints / "checkpoint-10"
    folder.mkdir(parents=True)
    (folder / "trainer_state.json").write_text("{}")
    return each


@pytest.mark.parametrize("resume", [True, False])
def test_training_goes_on_from_the_checkpoint_if_asked_to(checkpointed, resume):
    each = trainer()
    run_to_the_end(each, checkpointed, resume)
    newest = str(checkpointed.checkpoints / "checkpoint-10")
    assert each.resumed_from == (newest if resume else None)


def test_an_interrupted_run_says_where_it_would_go_on(checkpointed):
    with pytest.raises(KeyboardInterrupt, match="--resume goes on from checkpoint-10"):
        run_to_the_end(trainer(KeyboardInterrupt()), checkpointed, False)


def test_shortages_in_training_are_explained(checkpointed):
    with pytest.raises(TrainingError, match=r"lower trainer\.per_device_train_batch_size"):
        run_to_the_end(trainer(RuntimeError("CUDA out of memory.")), checkpointed, False)
    with pytest.raises(
        TrainingError, match=r"disk is full: .* --resume goes on from checkpoint-10"
    ):
        run_to_the_end(trainer(OSError(errno.ENOSPC, "No space left")), checkpointed, False)


def test_an_interruption_ends_training_after_the_step_with_a_checkpoint(checkpointed, capsys):
    control = SimpleNamespace(should_save=False, should_training_stop=False)
    callbacks = []

    def train(resume_from_checkpoint):
        os.kill(os.getpid(), signal.SIGINT)
        callbacks[0].on_step_end(None, None, control)

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt, match="--resume goes on from checkpoint-10"):
        run_to_the_end(
            SimpleNamespace(train=train, add_callback=callbacks.append), checkpointed, False
        )
    assert control.should_save
    assert control.should_training_stop
    assert signal.getsignal(signal.SIGINT) is before
    assert "saving after this step" in capsys.readouterr().err


def test_a_second_interruption_ends_training_at_once(checkpointed):
    steps = []

    def train(resume_from_checkpoint):
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGINT)
            steps.append(1)

    with pytest.raises(KeyboardInterrupt):
        run_to_the_end(
            SimpleNamespace(train=train, add_callback=lambda callback: None), checkpointed, False
        )
    assert len(steps) == 1


@pytest.fixture
def small_model():
    """A base model, its tokenizer and the same model with an adapter."""
    from peft import LoraConfig, get_peft_model

    from p4ir.models import load_base

    base, tokenizer = load_base("tiny-random")
    tuned, _ = load_base("tiny-random")
    config = LoraConfig(r=2, target_modules="all-linear", task_type="CAUSAL_LM")
    return base, tokenizer, get_peft_model(tuned, config)


def test_an_adapter_is_saved_with_its_card_and_what_it_says_of_itself(started, small_model):
    from p4ir.models import find_adapter

    each, (_, tokenizer, tuned) = started(), small_model
    for _ in range(2):  # the second replaces the first
        save_adapter(tuned, tokenizer, load("sft/tiny"), each, "sft", {"nted": 0.25})
    info = find_adapter(each.adapter)
    assert (info.base, info.notation, info.rank) == ("tiny-random", "lrml", 2)
    assert info.details == {
        "stage": "sft", "clause_number": "keep", "validation": {"nted": 0.25}
    }  # fmt: skip
    card = (each.adapter / "README.md").read_text()
    assert "| nted | 0.2500 |" in card
    assert str(each.output) not in card
    parts = {path.name for path in each.output.iterdir()}
    assert parts == {"adapter", "lock", "recipe.yaml", "run.json"}


@pytest.mark.parametrize("failing", ["write_info", "write_text"])
def test_an_adapter_is_saved_whole_or_not_at_all(started, small_model, monkeypatch, failing):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    each, (_, tokenizer, tuned) = started(), small_model
    monkeypatch.setattr(adapter, failing, full)
    with pytest.raises(TrainingError, match="adapter: No space left on device"):
        save_adapter(tuned, tokenizer, load("sft/tiny"), each, "sft", {})
    assert {path.name for path in each.output.iterdir()} == {"lock", "recipe.yaml", "run.json"}


def test_a_model_trained_whole_is_used_like_an_adapter(started, small_model):
    from p4ir.inference import Interpreter

    each, (base, tokenizer, _) = started(), small_model
    save_adapter(base, tokenizer, load("sft/tiny", ["lora=null"]), each, "sft", {})
    interpreter = Interpreter(adapter=str(each.adapter), max_new_tokens=8)
    assert (interpreter.model, interpreter.notation) == (str(each.adapter), "lrml")
    assert interpreter.interpret("A door.")[0].completion
    assert "library_name: transformers" in (each.adapter / "README.md").read_text()
