"""The channel explains the clause by each rule, and the best of both directions is taken."""

import json
import math

import pytest
import torch

from p4ir.cli import main
from p4ir.errors import ModelError
from p4ir.inference import Interpreter, channel
from p4ir.inference.channel import Channel, find_channel
from p4ir.inference.choosing import Writer, choose_writer
from p4ir.inference.generation import search
from p4ir.inference.interpreter import read_completion
from p4ir.models import find_adapter, load_with_adapter
from p4ir.models.hardware import has_fast_bf16
from p4ir.rules import format_rule, parse_rule
from tests.completions import spell_out

CLAUSE = "3.1.2  A door of a corridor\nshall have a handle."
RULES = [
    parse_rule(text)
    for text in (
        "if(exist(door)),then(obligation(has(door,handle)))",
        "if(exist(stair)),then(obligation(greaterThanEqual(stair.width,'900 mm')))",
        "if(exist(ramp)),then(permission(has(ramp,x)))",
    )
]


@pytest.fixture(scope="session")
def tiny_channel(tmp_path_factory):
    """The folder of an adapter that the tiny recipe made; it writes clauses, badly."""
    output = tmp_path_factory.mktemp("channel") / "run"
    settings = (f"output={output}", "writes=clause", "validation.metric=loss")
    assert main(["train", "sft", "sft/tiny", *[x for s in settings for x in ("--set", s)]]) == 0
    return output / "adapter"


@pytest.fixture
def tiny(tiny_channel, exact):
    return Channel(find_adapter(tiny_channel), "torch")


def by_transformers(folder, clause, rule):
    model, tokenizer = load_with_adapter(folder, merge=True)
    prompt, text = tokenizer(rule + "\n")["input_ids"], tokenizer(clause)["input_ids"]
    ids = [*prompt, *text, tokenizer.eos_token_id]
    with torch.inference_mode():
        logprobs = model(torch.tensor([ids])).logits[0].log_softmax(-1)
    return sum(logprobs[n - 1, ids[n]].item() for n in range(len(prompt), len(ids)))


@pytest.mark.parametrize("at_once", [50, 100, 10_000])
def test_likelihoods_are_those_of_transformers(tiny, tiny_channel, monkeypatch, at_once):
    monkeypatch.setattr(channel, "LONGEST", at_once)
    found = tiny.log_likelihoods(CLAUSE, RULES)
    clause = "3.1.2 A door of a corridor shall have a handle."
    expected = [by_transformers(tiny_channel, clause, format_rule(rule, "lrml")) for rule in RULES]
    assert found == pytest.approx(expected, abs=1e-2)
    assert len(set(found)) == 3


def test_openvino_finds_the_same(tiny, tiny_channel):
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    theirs = Channel(find_adapter(tiny_channel), "openvino")
    apart = 0.3 if has_fast_bf16() else 0.01  # of 265, in bfloat16, and in float32
    for _ in range(2):  # the second time in slots that hold the first's
        found = theirs.log_likelihoods(CLAUSE, RULES)
        assert found == pytest.approx(tiny.log_likelihoods(CLAUSE, RULES), abs=apart)


def written(rule, log_likelihood, tokens=20, end="finished"):
    """Return a completion as likely as that, of so many tokens."""
    text = format_rule(rule, "lrml") if rule else "nothing"
    return spell_out(text, end)._replace(log_likelihood=log_likelihood, tokens=(0,) * tokens)


