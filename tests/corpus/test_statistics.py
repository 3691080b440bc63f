import json

import pytest

from p4ir.corpus import Record
from p4ir.corpus.no_requirement import NO_REQUIREMENT
from p4ir.corpus.statistics import corpus_statistics, format_statistics, to_object
from p4ir.rules import parse_rule

RECORDS = [
    Record(
        id="1",
        clause="Barns shall have 2 doors.",
        rule=parse_rule("if(exist(barn)),then(obligation(equal(count(barn.door),2)))"),
        split="train",
        topic="egress",
    ),
    Record(
        id="2",
        clause="Barn doors may slide.",
        rule=parse_rule("if(has(barn,door)),then(permission(is(door,sliding)))"),
        split="test",
        topic="egress",
    ),
    Record(id="3", clause="A note.", rule=NO_REQUIREMENT, split="train"),
    Record(id="4", clause="A clause that nobody has read yet.", split="train"),
]
COUNTED = corpus_statistics(RECORDS)


def test_records_are_counted_by_what_is_known_of_them() -> None:
    assert COUNTED.records == 4
    assert COUNTED.splits == {"train": 3, "test": 1}
    assert COUNTED.topics == {"egress": 2, "(none)": 2}


def test_held_out_records_are_counted_by_their_reason() -> None:
    held = [Record(id=str(n), clause="Doors.", split="test", holdout="topic") for n in range(2)]
    assert corpus_statistics(held).holdouts == {"topic": 2}
    assert "holdouts      none" in format_statistics(COUNTED).splitlines()


def test_rules_are_measured_and_missing_ones_left_out() -> None:
    assert COUNTED.clause_words == (2, 4.5, 4.5, 7)
    assert COUNTED.rule_nodes == (9, 10, pytest.approx(29 / 3), 10)
    assert COUNTED.rule_depth == (3, 3, pytest.approx(10 / 3), 4)


def test_vocabulary_and_conclusions_are_counted() -> None:
    assert COUNTED.conclusions == {"obligation": 1, "permission": 1, "no requirement": 1}
    assert COUNTED.functors["exist"] == 2
    assert COUNTED.leaves == {"entity": 8, "entity.property": 1, "number": 1}
    assert (COUNTED.entities, COUNTED.properties) == (5, 1)


def test_labels_that_training_never_shows_are_a_share_of_the_other_split() -> None:
    # Of if, has, barn, door, then, permission, is, sliding.
    assert COUNTED.unseen == {"test": 4 / 8}


def test_nothing_at_all_can_be_counted_too() -> None:
    empty = corpus_statistics([])
    assert (empty.records, empty.rule_nodes, empty.unseen) == (0, None, {})
    assert "rule nodes    none" in format_statistics(empty)


def test_statistics_are_text_and_json() -> None:
    assert "splits        2: train 3, test 1" in format_statistics(COUNTED).splitlines()
    assert json.loads(json.dumps(to_object(COUNTED)))["clause_words"]["largest"] == 7
