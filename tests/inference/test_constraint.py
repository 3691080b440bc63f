import functools
import random
from collections import Counter

import numpy as np
import pytest
import torch

from p4ir.errors import NotationError
from p4ir.inference.constraint import Constraint
from p4ir.inference.generation import generate, in_order, sample
from p4ir.inference.rows import Prompt, Row, draw
from p4ir.models import load_base
from p4ir.rules import parse_rule
from p4ir.rules.grammar import WITH_GRAMMAR
from p4ir.rules.lint import lint

END = 1
LIMIT = 70


@functools.cache
def tiny():
    return load_base("tiny-random")


@functools.cache
def constraint(notation):
    return Constraint(tiny()[1], notation, [END])


def encode(text):
    return tiny()[1](text)["input_ids"]


def decode(tokens):
    tokenizer = tiny()[1]
    return tokenizer.convert_tokens_to_string(tokenizer.convert_ids_to_tokens(tokens))


def random_texts(count, seed=0):
    rng = random.Random(seed)
    ranges = [(32, 127), (32, 127), (0xA0, 0x2FFF), (0x1F300, 0x1F5FF)]
    return [
        "".join(chr(rng.randrange(*rng.choice(ranges))) for _ in range(rng.randint(1, 60))) + "\n"
        for _ in range(count)
    ]


@pytest.mark.parametrize("notation", WITH_GRAMMAR)
def test_every_completion_is_a_rule_whatever_the_text(notation):
    """By a model that knows nothing and writes single bytes: nothing comes right by itself."""
    found = generate(*tiny(), random_texts(40), notation=notation, max_new_tokens=LIMIT)
    for each in found:
        rule = parse_rule(each.text, notation)
        assert "arity" not in {warning.code for warning in lint(rule)}
        assert len(each.tokens) <= LIMIT
        assert each.is_closed == (each.end != "finished")
    assert "length" in {each.end for each in found}


@pytest.mark.parametrize("notation", WITH_GRAMMAR)
def test_every_sample_is_a_rule_and_depends_on_its_own_draws_alone(notation):
    texts = random_texts(6, seed=1)

    def draw(texts, batch_size):
        rngs = [np.random.default_rng(len(text)) for text in texts]
        drawn = sample(
            *tiny(), texts, samples=3, rngs=rngs, notation=notation, max_new_tokens=LIMIT,
            batch_size=batch_size,
        )  # fmt: skip
        return in_order(drawn)

    found = draw(texts, 16)
    assert all(parse_rule(each.text, notation) for of_text in found for each in of_text)
    assert all(len({each.text for each in of_text}) == 3 for of_text in found)
    alone = draw(texts[:1], 1)
    # But for rounding, which depends on what stands beside a row.
    assert [each.tokens[:6] for each in alone[0]] == [each.tokens[:6] for each in found[0]]


def test_unconstrained_the_model_writes_no_rule():
    found = generate(*tiny(), random_texts(3), max_new_tokens=40)
    assert not any(each.text.startswith("if") for each in found)


class Writer:
    """Scores that make a row write a text and, where it may not, dots."""

    def __init__(self, text, second="."):
        self.tokens = [*encode(text), END]
        (self.second,) = encode(second)

    def write(self, row):
        steps = 0
        while not row.is_done:
            scores = torch.full((258,), -20.0)
            scores[self.second] = 0.0
            place = len(row.tokens)
            scores[self.tokens[place] if place < len(self.tokens) else END] = 20.0
            token = row.choose(scores, int(scores.argmax()))
            if token is not None:
                row.take(token, float(scores.log_softmax(-1)[token]))
            steps += 1
            assert steps < 1000
        return decode([token for token in row.tokens if token != END])


def row(notation, limit, **options):
    return Row(Prompt([5]), ends=[END], limit=limit, guide=constraint(notation).start(), **options)


OUTLINE = "if\n has: space, natural ventilation\nthen\n obligation\n  exist: window"


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        ("outline", OUTLINE),
        ("lrml", "if(has(space,naturalVentilation)),then(obligation(exist(window)))"),
        ("json", '{"if": [{"exist": ["door"]}], "then": ["x"]}'),
    ],
)
def test_a_rule_that_the_model_writes_is_left_as_it_is(notation, text):
    found = row(notation, 300)
    assert Writer(text).write(found) == text
    assert (found.end, found.is_closed, found.steered) == ("finished", False, 0)