def test_both_directions_count(tiny, monkeypatch):
    asked = []

    def said(clause, rules):
        asked.append(rules)
        return [-20.0, -10.0, -30.0][: len(rules)]

    def place(*completions):
        return tiny.choose([read_completion(CLAUSE, c, "lrml") for c in completions], completions)

    monkeypatch.setattr(tiny, "log_likelihoods", said)
    a, b = RULES[:2]
    gain = channel.WEIGHT * 10 / 2  # 20 tokens count as 40
    assert place(written(None, 0), written(a, -5), written(b, -5 - gain + 0.1)) == 2
    assert place(written(None, 0), written(a, -5), written(b, -5 - gain - 0.1)) == 1
    assert place(written(a, -5), written(a, -4), written(b, -9)) == 1
    # Of the same sum the longer one is likelier in the mean.
    assert place(written(a, -40), written(b, -40 - gain, 80)) == 1
    assert [len(rules) for rules in asked] == [2, 2, 2, 2]
    assert place(written(None, 0), written(a, -99)) == 1
    assert place(written(None, -9), written(None, -8)) == 0
    assert len(asked) == 4  # where there is nothing to choose, nobody is asked


def test_the_interpreter_takes_the_rule_that_both_find_best(
    tiny_adapter, tiny_channel, monkeypatch
):
    completions = [
        written(RULES[0], -5.0), written(RULES[1], -9.0), written(RULES[2], 0.0, end="length"),
    ]  # fmt: skip

    def search(model, tokenizer, prompts, **options):
        assert options["beams"] == 4
        yield from reversed([(place, completions) for place in range(len(prompts))])

    monkeypatch.setattr("p4ir.inference.interpreter.search", search)
    made = {"adapter": str(tiny_adapter), "runtime": "torch", "beams": 4}
    chosen = Interpreter(**made, channel=str(tiny_channel))
    assert chosen.channel == tiny_channel.name
    gap = 2 * 4.0 / channel.WEIGHT  # by which the second is behind
    for second, expected in ((gap + 1, RULES[1]), (gap - 1, RULES[0])):
        likelihoods = dict(zip(RULES, (0.0, second, 999.0), strict=True))
        monkeypatch.setattr(
            Channel, "log_likelihoods",
            lambda self, clause, rules, found=likelihoods: [found[rule] for rule in rules],
        )  # fmt: skip
        counted = []
        results = chosen.interpret([CLAUSE, "", "A stair."], on_batch=counted.append)
        assert [each.rule for each in results] == [expected, None, expected]
        assert [each.clause for each in results] == [CLAUSE, "", "A stair."]
        assert counted == [1, 1, 1]
    monkeypatch.setattr(Channel, "log_likelihoods", lambda self, clause, rules: None)
    assert chosen.interpret(CLAUSE)[0].rule == RULES[0]
    completions[:2] = []
    assert chosen.interpret(CLAUSE)[0].rule == RULES[2]
    likeliest = Interpreter(**made, channel="none")
    assert likeliest.channel is None


def test_a_text_is_as_likely_as_all_its_tokens(tiny_adapter, exact):
    model, tokenizer = load_with_adapter(tiny_adapter, merge=True)
    prompt = tokenizer("A door.\n")["input_ids"]
    ((_, completions),) = search(
        model, tokenizer, [prompt], beams=3, notation="lrml", max_new_tokens=60
    )
    for each in completions:
        ids = [*prompt, *each.tokens]
        with torch.inference_mode():
            logprobs = model(torch.tensor([ids])).logits[0].log_softmax(-1)
        expected = sum(logprobs[n - 1, ids[n]].item() for n in range(len(prompt), len(ids)))
        assert each.log_likelihood == pytest.approx(expected, abs=1e-2)
        assert each.end != "finished" or each.log_likelihood < sum(each.logprobs)


def test_what_a_tokenizer_puts_before_a_text_stands_only_there(tiny, tiny_channel, monkeypatch):
    """As the trainer has it, which tokenizes prompt and clause as one text."""
    model, tokenizer = load_with_adapter(tiny_channel, merge=True)
    start = tokenizer.eos_token_id

    class Starting:
        eos_token_id = start

        def __call__(self, text, add_special_tokens=True):
            ids = tokenizer(text)["input_ids"]
            return {"input_ids": [start, *ids] if add_special_tokens else ids}

    monkeypatch.setattr(tiny, "_tokenizer", Starting())
    rule, clause = "if(exist(door)),then(obligation(has(door,handle)))", "A door."
    ids = Starting()(f"{rule}\n{clause}")["input_ids"] + [start]
    with torch.inference_mode():
        logprobs = model(torch.tensor([ids])).logits[0].log_softmax(-1)
    first = len(ids) - len(tokenizer(clause)["input_ids"]) - 1
    expected = sum(logprobs[n - 1, ids[n]].item() for n in range(first, len(ids)))
    assert tiny.log_likelihoods(clause, RULES[:1]) == [pytest.approx(expected, abs=1e-2)]


