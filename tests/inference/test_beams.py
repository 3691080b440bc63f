"""Beam search: against every text there is, against transformers, alone and beside others."""

import functools
import itertools
import math
import random

import pytest
import torch

from p4ir.cli import arguments
from p4ir.inference import Interpreter
from p4ir.inference.beams import grow_beams
from p4ir.inference.cache import SlotCache
from p4ir.inference.decoding import write
from p4ir.inference.generation import generate
from p4ir.inference.rows import BEAMS, Prompt, Row
from p4ir.models import load_base
from p4ir.rules import parse_rule

END, A, B, C = 0, 1, 2, 3


@functools.cache
def tiny():
    return load_base("tiny-random")


class Book:
    """A decoder whose probabilities of the next token are looked up by all that stands before."""

    def __init__(self, chances):
        self.chances, self.slots, self.most = chances, {}, 0

    def read(self, prompts, first):
        self.slots |= {slot: tuple(prompt) for slot, prompt in enumerate(prompts, first)}
        return self.scores(range(first, first + len(prompts)))

    def step(self, tokens, lengths):
        self.most = max(self.most, len(tokens))
        for slot, (token, length) in enumerate(zip(tokens, lengths, strict=True)):
            assert len(self.slots[slot]) >= length
            self.slots[slot] = (*self.slots[slot][:length], token)
        return self.scores(range(len(tokens)))

    def copy(self, source, target, length):
        self.slots[target] = self.slots[source][:length]

    def scores(self, slots):
        return torch.tensor([self.chances(self.slots[slot]) for slot in slots]).log()


def at_random(before):
    """Chances of the four tokens, drawn anew for each beginning."""
    drawn = random.Random(str(before))
    weights = [drawn.expovariate(1) for _ in range(4)]
    return [weight / sum(weights) for weight in weights]


def found(chances, prompts, width, slots=100, limit=4):
    book = Book(chances)
    rows = [Row(Prompt(prompt, n), ends=[END], limit=limit) for n, prompt in enumerate(prompts)]
    best = [beam.ranked()[0] for beam in grow_beams(book, rows, slots, limit, width)]
    assert book.most <= max(slots, width)
    return sorted(best, key=lambda row: row.prompt.number)


def mean_logprob(chances, prompt, text):
    befores = (prompt + text[:n] for n in range(len(text)))
    return sum(
        math.log(chances(before)[token]) for before, token in zip(befores, text, strict=True)
    ) / len(text)


@pytest.mark.parametrize("start", range(20))
def test_a_beam_as_wide_as_there_are_texts_finds_the_best_of_all(start):
    """Three letters and an end, at most four tokens."""
    prompt = (A, start)
    letters = [(*some, END) for n in range(4) for some in itertools.product((A, B, C), repeat=n)]
    wanted = max(letters, key=lambda text: mean_logprob(at_random, prompt, text))
    (row,) = found(at_random, [prompt], width=200)
    assert tuple(row.tokens) == wanted
    assert sum(row.logprobs) / len(row.logprobs) == pytest.approx(
        mean_logprob(at_random, prompt, wanted), abs=1e-5
    )


def test_it_comes_back_from_a_word_that_leads_nowhere():
    chances = {(9,): [0, 0.6, 0.4, 0], (9, A): [0.3, 0.2, 0.25, 0.25], (9, B): [0.9, 0.1, 0, 0]}

    def look_up(before):
        return chances.get(before, [1.0, 0, 0, 0])

    assert found(look_up, [(9,)], width=1)[0].tokens == [A, END]
    assert found(look_up, [(9,)], width=2)[0].tokens == [B, END]


@pytest.mark.parametrize("slots", [1, 4, 7, 12])
@pytest.mark.parametrize("width", [2, 3, 4])
def test_what_is_written_beside_a_text_changes_nothing(width, slots):
    prompts = [(A,) * (1 + n % 3) + (n,) for n in range(9)]
    together = found(at_random, prompts, width, slots, limit=7)
    alone = [found(at_random, [prompt], width, limit=7)[0] for prompt in prompts]
    assert [row.tokens for row in together] == [row.tokens for row in alone]
    assert len({len(row.tokens) for row in together}) > 1