def test_only_what_is_wrong_is_changed():
    found = row("outline", 300)
    written = Writer(OUTLINE.replace("window", "(window)")).write(found)
    assert written == OUTLINE.replace("window", ".window.")
    assert found.steered == 2


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        ("outline", OUTLINE + "\n" + " and\n  `a: b`" * 9),
        ("outline", "if\n and\n  not\n   not\n    not\n     has: 'max(x1, " + "x" * 90),
        ("outline", "if: " + "é🚪" * 30),
        ("lrml", "if(and(not(not(not(has('max(x1, x2)',door))))," * 9),
        ("lrml", "if(" + "not(" * 30),
        ("json", '{"if": [{"and": [{"not": [{"not": [{"has": ["a' + "é" * 40),
    ],
)
def test_a_text_cut_anywhere_ends_in_a_complete_rule(notation, text):
    shortest = len(encode('{"if": ["…"], "then": ["…"]}'))
    for limit in range(shortest, 75):
        found = row(notation, limit)
        written = Writer(text).write(found)
        assert parse_rule(written, notation)
        assert len(found.tokens) <= limit
        assert len(found.logprobs) == len(found.tokens)
        assert found.is_closed


def test_where_no_rule_fits_the_text_is_cut():
    found = row("lrml", 6)
    Writer("if(door),then(window)").write(found)
    assert (found.end, found.is_closed, len(found.tokens)) == ("length", False, 6)


def test_room_is_used_up_before_a_rule_is_closed():
    found = row("outline", 120)
    written = Writer(OUTLINE + ", window" * 40).write(found)
    assert written.startswith(OUTLINE)
    assert len(found.tokens) > 100


def test_a_loop_is_left_and_the_rule_closed():
    found = row("lrml", 400)
    written = Writer("if(a),then(or(" + "door,lift," * 60).write(found)
    assert (found.end, found.is_closed) == ("loop", True)
    assert parse_rule(written, "lrml")
    assert len(written) < 120


def test_where_the_grammar_leaves_one_way_a_loop_is_no_reason_to_leave_it():
    """Deep indentation repeats: the grammar decides, not the loop breaker."""
    lines = [" " * depth + "not" for depth in range(1, 14)]
    text = "\n".join(["if", *lines, " " * 14 + "a", "then", " b"])
    found = row("outline", 400)
    assert parse_rule(Writer(text).write(found), "outline")


def test_draws_have_the_shares_that_are_left():
    """What is forbidden leaves its share to what is allowed, each in proportion."""
    shares = {"i": 0.0, "f": 0.0, ":": 0.3, "\n": 0.1, "x": 0.6}
    counts = Counter()
    rng = np.random.default_rng(0)
    scores = torch.full((258,), -torch.inf)
    for char, share in shares.items():
        if share:
            scores[encode(char)[0]] = float(np.log(share))
    for _ in range(2000):
        found = row("outline", 300, rng=rng)
        for char in "if":
            found.take(encode(char)[0], 0.0)
        counts[decode([found.choose(scores, int(draw(scores[None], [found])[0]))])] += 1
    assert set(counts) == {":", "\n"}
    assert counts[":"] / 2000 == pytest.approx(0.75, abs=0.03)


def test_a_notation_without_a_grammar_is_refused():
    with pytest.raises(NotationError, match="'skeleton' has no grammar"):
        generate(*tiny(), ["A door."], notation="skeleton")


@pytest.mark.parametrize("unfinished", ["a: b", "a: b, c", "`a b`: `c d`", "and\n   e: f\n   g"])
def test_what_a_functor_still_lacks_is_written_not_more_of_what_it_has(unfinished):
    """`against` has two arguments, and a comma would add to the first one's own."""
    text = f"if: x\nthen\n against\n  {unfinished}"
    guide = constraint("outline").start()
    for token in encode(text):
        guide.take(token)
    rule = parse_rule(text + decode(guide.closing()), "outline")
    (against,) = [node for node in rule.nodes() if node.label == "against"]
    assert len(against.children) == 2