def test_a_clause_that_is_too_long_is_not_asked_about(tiny, monkeypatch):
    assert tiny.log_likelihoods("x" * (channel.LONGEST - 1), RULES) is not None
    assert tiny.log_likelihoods("x" * channel.LONGEST, RULES) is None
    monkeypatch.setattr(tiny._model.config, "max_position_embeddings", 80)
    assert tiny.log_likelihoods("x", RULES[:1]) is not None
    assert tiny.log_likelihoods("x" * 40, RULES[:1]) is None


def writer_that_says(**said):
    return Writer("base", None, said)


def test_the_adapter_names_its_channel(tiny_channel, tiny_adapter):
    named = writer_that_says(channel=str(tiny_channel))
    assert find_channel("default", named).folder == tiny_channel
    assert find_channel("default", writer_that_says()) is find_channel("none", named) is None
    assert find_channel(None, named) is None
    assert find_channel(str(tiny_channel), writer_that_says()).folder == tiny_channel
    with pytest.raises(ModelError, match="is no channel: it writes rules"):
        find_channel(str(tiny_adapter), named)
    for wrong in ("gone", 5, ["x"]):
        with pytest.raises(ModelError, match=r"base names the channel .* give --channel none"):
            find_channel("default", writer_that_says(channel=wrong))


@pytest.mark.parametrize("adapter", ["sft", "grpo", "open"])
def test_the_shipped_adapters_name_no_channel(adapter):
    assert find_channel("default", choose_writer(None, adapter)) is None


@pytest.mark.parametrize("options", [{"beams": 1}, {"consensus": 2}])
def test_without_beams_there_is_nothing_to_choose(tiny_adapter, tiny_channel, options):
    assert (
        Interpreter(adapter=str(tiny_adapter), channel=str(tiny_channel), **options).channel is None
    )


def test_a_whole_model_that_is_a_channel_writes_no_rules(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "p4ir.json").write_text('{"stage": "channel"}')
    with pytest.raises(ModelError, match="is a channel: it writes clauses"):
        Interpreter(adapter=str(tmp_path))


def test_a_channel_writes_no_rules(tiny_channel, capsys):
    assert main(["interpret", "--adapter", str(tiny_channel), "A door."]) == 2
    assert (
        "is a channel: it writes clauses, not rules; --channel takes it" in capsys.readouterr().err
    )


@pytest.mark.parametrize("more", [["--beams", "1"], ["--consensus", "3"]])
def test_a_channel_needs_beams(tiny_channel, more, capsys):
    assert main(["interpret", "--channel", str(tiny_channel), *more, "A door."]) == 2
    assert "--channel chooses among the rules of a beam" in capsys.readouterr().err


def test_the_run_says_what_it_made(tiny_channel):
    said = json.loads((tiny_channel / "p4ir.json").read_text())
    assert said["stage"] == "channel"
    assert said["validation"]["loss"] > 0
    assert math.isfinite(said["validation"]["loss"])
    card = (tiny_channel / "README.md").read_text()
    assert "how likely a clause of a building code is, given a rule" in card
    assert "--channel FOLDER" in card


def test_stage_two_does_not_go_on_from_a_channel(tiny_channel, tmp_path, capsys):
    settings = (f"output={tmp_path / 'run'}", f"adapter={tiny_channel}")
    assert main(["train", "grpo", "grpo/tiny", *[x for s in settings for x in ("--set", s)]]) == 2
    assert "is a channel: it writes clauses" in capsys.readouterr().err
