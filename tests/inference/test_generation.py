import copy
import functools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from p4ir.inference.generation import _spans, generate
from p4ir.models import load_base

END = 1


@pytest.fixture(scope="module")
def tiny():
    """A model and a tokenizer with one token for each byte."""
    return load_base("tiny-random")


class Script:
    """A decoder that gives each row its text, token by token, with a score of 20.

    Where that token is forbidden, the row would rather write `.`, whose score is 0.
    """

    def __init__(self, tokens_of, size, dot):
        self.tokens_of, self.size, self.dot = tokens_of, size, dot
        self.slots, self.most = {}, 0

    def read(self, prompts, first):
        for slot, prompt in enumerate(prompts, first):
            self.slots[slot] = tuple(prompt)
        return self.scores([(tuple(prompt), 0) for prompt in prompts])

    def step(self, tokens, lengths):
        self.most = max(self.most, len(tokens))
        prompts = [self.slots[slot] for slot in range(len(tokens))]
        return self.scores([(p, n + 1 - len(p)) for p, n in zip(prompts, lengths, strict=True)])

    def copy(self, source, target, length):
        self.slots[target] = self.slots[source]

    def scores(self, places):
        scores = torch.full((len(places), self.size), -20.0)
        scores[:, self.dot] = 0.0
        for row, (prompt, place) in enumerate(places):
            tokens = self.tokens_of[prompt]
            scores[row, tokens[place] if place < len(tokens) else END] = 20.0
        return scores


@pytest.fixture
def write(tiny, monkeypatch):
    """Make the model write given texts: real decoding, with the choices put in its mouth."""
    model, tokenizer = tiny
    (dot,) = tokenizer(".")["input_ids"]

    def generated(texts, prompts=None, limit=250, batch_size=8, **options):
        prompts = prompts or ["x" * (n + 1) for n in range(len(texts))]
        keys = [tuple(tokenizer(prompt)["input_ids"]) for prompt in prompts]
        written = [tokenizer(text)["input_ids"] for text in texts]
        script = Script(dict(zip(keys, written, strict=True)), model.config.vocab_size, dot)
        monkeypatch.setattr("p4ir.inference.decoder.Decoder", lambda model: script)
        found = generate(
            model, tokenizer, prompts, max_new_tokens=limit, batch_size=batch_size, **options
        )
        assert script.most <= batch_size
        return found

    return generated


@pytest.mark.parametrize("period", [4, 5, 17, 63])
def test_a_block_is_not_written_a_third_time(write, period):
    block = "".join(chr(48 + n) for n in range(period))
    (found,) = write(["~" + block + block + block[0] + "!?"])
    assert (found.text, found.end) == ("~" + block + block + ".!?", "finished")


@pytest.mark.parametrize(
    "written",
    [
        "abcdeabcde",
        "abcdeabcdefabcdeabcde-abcde",
        "abc" * 2,
        "a" * 8,
        "".join(chr(48 + n) for n in range(64)) * 3,
        "if(exist(door)),then(obligation(has(door,lock)))",
    ],
)
def test_what_is_no_third_copy_is_written(write, written):
    (found,) = write([written])
    assert (found.text, found.end) == (written, "finished")


@pytest.mark.parametrize(
    ("repeated", "kept"),
    [
        ("abcd", "=abcdabcd.bcdabcda.cdabcdab.dabc"),
        ("a", "=aaaaaaaa.aaaaaaaa..aaaa"),
        ("ab", "=abababab.babababa.abababab.baba"),
        ("abc", "=abcabcabcabc.bcabcabcabca.cabcabcabcab.abcabc"),
    ],
)
def test_a_text_that_falls_back_into_loops_is_ended(write, repeated, kept):
    """Four times it is helped out; of the last loop one copy is kept."""
    (found,) = write(["=" + repeated * 40])
    assert (found.text, found.end) == (kept, "loop")
    assert len(found.logprobs) == len(found.spans) == len(kept)


def test_what_the_model_would_not_have_written_has_the_probability_that_it_gave_it(write):
    (found,) = write(["abcdabcdabcd"], limit=9)
    assert found.text == "abcdabcd."
    assert found.logprobs[-1] == pytest.approx(-20, abs=0.1)
    assert found.logprobs[0] == pytest.approx(0, abs=0.1)


def test_a_text_that_does_not_end_reaches_the_limit(write):
    (found,) = write(["abcdefghij"], limit=6)
    assert (found.text, found.end) == ("abcdef", "length")


@pytest.mark.parametrize("batch_size", [1, 2, 3, 8])
def test_each_row_is_cut_at_its_own_place(write, batch_size):
    long = "".join(chr(47 + n) for n in range(79))
    texts = ["=" + "abcd" * 20, "", "12345678" * 2 + "!", "qrstuqrstuq", "a" * 80, long]
    found = write(texts, batch_size=batch_size)
    assert [(each.text, each.end) for each in found] == [
        ("=abcdabcd.bcdabcda.cdabcdab.dabc", "loop"),
        ("", "finished"),
        ("1234567812345678!", "finished"),
        ("qrstuqrstu.", "finished"),
        ("aaaaaaaa.aaaaaaaa..aaaa", "loop"),
        (long, "finished"),
    ]


def test_what_the_prompt_repeats_does_not_count(write):
    prompts = ["short", "abcde" * 20]
    found = write(["abcde", "abcde"], prompts)
    assert [(each.text, each.end) for each in found] == [("abcde", "finished")] * 2


def test_results_are_in_the_order_of_the_prompts_and_counted(tiny, exact):
    counted = []
    prompts = ["ccc", "a", "bb"]
    together = generate(*tiny, prompts, max_new_tokens=4, batch_size=2, on_batch=counted.append)
    alone = [generate(*tiny, [prompt], max_new_tokens=4)[0] for prompt in prompts]
    assert [each.text for each in together] == [each.text for each in alone]
    assert counted == [1, 1, 1]


