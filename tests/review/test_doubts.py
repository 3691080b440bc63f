from dataclasses import replace
from datetime import UTC, datetime

from p4ir.review import ReviewedRule
from p4ir.review.doubts import count_doubts, doubts_of, next_to_review
from p4ir.rules import parse_rule

TEXT = "if(exist(door)),then(obligation(greaterThanEqual(door.width,850 mm)))"
RULE = parse_rule(TEXT)


def reviewed(**more):
    about = {
        "id": "r1",
        "clause": "A door shall be at least 850 mm wide.",
        "rule": RULE,
        "model_rule": RULE,
        "key": 1,
        "version": 1,
        "author": "Ada",
        "changed_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return ReviewedRule(**{**about, **more})


def texts(rule, severity=None):
    return [d.text for d in doubts_of(rule) if severity in (None, d.severity)]


def test_a_rule_that_the_clause_supports_in_full_has_no_doubts():
    assert doubts_of(reviewed()) == []


def test_a_bound_that_the_rule_turns_round_is_loud():
    rule = reviewed(clause="A door shall be no more than 850 mm wide.")
    said = "“no more than 850 mm” in the clause, but greaterThanEqual in the rule"
    assert texts(rule, "loud") == [said]


def test_invented_and_forgotten_numbers_are_loud():
    rule = reviewed(clause="A door shall be at least 900 mm wide.")
    assert texts(rule, "loud") == [
        "850 mm not in the clause",
        "900 mm: in the clause, but no part of the rule takes it up",
    ]


def test_a_clause_without_a_rule_says_why_loudly():
    rule = reviewed(rule=None, model_rule=None, problem="the clause is empty")
    assert doubts_of(rule) == [("loud", "the clause is empty")]


def test_what_the_clause_does_not_name_and_what_lint_finds_is_quiet():
    odd = parse_rule("if(exist(gate)),then(obligation(equals(door.width,850 mm)))")
    found = texts(reviewed(rule=odd, model_rule=odd), "quiet")
    assert any("'equals' is not known" in text for text in found)
    assert any("gate" in text for text in found)


def test_the_models_doubts_count_until_somebody_edits_the_rule():
    unsure = [1.0] * RULE.size
    unsure[5] = 0.1
    drafted = reviewed(confidence=0.3, node_confidence=tuple(unsure), problem="closed 1 bracket")
    assert texts(drafted) == [
        "closed 1 bracket",
        "the model is not sure: confidence 0.30",
        f"the model is not sure of {RULE.labels[5]}",
    ]
    assert doubts_of(replace(drafted, model_rule=parse_rule(TEXT.replace("850", "800")))) == []


def test_doubts_are_counted_by_their_marks_and_none_is_nothing():
    rule = reviewed(clause="A door shall be at least 900 mm wide.", problem="closed 1 bracket")
    assert count_doubts(doubts_of(rule)) == "2 ! 1 ?"
    assert count_doubts(doubts_of(reviewed())) == ""


def test_the_next_draft_after_a_rule_comes_next_and_then_the_first():
    rules = [reviewed(id=name) for name in "abcd"]
    rules[1] = replace(rules[1], status="approved")
    assert next_to_review(rules, "a") == "c"
    assert next_to_review(rules, "d") == "a"
    approved = [replace(rule, status="approved") for rule in rules]
    assert next_to_review(approved, "b") == "b"
    assert next_to_review([], "b") == "b"
