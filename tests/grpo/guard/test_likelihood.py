import pytest
import torch

from p4ir.corpus.records import Record
from p4ir.grpo.guard import likely
from p4ir.grpo.guard.flips import flips
from p4ir.grpo.guard.likelihood import Reading, coarse_kl, likeliest, read_answers
from p4ir.grpo.guard.options import GuardOptions
from p4ir.models import load_base
from p4ir.rules import format_rule, parse_rule


@pytest.fixture(scope="module")
def tiny():
    return load_base("tiny-random")


def test_an_answer_is_read_as_the_model_alone_would_read_it(tiny):
    model, tokenizer = tiny
    pairs = [("Doors\n", "open"), ("A far longer prompt than the other\n", "no"), ("x", "yes sir")]
    found = {reading.row: reading for reading in read_answers(model, tokenizer, pairs)}
    for row, (prompt, answer) in enumerate(pairs):
        asked, answered = (tokenizer(text)["input_ids"] for text in (prompt, answer))
        with torch.no_grad():
            logits = model(torch.tensor([asked + answered])).logits[0, len(asked) - 1 : -1]
        logps = logits.log_softmax(-1)
        assert found[row].tokens.tolist() == answered
        assert torch.allclose(found[row].logps, logps, atol=1e-5)
        total = sum(logps[place, token].item() for place, token in enumerate(answered))
        assert found[row].total_logp == pytest.approx(total, abs=1e-4)
        assert found[row].mean_logp == pytest.approx(total / len(answered), abs=1e-4)


def test_entropy_is_greatest_where_all_tokens_are_alike():
    even = Reading(0, torch.tensor([0]), torch.zeros(1, 8).log_softmax(-1))
    assert even.entropies.item() == pytest.approx(torch.tensor(8.0).log().item(), abs=1e-5)


def test_the_divergence_is_exact_over_all_tokens_and_a_lower_bound_over_some():
    torch.manual_seed(0)
    start, now = torch.randn(2, 5, 30).mul(2).log_softmax(-1)
    exact = (now.exp() * (now - start)).sum(1).double()
    bounds = [coarse_kl(now, *likeliest(start, k)) for k in (4, 12, 30)]
    assert torch.allclose(bounds[2], exact, atol=1e-4)
    assert (bounds[0] <= bounds[1] + 1e-9).all()
    assert (bounds[1] <= exact + 1e-6).all()
    assert (bounds[0] > 0).all()
    assert coarse_kl(start, *likeliest(start, 12)).max() < 1e-6


def clause(row, rule):
    text = "if(exist(door)),then(obligation(%s))"
    return Record(id=f"c{row}", clause=f"Door {row} is wide.", rule=parse_rule(text % rule))


def policy_of(monkeypatch, liked, nats=0.1):
    """Let a policy find likely what holds a word, and the rest 8 nats less so, of 20 tokens."""

    def read(model, tokenizer, pairs):
        for row, (_, answer) in enumerate(pairs):
            logps = torch.full((20, 2), -nats - (0 if liked in answer else 0.4))
            yield Reading(row, torch.zeros(20, dtype=torch.long), logps)

    monkeypatch.setattr(likely, "read_answers", read)


def found(records, options=None):
    options = options or GuardOptions()
    return likely.unlikely(None, None, records, "lrml", "keep", options)


RECORDS = [clause(row, f"greaterThan(door.width,{row} m)") for row in range(1, 9)]


def test_a_rule_that_the_policy_would_turn_round_is_found(monkeypatch):
    policy_of(monkeypatch, "greaterThan(")
    odd = clause(9, "lessThan(door.width,9 m)")
    assert [each.ids for each in found([*RECORDS, odd]) if "limit" in each.message] == [["c9"]]


def test_rules_like_those_of_the_policy_are_not(monkeypatch):
    policy_of(monkeypatch, "greaterThan(")
    assert found(RECORDS) == []


def test_a_policy_that_does_not_know_the_notation_is_not_asked(monkeypatch):
    policy_of(monkeypatch, "lessThan(", nats=5.0)
    assert found(RECORDS) == []


def test_a_corpus_turned_round_is_refused(monkeypatch):
    policy_of(monkeypatch, "lessThan(")
    assert [(each.check, each.level) for each in found(RECORDS)] == [("unlikely_rules", "refuse")]


def test_every_comparator_and_every_duty_has_its_opposite():
    rule = parse_rule(
        "if(lessThan(a.b,1)),then(obligation(not(and(greaterThanEqual(c.d,2),is(e,f)))))"
    )
    assert [format_rule(each) for each in flips(rule)] == [
        "if(greaterThan(a.b,1)),then(obligation(not(and(greaterThanEqual(c.d,2),is(e,f)))))",
        "if(lessThan(a.b,1)),then(obligation(not(and(lessThanEqual(c.d,2),is(e,f)))))",
        "if(lessThan(a.b,1)),then(obligation(and(greaterThanEqual(c.d,2),is(e,f))))",
    ]