@pytest.mark.parametrize("batch_size", [1, 2, 8])
def test_what_is_written_is_what_the_model_finds_likeliest(tiny, exact, batch_size):
    """Whatever is written beside it, and wherever the row stands."""
    model, tokenizer = tiny
    prompts = ["Lifts", "A stair.", "A door of a corridor shall have a handle.", "x", "Ramps " * 9]
    found = generate(model, tokenizer, prompts, max_new_tokens=30, batch_size=batch_size)
    for prompt, completion in zip(prompts, found, strict=True):
        asked = tokenizer(prompt)["input_ids"]
        with torch.no_grad():
            scores = model(torch.tensor([asked + list(completion.tokens)])).logits[0]
        of_text = scores[len(asked) - 1 : -1].log_softmax(-1)
        wanted = of_text.gather(1, torch.tensor(completion.tokens)[:, None]).squeeze(1)
        count = len(completion.logprobs)
        assert count >= len(completion.tokens) - 1
        assert torch.allclose(wanted[:count], torch.tensor(completion.logprobs), atol=1e-4)
        # The loop breaker may have stepped in behind the eighth token.
        assert of_text.argmax(-1).tolist()[:8] == list(completion.tokens)[:8]


def test_it_writes_what_transformers_own_loop_does(tiny, exact):
    model, tokenizer = tiny
    prompts = ["A door.", "A stair shall have a handrail.", "Lifts"]
    found = generate(model, tokenizer, prompts, max_new_tokens=8)
    for prompt, completion in zip(prompts, found, strict=True):
        ids = torch.tensor([tokenizer(prompt)["input_ids"]])
        wanted = model.generate(ids, max_new_tokens=8, do_sample=False)[0, ids.shape[1] :]
        assert list(completion.tokens) == wanted.tolist()


def test_packed_layers_and_adapters_write_the_same(tiny, exact):
    from peft import LoraConfig, get_peft_model

    from p4ir.inference.packing import pack

    model, tokenizer = tiny
    wanted = generate(model, tokenizer, ["A door.", "A ramp"], max_new_tokens=12)
    packed = pack(copy.deepcopy(model))
    assert all(type(each) is not torch.nn.Linear for each in packed.modules())
    tuned = get_peft_model(
        copy.deepcopy(model), LoraConfig(r=2, target_modules="all-linear", task_type="CAUSAL_LM")
    )
    for other in (packed, tuned):
        found = generate(other, tokenizer, ["A door.", "A ramp"], max_new_tokens=12)
        assert [each.text for each in found] == [each.text for each in wanted]


def test_settings_that_a_chat_model_comes_with_change_nothing(tiny, exact, monkeypatch):
    model, tokenizer = tiny
    before = generate(model, tokenizer, ["A door."], max_new_tokens=6)
    for name, value in {"repetition_penalty": 5.0, "temperature": 0.3, "top_p": 0.1}.items():
        monkeypatch.setattr(model.generation_config, name, value)
    assert generate(model, tokenizer, ["A door."], max_new_tokens=6) == before


def test_each_of_the_tokens_that_end_a_text_ends_it(write, tiny, monkeypatch):
    model, tokenizer = tiny
    (semicolon,) = tokenizer(";")["input_ids"]
    monkeypatch.setattr(model.generation_config, "eos_token_id", [END, semicolon])
    (found,) = write(["abc;def"])
    assert (found.text, found.end) == ("abc", "finished")


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd<"), max_size=20))
def test_a_token_stands_where_its_character_does(text):
    _, tokenizer = load_tokenizer()
    tokens = tokenizer(text)["input_ids"]
    pieces = tokenizer.convert_ids_to_tokens(tokens)
    assert tokenizer.convert_tokens_to_string(pieces) == text
    wanted = [(i, i + 1) for i, char in enumerate(text) for _ in char.encode()]
    assert list(_spans(tokenizer, pieces, text)) == wanted


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=30))
def test_bytes_that_are_no_text_leave_spans_in_order(data):
    _, tokenizer = load_tokenizer()
    alphabet = {chr(code): code for code in [*range(33, 127), *range(161, 173), *range(174, 256)]}
    others = [code for code in range(256) if code not in alphabet.values()]
    alphabet |= {chr(256 + n): code for n, code in enumerate(others)}
    letters = {code: char for char, code in alphabet.items()}
    pieces = [letters[byte] for byte in data]
    text = tokenizer.convert_tokens_to_string(pieces)
    spans = _spans(tokenizer, pieces, text)
    assert len(spans) == len(pieces)
    assert all(0 <= start <= end <= len(text) for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)


def test_spans_are_right_for_a_vocabulary_of_word_pieces_too():
    """As Mistral's and Gemma's: `▁` for a space, and single bytes for what is in no piece."""
    from tokenizers import Tokenizer, decoders, models
    from transformers import PreTrainedTokenizerFast

    pieces = ["▁door", "'", "s", "▁", "<0xE2>", "<0x82>", "<0xAC>", "▁m", "²"]
    backend = Tokenizer(models.BPE(vocab={p: i for i, p in enumerate(pieces)}, merges=[]))
    backend.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend)
    text = tokenizer.convert_tokens_to_string(pieces)
    assert text == "door's € m²"
    spans = _spans(tokenizer, pieces, text)
    assert [text[start:end] for start, end in spans] == [
        "door", "'", "s", " ", "€", "€", "€", " m", "²"
    ]  # fmt: skip


@functools.cache
def load_tokenizer():
    return load_base("tiny-random")
