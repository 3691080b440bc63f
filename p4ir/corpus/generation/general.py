"""Facts that may hold of almost anything: approval, tests, times, places, needs and harms."""

from __future__ import annotations

import random

from p4ir.corpus.generation.domain import Noun, name_of
from p4ir.corpus.generation.facts import Fact, Wording

_AUTHORITIES = (
    "building authority", "fire authority", "local council", "relevant authority",
    "water supplier", "network operator", "building official", "territorial authority",
)  # fmt: skip
_TESTS = (
    "load test", "smoke test", "air test", "water test", "impact test", "pull-out test",
    "leakage test", "hydrostatic test", "functional test", "pressure test",
)  # fmt: skip
_ACTIONS = {
    "inspection": "inspected", "test": "tested", "cleaning": "cleaned", "marking": "marked",
    "commissioning": "commissioned", "protection": "protected",
}  # fmt: skip
_EVENTS = (
    "occupation", "handover", "concealment", "backfilling", "installation", "completion",
    "each alteration", "first use",
)  # fmt: skip
_PLACES = (
    "entrance", "boundary", "lowest point", "main entrance", "highest point", "ground level",
    "perimeter", "street frontage", "junction", "far end",
)  # fmt: skip
_INTERVALS = ("2", "3", "4", "6", "9", "12", "18", "24", "36")
_HARMS = (
    "glare", "nuisance", "vibration", "ponding", "condensation", "undue noise", "corrosion",
    "water damage", "contamination", "erosion", "danger to people", "excessive heat",
)  # fmt: skip
_NEEDS = (
    Noun("power supply"), Noun("regular maintenance", "mass"), Noun("water connection"),
    Noun("permit"), Noun("special tool"), Noun("planning consent", "mass"),
    Noun("continuous supervision", "mass"),
)  # fmt: skip


def general_fact(name: str, rng: random.Random) -> Fact:
    """Draw a duty that may hold of anything."""
    return rng.choice((_approval, _test, _time, _place, _interval, _acceptance))(name, rng)


def _approval(name: str, rng: random.Random) -> Fact:
    authority = rng.choice(_AUTHORITIES)
    return Fact(
        literals=(f"approve({name_of(authority)},{name})",),
        wordings=(Wording("be approved", f"by the {authority}"),),
        posts=(f"approved by the {authority}",),
    )


def _acceptance(name: str, rng: random.Random) -> Fact:
    authority = rng.choice(_AUTHORITIES)
    return Fact(
        literals=(f"accept({name_of(authority)},{name})",),
        wordings=(
            Wording("be", f"acceptable to the {authority}"),
            Wording("be accepted", f"by the {authority}"),
        ),
    )


def _test(name: str, rng: random.Random) -> Fact:
    test = Noun(rng.choice(_TESTS))
    return Fact(
        literals=(f"test({name},{test.name})",),
        wordings=(
            Wording("be tested", f"by {test.indefinite}"),
            Wording("pass", test.indefinite),
            Wording("undergo", test.indefinite),
        ),
    )


def _time(name: str, rng: random.Random) -> Fact:
    action, event = rng.choice(tuple(_ACTIONS)), rng.choice(_EVENTS)
    functor = rng.choice(("before", "after"))
    words = rng.choice({"before": ("before", "prior to"), "after": ("after", "following")}[functor])
    label = name_of(event.removeprefix("each "))
    return Fact(
        literals=(f"{functor}({name}.{action},{label})",),
        wordings=(Wording(f"be {_ACTIONS[action]}", f"{words} {event}"),),
    )


def _place(name: str, rng: random.Random) -> Fact:
    place = rng.choice(_PLACES)
    return Fact(
        literals=(f"is({name}.location,{name_of(place)})",),
        wordings=(
            Wording("be located", f"at the {place}"),
            Wording("be placed", f"at the {place}"),
        ),
        posts=(f"located at the {place}",),
    )


def _interval(name: str, rng: random.Random) -> Fact:
    action, value = rng.choice(("inspection", "cleaning", "test")), rng.choice(_INTERVALS)
    done = _ACTIONS[action]
    return Fact(
        literals=(f"lessThanEqual({name}.{action}Interval,{value} months)",),
        wordings=(
            Wording(f"be {done}", f"at intervals of not more than {value} months"),
            Wording(f"be {done}", f"at intervals not exceeding {value} months"),
        ),
    )


def need_fact(name: str, rng: random.Random) -> Fact:
    """Draw what an element needs."""
    need = rng.choice(_NEEDS)
    return Fact(
        literals=(f"requires({name},{need.name})",),
        wordings=(Wording("require", need.indefinite), Wording("need", need.indefinite)),
        posts=(f"requiring {need.indefinite}",),
    )


def harm_fact(name: str, rng: random.Random) -> Fact:
    """Draw a harm that an element may cause."""
    harms = rng.sample(_HARMS, rng.choice((1, 1, 2)))
    label = name_of(harms[0]) if len(harms) == 1 else f"or({','.join(map(name_of, harms))})"
    said = " or ".join(harms)
    return Fact(
        literals=(f"cause({name},{label})",),
        wordings=(Wording("cause", said), Wording("give rise", f"to {said}")),
    )
