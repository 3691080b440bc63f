from types import SimpleNamespace

import pytest

from p4ir.corpus.records import Record
from p4ir.rules import format_rule, parse_rule
from p4ir.training import validation
from p4ir.training.progress import Progress
from p4ir.training.recipe import ValidationOptions
from p4ir.training.validation import validate
from tests.completions import spell_out

RULE = parse_rule("if(exist(door)),then(obligation(has(door,handle)))")
RECORDS = [Record(id=str(n), clause=f"{n}.1 Door.", rule=RULE) for n in range(4)]


class Model:
    """Nothing but a mode."""

    training = True

    def train(self, mode=True):
        self.training = mode

    def eval(self):
        self.training = False


@pytest.fixture
def written(monkeypatch):
    """Validate a model that writes the given texts."""

    def run(texts, notation="lrml", **options):
        def generate(model, tokenizer, prompts, **_):
            assert not model.training
            run.prompts = prompts
            return [spell_out(text) for text in texts[: len(prompts)]]

        monkeypatch.setattr(validation, "generate", generate)
        model = Model()
        found = validate(model, None, RECORDS, notation, "drop", ValidationOptions(**options))
        assert model.training
        return found

    return run


@pytest.mark.parametrize("notation", ["lrml", "outline"])
def test_expert_rules_are_perfect_in_every_notation(written, notation):
    perfect = {"nted": 0, "nlev": 0, "lrml_f1": 100, "exact": 1, "valid": 1}
    assert written([format_rule(RULE, notation)] * 4, notation) == pytest.approx(perfect)


def test_what_is_no_rule_counts_as_far_as_can_be(written):
    text = format_rule(RULE)
    found = written([text, text[:-1], "", "nothing"])
    assert found["nted"] == pytest.approx(0.5)
    assert (found["exact"], found["valid"]) == (0.5, 0.25)


def test_the_model_sees_what_it_is_trained_on(written):
    written([format_rule(RULE)] * 4, limit=2)
    assert written.prompts == ["Door.\n", "Door.\n"]


def test_the_model_trains_on_after_a_validation_that_failed(monkeypatch):
    def fail(*arguments, **options):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(validation, "generate", fail)
    model = Model()
    with pytest.raises(RuntimeError):
        validate(model, None, RECORDS, "lrml", "keep", ValidationOptions())
    assert model.training


def test_off_a_terminal_progress_is_lines_however_long(capsys):
    progress = Progress(("loss",), every_s=0.0)
    state = SimpleNamespace(global_step=0, max_steps=10, is_world_process_zero=True)
    progress.on_train_begin(None, state, None)
    state.global_step = 5
    progress.on_step_end(None, state, None)
    progress.on_log(None, state, None, {"loss": 1.23456, "grad_norm": 3.0})
    names = ("loss", "nted", "nlev", "lrml_f1", "exact", "valid", "runtime")
    progress.on_log(None, state, None, {f"eval_{name}": 0.5 for name in names})
    progress.on_log(None, state, None, {"learning_rate": 0.1})
    progress.on_train_end(None, state, None)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "step 5/10: loss 1.23, 0 min 0 s left",
        "validation 5/10: " + " ".join(f"{name} 0.500" for name in names[:-1]),
    ]
    assert len(err.splitlines()[1]) > 80
