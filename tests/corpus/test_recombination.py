"""New pairs made from old ones say in the clause what they say in the rule."""

import dataclasses
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from p4ir.corpus import Record, read_corpus
from p4ir.corpus.amounts import certain_amounts
from p4ir.corpus.conventions import broken_conventions
from p4ir.corpus.mentions import certain_names
from p4ir.corpus.recombination import gather_pool, recombine
from p4ir.rules import format_rule, parse_rule
from p4ir.rules.grounding import GRADES, ground
from p4ir.rules.kinds import leaf_kind
from p4ir.rules.lint import lint
from tests.shared_data import CLAUSES

CORPUS = Path(__file__).resolve().parents[2] / "data" / "corpus"
RECORDS = read_corpus(CORPUS)
POOL = gather_pool(RECORDS)
EXIT_DOOR = (
    "if(and(has(room,exitDoor),greaterThan(room.occupantLoad,50))),"
    "then(obligation(greaterThanEqual(exitDoor.width,850 mm)))"
)


def pair(clause: str, rule: str) -> Record:
    return Record(id="t", clause=clause, rule=parse_rule(rule), paraphrase="in other words")


def names(clause: str, rule: str) -> set[str]:
    return {name.name for name in certain_names(pair(clause, rule))}


def amounts(clause: str, rule: str) -> set[str]:
    return {amount.label for amount in certain_amounts(pair(clause, rule))}


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(RECORDS), st.integers(0, 10**9))
def test_only_leaves_differ_and_none_loses_its_ground(record: Record, seed: int) -> None:
    new = recombine(record, POOL, random.Random(seed))
    if new is None:
        return
    assert new.clause != record.clause
    assert new.rule.arities == record.rule.arities
    for old, label, arity in zip(
        record.rule.labels, new.rule.labels, new.rule.arities, strict=True
    ):
        assert old == label or (arity == 0 and leaf_kind(old) == leaf_kind(label))
    before, after = ground(record.rule, record.clause), ground(new.rule, new.clause)
    for was, now in zip(before.nodes, after.nodes, strict=True):
        assert GRADES.index(now.grade) <= GRADES.index(was.grade), (new.clause, now)
    assert lint(new.rule) == lint(record.rule)
    assert broken_conventions(new.rule) == broken_conventions(record.rule)


def test_most_pairs_give_another_and_each_time_a_different_one() -> None:
    rng = random.Random(7)
    made = [recombine(record, POOL, rng) for record in RECORDS[:150]]
    assert sum(new is not None for new in made) > 120
    again = {recombine(RECORDS[1], POOL, random.Random(seed)).clause for seed in range(20)}
    assert len(again) > 15


def test_the_same_seed_gives_the_same_pair() -> None:
    one, other = (recombine(RECORDS[1], POOL, random.Random(3)) for _ in range(2))
    assert one == other


def test_a_new_pair_says_where_it_is_from_and_has_no_paraphrase() -> None:
    record = pair(
        "An exit door shall be at least 850 mm wide.",
        "if(exist(exitDoor)),then(obligation(greaterThanEqual(exitDoor.width,850 mm)))",
    )
    new = recombine(record, POOL, random.Random(1))
    assert new.id.startswith("t-")
    assert (new.source, new.paraphrase) == ("recombined from t", None)


def test_a_pair_without_anything_certain_gives_none() -> None:
    nothing = "if(exist(clause)),then(not(has(clause,requirement)))"
    assert recombine(pair("Notes explain the figures.", nothing), POOL, random.Random(1)) is None
    bare = Record(id="t", clause="An exit door shall be 850 mm wide.")
    assert recombine(bare, POOL, random.Random(1)) is None


def test_names_are_exchanged_with_number_and_article() -> None:
    record = pair("Where a room of more than 50 persons has an exit door, exit doors shall be at "
                  "least 850 mm wide.", EXIT_DOOR)  # fmt: skip
    lender = pair("A fire hatch shall be at least 2 m wide, and fire hatches shall be closed.",
                  "if(exist(fireHatch)),then(obligation(and(greaterThanEqual(fireHatch.width,2 m),"
                  "is(fireHatch,closed))))")  # fmt: skip
    rule = lender.rule
    pool = gather_pool([lender, dataclasses.replace(lender, rule=parse_rule(
        format_rule(rule).replace("exist(fireHatch)", "has(shop,fireHatch)")))])  # fmt: skip
    found = {recombine(record, pool, random.Random(seed)).clause for seed in range(20)}
    exchanged = [clause for clause in found if "hatch" in clause]
    assert exchanged
    for clause in exchanged:
        assert "has a fire hatch, fire hatches shall" in clause
        assert "exit" not in clause


