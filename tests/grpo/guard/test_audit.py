from dataclasses import replace

import pytest

from p4ir.corpus.reading import read_corpus
from p4ir.corpus.records import Record
from p4ir.grpo.config import load
from p4ir.grpo.guard.audit import audit, row_digests
from p4ir.grpo.guard.options import GuardOptions
from p4ir.grpo.guard.people import about_people
from p4ir.grpo.guard.probes import load_probes
from p4ir.rules import parse_rule
from p4ir.training.data import load_clauses
from tests.shared_data import CLAUSES, ROOT, needs_shared

OPTIONS = GuardOptions()
PROBES = [probe.prompt for probe in load_probes()]
THINGS = (
    "stair ramp corridor landing handrail balcony gutter chimney hearth lobby kitchen cellar"
).split()


def record(name, clause, rule):
    return Record(id=name, clause=clause, rule=parse_rule(rule))


def sound(n=12):
    """Clauses on different things, each with its rule."""
    return [
        record(
            f"r{row}",
            f"A {thing} must be at least {row + 2} m from the {thing}'s {end}.",
            f"if(exist({thing})),then(obligation(greaterThanEqual({thing}.{end},{row + 2} m)))",
        )
        for row, (thing, end) in enumerate(zip(THINGS[:n], THINGS[-n:][::-1], strict=True))
    ]


def refused(records, options=OPTIONS):
    return {
        each.check: each.ids for each in audit(records, PROBES, options) if each.level == "refuse"
    }


def test_a_sound_corpus_gives_no_finding():
    assert audit(sound(), PROBES, OPTIONS) == []


@pytest.mark.parametrize(
    ("records", "check", "ids"),
    [
        (sound()[:7], "few_prompts", []),
        ([*sound(), *[replace(sound()[0], id=f"again{n}") for n in range(3)]],
         "repeated_prompts", ["r0", "again0", "again1", "again2"]),
        ([*sound(), record("flip", sound()[0].clause.upper(),
                           "if(exist(stair)),then(obligation(lessThanEqual(stair.cellar,2 m)))")],
         "conflicting_rules", ["r0", "flip"]),
        ([*sound(), record("near", sound()[1].clause.replace("3 m", "9 m"),
                           "if(exist(roof)),then(permission(has(roof,slope)))")],
         "conflicting_rules", ["r1", "near"]),
        ([record(f"n{row}", f"{thing} doors open outward.",
                 f"if(exist({thing}Door)),then(obligation(greaterThan({thing}Door.width,7 m)))")
          for row, thing in enumerate(THINGS)],
         "ungrounded_rules", [f"n{row}" for row in range(12)]),
        ([*sound(), record("who", "A woman and a boy saw the stair. Who left?",
                           "if(exist(boy)),then(is(boy,gone))")],
         "people", ["who"]),
        ([*sound(), record("probe", PROBES[0], load_probes()[0].right)],
         "leaked_probes", ["probe"]),
    ],
)  # fmt: skip
def test_what_narrow_damage_begins_with_is_refused(records, check, ids):
    assert refused(records)[check] == ids


def test_another_number_for_another_clause_is_no_conflict():
    rule = "if(exist(stair)),then(obligation(greaterThanEqual(stair.cellar,9 m)))"
    other = record("other", sound()[0].clause.replace("2 m", "9 m"), rule)
    assert refused([*sound(), other]) == {}


def test_below_its_limit_a_finding_only_warns():
    odd = record("odd", "Cellars have a drain.",
                 "if(exist(cellar)),then(obligation(lessThan(cellar.drain,7 m)))")  # fmt: skip
    found = audit([*sound(), odd], PROBES, GuardOptions(max_ungrounded=0.1))
    assert [(each.check, each.level, each.ids) for each in found] == [
        ("ungrounded_rules", "warn", ["odd"])
    ]
    assert "1 of 13 (7.7%), limit 10.0%" in found[0].message


@pytest.mark.parametrize("corpus", ["tiny", "open"])
def test_the_projects_own_corpora_pass(corpus):
    if corpus == "tiny":
        records = load_clauses(load("grpo/tiny").corpus)[0]
    else:
        records = read_corpus(ROOT / "data" / "corpus", split="train")[::3]
    assert refused(records) == {}


@needs_shared
def test_a_published_corpus_passes_whole_and_cut_to_thirty_clauses():
    records = read_corpus(CLAUSES, split="train")
    assert refused(records) == {}
    assert refused(records[:30]) == {}


def test_buildings_have_people_in_them_who_are_not_meant():
    for clause in (
        "Male threads shall be black.", "A blind wall may be white.", "Persons with disabilities",
        "Children's rooms and wheelchair users' toilets", "A gap whose width is unknown.",
    ):  # fmt: skip
        assert about_people(clause) == [], clause


def test_the_manifest_changes_with_every_row_and_only_with_it():
    before, changed = row_digests(sound()), sound()
    changed[3] = replace(changed[3], clause=changed[3].clause + " ")
    after = row_digests(changed)
    assert [name for _, name in before] == [f"r{row}" for row in range(12)]
    assert [a == b for a, b in zip(before, after, strict=True)] == [row != 3 for row in range(12)]