def test_a_text_that_is_stopped_comes_behind_every_one_that_ends():
    def loop(before):  # almost surely goes on and on
        return [0.01, *[0.97 if token == 1 + len(before) % 3 else 0.01 for token in (A, B, C)]]

    (row,) = found(loop, [(9,)], width=2, limit=40)
    assert row.end == "finished"
    (row,) = found(lambda before: [0.0, 0.4, 0.3, 0.3], [(9,)], width=2, limit=5)
    assert (row.end, len(row.tokens)) == ("length", 5)


def test_it_writes_what_transformers_own_search_does(exact):
    model, tokenizer = tiny()
    prompts = ["A door.", "A stair shall have a handrail.", "Lifts", "Ramps " * 9]
    completions = generate(model, tokenizer, prompts, beams=4, max_new_tokens=8)
    for prompt, completion in zip(prompts, completions, strict=True):
        ids = torch.tensor([tokenizer(prompt)["input_ids"]])
        wanted = model.generate(
            ids, max_new_tokens=8, do_sample=False, num_beams=4, early_stopping=True,
            length_penalty=1.0,
        )  # fmt: skip
        assert list(completion.tokens) == wanted[0, ids.shape[1] :].tolist()


class Growing:
    """A guide whose way to the end is one token long at first and seven after an A."""

    def __init__(self, way=1):
        self.way = way

    def fork(self):
        return Growing(self.way)

    def allows(self, token):
        return token != END or self.way == 0

    def allowed(self, size):
        return torch.tensor([self.allows(token) for token in range(size)])

    def take(self, token):
        self.way += {A: 6, C: -1}.get(token, 0)

    def closing(self, back=0):
        return [C] * self.way


@pytest.mark.parametrize("width", [1, 2])
def test_a_text_that_goes_back_to_its_beginning_is_closed_from_there(width):
    book = Book(lambda before: [0.1, 0.7, 0.1, 0.1])
    row = Row(Prompt((9,)), ends=[END], limit=4, guide=Growing())
    if width == 1:
        (row,) = write(book, [row], 4, 4)
    else:
        row = next(grow_beams(book, [row], 4, 4, width)).ranked()[0]
    assert (row.tokens[-1], row.end, row.is_closed) == (C, "length", True)


def test_a_slot_that_is_copied_leaves_longer_ones_as_they_are():
    cache = SlotCache()
    for slot, length in enumerate((200, 20)):
        cache.begin(slice(slot, slot + 1), length, None)
        cache.update(torch.ones(1, 1, length, 2), torch.ones(1, 1, length, 2), 0)
    cache.copy(1, 2, 20)
    cache.begin(slice(0, 3), 201, torch.tensor([200, 20, 20]))
    keys, _ = cache.update(torch.ones(3, 1, 1, 2), torch.ones(3, 1, 1, 2), 0)
    assert keys[:, 0, :, 0].sum(1).tolist() == [201, 21, 21]


def test_a_consensus_has_no_beams(tiny_adapter):
    assert Interpreter(adapter=str(tiny_adapter), consensus=2).beams == 1
    assert Interpreter(adapter=str(tiny_adapter)).beams == BEAMS == arguments.BEAMS


def test_each_prompt_is_counted_once_and_none_gives_none(exact):
    counted = []
    texts = ["A door.", "Lifts", "A stair."]
    generate(*tiny(), texts, beams=3, batch_size=2, max_new_tokens=5, on_batch=counted.append)
    assert counted == [1, 1, 1]
    assert generate(*tiny(), [], beams=3) == []


@pytest.mark.parametrize("notation", ["outline", "lrml"])
def test_every_text_is_a_rule_if_it_is_held_to_a_notation(notation):
    """By a model that writes single bytes and knows nothing."""
    prompts = ["A door shall open.\n", "Lifts\n", "§ 3 ½\n"]
    for each in generate(*tiny(), prompts, beams=3, notation=notation, max_new_tokens=60):
        parse_rule(each.text, notation)
        assert len(each.tokens) <= 60
        assert len(each.logprobs) == len(each.spans)