@pytest.mark.parametrize(
    "clause",
    [
        "A room of more than 50 persons shall have an exit door frame at least 850 mm wide.",
        "The exit door of a room of more than 50 persons; such a door shall be 850 mm wide.",
        "A room of more than 50 persons shall have an EXIT DOOR at least 850 mm wide.",
        "A room of more than 50 persons shall have an internal exit door at least 850 mm wide.",
        "A room of more than 50 persons shall have a doorway and an exit door 850 mm wide.",
    ],
)
def test_a_name_inside_a_phrase_or_with_its_words_elsewhere_stays(clause: str) -> None:
    assert "exitDoor" not in names(clause, EXIT_DOOR)


def test_a_name_whose_words_another_label_shares_stays() -> None:
    rule = "if(exist(door)),then(obligation(and(has(door,handle),is(doorFrame,sealed))))"
    assert names("A door shall have a handle, and its door frame shall be sealed.", rule) == {
        "handle", "sealed",
    }  # fmt: skip


def test_a_verb_is_no_name() -> None:
    rule = "if(has(yard,drain)),then(obligation(is(yard.surface,paved)))"
    assert "drain" not in names("A yard that drains to the street shall be paved.", rule)


def test_mass_nouns_are_not_exchanged_for_things() -> None:
    rule = "if(exist(duct)),then(obligation(is(duct.material,steel)))"
    record = pair("A duct shall be made of steel.", rule)
    (steel,) = [name for name in certain_names(record) if name.name == "steel"]
    assert {phrase.need for phrase in POOL.fitting(steel)} == {"mass"}


@pytest.mark.parametrize(
    ("clause", "certain"),
    [
        ("A room of more than 50 persons shall have an exit door 850 mm wide.", {"50", "850 mm"}),
        ("More than fifty persons in the room: exit door 850 mm wide.", {"850 mm"}),
        ("More than 50 persons: exit door 850 mm (2.8 ft) wide.", {"50"}),
        ("More than 50 persons: exit door 850 mm wide and 2 m high.", {"50"}),
        ("More than 50 persons: exit door 850 mm wide, as NFPA 850 says.", {"50", "850 mm"}),
        ("More than 50 persons: exit door 850 mm wide; 50 m of travel.", set()),
        ("More than 50 persons: exit door 850 mm wide (see Table 50).", {"50", "850 mm"}),
    ],
)
def test_amounts_are_exchanged_only_where_each_mention_is_known(
    clause: str, certain: set[str]
) -> None:
    assert amounts(clause, EXIT_DOOR) == certain


def test_codes_with_the_same_digits_keep_an_amount() -> None:
    rule = "if(is(zone,type_30)),then(obligation(equal(delay.duration,30 s)))"
    assert amounts("In a zone of type 30 the delay shall be 30 s.", rule) == set()


def test_other_amounts_compare_as_the_old_ones_do_and_are_printed_alike() -> None:
    record = pair(
        "A ramp of more than two flights shall rise between 0.50 m and 1,500 mm at 1 in 12.",
        "if(greaterThan(count(ramp.flight),2)),then(obligation(and("
        "greaterThanEqual(ramp.rise,0.5 m),lessThanEqual(ramp.rise,1500 mm),"
        "equal(ramp.slope,1/12))))",
    )
    assert amounts(record.clause, format_rule(record.rule)) == {"2", "0.5 m", "1500 mm", "1/12"}
    clauses = set()
    for seed in range(30):
        new = recombine(record, POOL, random.Random(seed))
        low, high = (label for label in new.rule.labels if label.endswith((" m", " mm")))
        assert 1000 * float(low.split()[0]) < float(high.split()[0])
        clauses.add(new.clause)
    assert any("1 in 15" in clause for clause in clauses)
    assert any("three flights" in clause or "five flights" in clause for clause in clauses)
    assert not any("0.50 m and 1,500" in clause for clause in clauses if "1 in 12" not in clause)


def test_the_front_number_is_exchanged_but_never_a_reference() -> None:
    record = pair("4.2 Sumps shall comply with Table 7.",
                  "if(exist(sump)),then(obligation(complyWith(sump,table_7)))")  # fmt: skip
    made = [recombine(record, POOL, random.Random(seed)) for seed in range(20)]
    assert any(not new.clause.startswith("4.2 ") for new in made)
    assert all(new.clause.endswith("Table 7.") and "table_7" in new.rule.labels for new in made)


@pytest.mark.skipif(not CLAUSES.exists(), reason=f"the NZBC-LRML data is not at {CLAUSES}")
def test_published_clauses_recombine_too() -> None:
    records = read_corpus(CLAUSES)[:120]
    pool, rng = gather_pool(records), random.Random(5)
    made = [recombine(record, pool, rng) for record in records]
    assert sum(new is not None for new in made) > 80
