"""OpenVINO writes what PyTorch does."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from p4ir.errors import ModelError
from p4ir.inference import Interpreter
from p4ir.inference.decoder import Decoder
from p4ir.inference.generation import generate, in_order, sample
from p4ir.models import load_base
from p4ir.models import openvino as converted
from p4ir.models.openvino_graph import why_not

PROMPTS = ["Lifts", "A stair.", "A door of a corridor shall have a handle.", "x", "Ramps " * 70]


@pytest.fixture(scope="module")
def tiny():
    return load_base("tiny-random")


@pytest.fixture(scope="module")
def compiled(tiny):
    return compile_model(*tiny)


@pytest.fixture
def exact(monkeypatch):
    """Calculate in float32, whatever the hardware prefers."""
    for module in ("models.hardware", "inference.runtime"):
        monkeypatch.setattr(f"p4ir.{module}.has_fast_bf16", lambda device="cpu": False)


def compile_model(model, tokenizer, precision="f32"):
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    from p4ir.inference.openvino import CompiledModel

    return CompiledModel(converted.convert(model, tokenizer), precision)


def new_decoder(compiled):
    return compiled.decoder().__enter__()


def assert_alike(ours, theirs):
    assert [(c.text, c.tokens, c.end) for c in ours] == [(c.text, c.tokens, c.end) for c in theirs]
    assert [c.is_closed for c in ours] == [c.is_closed for c in theirs]
    for a, b in zip(ours, theirs, strict=True):
        assert a.logprobs == pytest.approx(b.logprobs, abs=1e-3)


@pytest.mark.parametrize("notation", [None, "outline", "lrml"])
@pytest.mark.parametrize("batch_size", [1, 2, 8])
def test_it_writes_the_same_rows_that_join_and_leave(tiny, compiled, exact, batch_size, notation):
    model, tokenizer = tiny
    options = {"notation": notation, "max_new_tokens": 60, "batch_size": batch_size}
    found = generate(compiled, tokenizer, PROMPTS, **options)
    assert_alike(found, generate(model, tokenizer, PROMPTS, **options))


@pytest.mark.parametrize("notation", [None, "outline"])
def test_it_follows_the_same_beams(tiny, compiled, exact, notation):
    model, tokenizer = tiny
    options = {"beams": 3, "notation": notation, "max_new_tokens": 40, "batch_size": 8}
    found = generate(compiled, tokenizer, PROMPTS, **options)
    assert_alike(found, generate(model, tokenizer, PROMPTS, **options))


@pytest.mark.parametrize("notation", [None, "lrml"])
def test_it_draws_the_same_samples_from_prompts_that_are_copied(tiny, compiled, exact, notation):
    model, tokenizer = tiny

    def drawn(model):
        found = sample(
            model, tokenizer, PROMPTS, samples=5, with_greedy=True, batch_size=4,
            rngs=[np.random.default_rng(n) for n in range(len(PROMPTS))], notation=notation,
            max_new_tokens=40,
        )  # fmt: skip
        return in_order(found)

    for ours, theirs in zip(drawn(compiled), drawn(model), strict=True):
        assert_alike(ours, theirs)


def test_no_prompts_give_no_completions(tiny, compiled):
    assert generate(compiled, tiny[1], []) == []


def test_scores_are_those_of_pytorch_wherever_a_row_stands(tiny, compiled, exact):
    """Over the ends of blocks and of slots, which grow, and beside what is overwritten."""
    decoders = Decoder(tiny[0]), new_decoder(compiled)
    rows = [[n % 250 for n in range(3, 3 + length)] for length in (31, 32, 1)]

    def same(call):
        ours, theirs = (call(decoder) for decoder in decoders)
        assert torch.allclose(ours, theirs, atol=1e-4)

    same(lambda d: d.read(rows, 0))
    same(lambda d: d.step([5, 6, 7], [31, 32, 1]))
    same(lambda d: d.read([list(range(2, 200)) * 2], 3))
    for decoder in decoders:
        decoder.copy(0, 4, 32)
        decoder.copy(3, 0, 396)
    same(lambda d: d.step([5, 6, 7, 8, 9], [396, 33, 2, 396, 32]))
    same(lambda d: d.step([9, 8], [397, 34]))


def test_a_decoder_is_lent_to_one_at_a_time_and_again(tiny, monkeypatch):
    compiled = compile_model(*tiny)
    with compiled.decoder() as one, compiled.decoder() as other:
        assert one is not other
        kept = one.read([[1, 2, 3]], 0)
    with compiled.decoder() as again:
        assert again is one
        assert torch.equal(again.read([[1, 2, 3]], 0), kept)  # whatever stood in its cache
    # One with more room than rows usually need starts anew.
    monkeypatch.setattr("p4ir.inference.openvino.MOST_CACHED", 10)
    with compiled.decoder() as large:
        large.read([list(range(100))], 0)
    with compiled.decoder() as small:
        assert torch.equal(small.read([[1, 2, 3]], 0), kept)


def test_bfloat16_is_near(tiny, compiled):
    near = new_decoder(compile_model(*tiny, "bf16"))
    exact, prompt = new_decoder(compiled), [list(range(2, 100))]
    assert torch.allclose(near.read(prompt, 0), exact.read(prompt, 0), atol=0.3)
    assert torch.allclose(near.step([5], [98]), exact.step([5], [98]), atol=0.3)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("Llama", {"attention_bias": True, "mlp_bias": True, "num_key_value_heads": 2}),
        ("Llama", {"rope_parameters": {
            "rope_type": "llama3", "rope_theta": 1e4, "factor": 8.0, "low_freq_factor": 1.0,
            "high_freq_factor": 4.0, "original_max_position_embeddings": 32}}),
        ("Mistral", {"sliding_window": None, "num_key_value_heads": 1}),
        ("Qwen2", {"num_key_value_heads": 2}),
        ("Qwen3", {"num_key_value_heads": 2, "head_dim": 16}),
    ],
)  # fmt: skip
def test_other_kinds_of_model_are_run_too(tiny, exact, kind, settings):
    import transformers

    config = getattr(transformers, f"{kind}Config")(
        vocab_size=258, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
        num_attention_heads=4, eos_token_id=1, pad_token_id=0, initializer_range=0.2, **settings,
    )  # fmt: skip
    torch.manual_seed(0)
    model = getattr(transformers, f"{kind}ForCausalLM")(config).eval()
    for name, weight in model.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(weight)
    decoders = Decoder(model), new_decoder(compile_model(model, tiny[1]))
    first, second = (d.read([list(range(2, 80)), [7]], 0) for d in decoders)
    assert torch.allclose(first, second, atol=1e-3)
    first, second = (d.step([5, 6], [78, 1]) for d in decoders)
    assert torch.allclose(first, second, atol=1e-3)


@pytest.mark.parametrize(
    ("kind", "settings", "why"),
    [
        ("GPTNeoX", {}, "of the kinds llama, mistral, qwen2, qwen3, not gpt_neox"),
        ("Mistral", {"sliding_window": 8}, "slides a window"),
        ("Llama", {"hidden_act": "gelu"}, "not with default and gelu"),
        ("Llama", {"rope_parameters": {"rope_type": "dynamic", "factor": 2.0}}, "with dynamic"),
    ],
)
def test_a_model_that_cannot_be_converted_says_why(kind, settings, why):
    import transformers

    assert why in why_not(getattr(transformers, f"{kind}Config")(**settings))


def test_an_interpreter_gives_the_same_by_either(tiny_adapter, exact, tmp_path, monkeypatch):
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    options = {"adapter": str(tiny_adapter), "max_new_tokens": 50, "batch_size": 2, "consensus": 2}
    clauses = ["A door shall be wide.", "", "Stairs shall have a handrail."]
    found = {}
    for runtime in ("torch", "openvino"):
        interpreter = Interpreter(runtime=runtime, **options)
        found[runtime] = interpreter.interpret(clauses)
    for ours, theirs in zip(found["openvino"], found["torch"], strict=True):
        assert (ours.rule, ours.problem) == (theirs.rule, theirs.problem)
        assert ours.confidence == pytest.approx(theirs.confidence, abs=1e-3)


@pytest.fixture
def base(tiny, tmp_path, monkeypatch):
    """A model in a folder, and a cache of its own."""
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    monkeypatch.setenv("P4IR_CACHE", str(tmp_path / "cache"))
    for part in tiny:
        part.save_pretrained(tmp_path / "base")
    return tmp_path / "base"


def kept(base):
    return sorted((base.parent / "cache" / "openvino").glob("*"))


def test_a_converted_model_is_kept_and_found_again(base, monkeypatch):
    options = {"adapter": None, "runtime": "openvino", "max_new_tokens": 20}
    first = Interpreter(str(base), **options).interpret("A door.")
    assert len(kept(base)) == 1
    monkeypatch.setattr("p4ir.inference.runtime.load_base", lambda name: pytest.fail("loaded"))
    again = Interpreter(str(base), **options).interpret("A door.")
    assert again[0].completion == first[0].completion


@pytest.mark.parametrize("file", ["model.bin", "about.json", "tokenizer.json"])
def test_a_damaged_one_is_made_anew(base, file):
    options = {"adapter": None, "runtime": "openvino", "max_new_tokens": 20}
    first = Interpreter(str(base), **options).interpret("A door.")
    (folder,) = kept(base)
    (folder / file).write_bytes((folder / file).read_bytes()[:99])
    again = Interpreter(str(base), **options).interpret("A door.")
    assert again[0].completion == first[0].completion
    assert kept(base) == [folder]
    assert json.loads((folder / "about.json").read_text())["ends"] == [1]


def test_another_model_in_the_same_folder_is_another_and_few_are_kept(base, tiny):
    for number in range(6):
        (base / "note.txt").write_text(str(number))
        assert converted.find_converted(str(base), None) is None
        converted.keep(converted.convert(*tiny), str(base), None)
        assert converted.find_converted(str(base), None)
        assert len(kept(base)) == min(number + 1, 4)


def test_a_full_disk_only_means_that_nothing_is_kept(base, monkeypatch):
    def full(*_, **__):
        raise RuntimeError("No space left on device")

    monkeypatch.setattr("openvino.save_model", full)
    options = {"adapter": None, "runtime": "openvino", "max_new_tokens": 20}
    assert Interpreter(str(base), **options).interpret("A door.")[0].completion
    assert kept(base) == []


def test_without_the_extra_one_line_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("p4ir.models.openvino.is_installed", lambda: False)
    with pytest.raises(ModelError) as error:
        Interpreter("tiny-random", runtime="openvino")
    assert str(error.value) == (
        "openvino is not installed: that runtime is an extra: pip install 'p4ir[openvino]'"
    )
    assert type(Interpreter("tiny-random")._model).__name__ == "LlamaForCausalLM"


def test_a_runtime_that_there_is_not_is_refused():
    with pytest.raises(ModelError, match="no runtime 'onnx'; there are auto, torch, openvino"):
        Interpreter("tiny-random", runtime="onnx")


def test_a_kind_of_model_that_it_does_not_run_goes_to_pytorch_unless_asked_for(monkeypatch):
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    monkeypatch.setattr("p4ir.models.openvino_graph.KINDS", ("mistral",))
    assert type(Interpreter("tiny-random")._model).__name__ == "LlamaForCausalLM"
    with pytest.raises(ModelError, match=r"^tiny-random: OpenVINO runs models of the kinds"):
        Interpreter("tiny-random", runtime="openvino")


def test_openvino_is_not_let_report_that_it_was_imported():
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    code = (
        "import sys; from p4ir.models.openvino import import_openvino; import_openvino();"
        "print([name for name in sys.modules if name.startswith('openvino_telemetry')])"
    )
    run = [sys.executable, "-c", code]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "[]\n"
