"""Facts that measure by something else: distances, heights, loads, shares and rates."""

from __future__ import annotations

import random
from decimal import Decimal

from p4ir.corpus.english import article
from p4ir.corpus.generation.domain import Amount, Noun, Size, name_of
from p4ir.corpus.generation.facts import Fact, Wording
from p4ir.corpus.generation.sizes import (
    bound_words,
    choose_value,
    opposite_of,
    pair_of,
    with_article,
)
from p4ir.corpus.generation.style import Style, quantity


def distance_fact(
    name: str, place: Amount, operator: str, style: Style, rng: random.Random
) -> Fact:
    """Say how far an element is from something."""
    value = choose_value(place.values, rng)
    text = style.amount(value, place.unit)
    from_ = {
        "greaterThanEqual": ("at least {q} from {y}", "no closer than {q} to {y}",
                             "not less than {q} from {y}", "{q} or more from {y}"),
        "lessThanEqual": ("within {q} of {y}", "not more than {q} from {y}",
                          "no further than {q} from {y}"),
        "lessThan": ("less than {q} from {y}", "closer than {q} to {y}"),
        "greaterThan": ("more than {q} from {y}",),
    }[operator]  # fmt: skip
    y = place.noun.indefinite
    said = rng.choice(from_).format(q=text, y=y)
    wordings = [
        Wording("be", said),
        Wording("be located", said),
        Wording("be", bound_words(operator, text, rng), head=f"the distance between {{x}} and {y}"),
    ]
    between = f"inBetween(distance,and({name},{place.noun.name}))"
    arguments = f"(distance,{quantity(value, place.unit)})"
    return Fact(
        literals=(between, operator + arguments),
        wordings=tuple(wordings),
        posts=(said, f"located {said}"),
        contrary=opposite_of(operator, arguments, between),
    )


def height_fact(name: str, level: Amount, style: Style, rng: random.Random) -> Fact:
    """Say how high an element is above something."""
    low, high = pair_of(level.values, rng)
    y = level.noun.indefinite
    above = f"above({name},{level.noun.name})"
    path = f"{name}.elevation"
    if rng.random() < 0.35:
        lower, upper = style.span(low, high, level.unit, shared=True)
        said = f"between {lower} and {upper}"
        bounds = [
            f"greaterThanEqual({path},{quantity(low, level.unit)})",
            f"lessThanEqual({path},{quantity(high, level.unit)})",
        ]
    else:
        operator = rng.choice(("greaterThanEqual", "lessThanEqual", "equal"))
        words = {
            "greaterThanEqual": ("at least {q}", "not less than {q}", "no less than {q}"),
            "lessThanEqual": ("not more than {q}", "no more than {q}", "at most {q}"),
            "equal": ("{q}", "exactly {q}"),
        }[operator]
        said = rng.choice(words).format(q=style.amount(low, level.unit))
        bounds = [f"{operator}({path},{quantity(low, level.unit)})"]
    return Fact(
        literals=(above, *bounds),
        wordings=tuple(
            Wording(verb, f"{said} above {y}") for verb in ("be", "be positioned", "be set")
        ),
        posts=(f"{said} above {y}",),
    )


def load_fact(name: str, load: Amount, style: Style, rng: random.Random) -> Fact:
    """Say which load an element resists."""
    value = choose_value(load.values, rng)
    operator = rng.choice(("equal", "greaterThanEqual", "greaterThanEqual"))
    bound = style.amount(value, load.unit)
    if operator != "equal":
        bound = bound_words(operator, bound, rng)
    said = f"{load.noun.indefinite} of {bound}"
    return Fact(
        literals=(
            f"against({name},{load.noun.name})",
            f"{operator}({load.noun.name},{quantity(value, load.unit)})",
        ),
        wordings=tuple(
            Wording(verb, said) for verb in ("resist", "withstand", "be designed to resist")
        ),
    )


def share_fact(name: str, share: Amount, style: Style, rng: random.Random) -> Fact:
    """Say that one area is at least so many percent of another."""
    value = choose_value(share.values, rng)
    label = f"'{(Decimal(value) / 100).normalize():f} * {(variable := style.variable())}'"
    noun = share.noun.words
    text = style.amount(value, "percent")
    whole = share.rest
    bound = bound_words("greaterThanEqual", text, rng)
    if bound.endswith(("more", "greater")):
        bound = f"at least {text}"
    return Fact(
        literals=(
            f"define({name}.{name_of(whole)},{variable})",
            f"greaterThanEqual({name}.{share.noun.name},{label})",
        ),
        wordings=(
            Wording("have", f"{article(noun)} {noun} of {bound} of the {whole}"),
            Wording("be", f"{bound} of the {whole}", head=f"the {noun} of {{x}}"),
        ),
        derived=(label,),
    )


def rate_fact(name: str, rate: Amount, style: Style, rng: random.Random) -> Fact:
    """Say how much there is for each of something: litres of storage per bed."""
    value = choose_value(rate.values, rng)
    variable = style.variable()
    text = style.amount(value, rate.unit)
    each = rate.noun.words
    per = rng.choice((f"per {each}", f"for each {each}", f"for every {each}"))
    bound = rng.choice(("at least {}", "not less than {}", "no less than {}")).format(text)
    return Fact(
        literals=(
            f"define({_counted(name, rate.noun)},{variable})",
            f"greaterThanEqual({name}.{name_of(rate.rest)},'{value} {rate.unit} * {variable}')",
        ),
        wordings=(
            Wording("have", f"{bound} of {rate.rest} {per}"),
            Wording("provide", f"{bound} of {rate.rest} {per}"),
            Wording("be", f"{bound} {per}", head=f"the {rate.rest} of {{x}}"),
        ),
    )


def fixture_fact(name: str, fixture: Amount, style: Style, rng: random.Random) -> Fact:
    """Say for how many of something there is one of another: a basin for every ten beds."""
    value = choose_value(fixture.values, rng)
    variable = style.variable()
    noun, of = fixture.noun, Noun(fixture.rest)
    said = rng.choice(
        (f"at least one {noun.words}", f"one {noun.words}", f"not fewer than one {noun.words}")
    )
    every = rng.choice(("for every {}", "for each {}", "per {}")).format(f"{value} {of.plural}")
    operator = "equal" if said.startswith("one") else "greaterThanEqual"
    return Fact(
        literals=(
            f"define({_counted(name, of)},{variable})",
            f"{operator}(count({name}.{noun.name}),'{variable} / {value}')",
        ),
        wordings=(
            Wording("have", f"{said} {every}"),
            Wording("be provided", f"with {said} {every}"),
        ),
    )


def _counted(name: str, noun: Noun) -> str:
    return f"{name}.occupantLoad" if noun.words == "occupant" else f"count({name}.{noun.name})"


def offset_fact(
    name: str, size: Size, other: Noun, unit: str, value: str, style: Style, rng: random.Random
) -> Fact:
    """Say that an element exceeds another in a dimension by so much."""
    variable = style.variable()
    text, own = style.amount(value, unit), with_article(size.noun)
    if rng.random() < 0.5:
        label, factor = f"'2 * {variable}'", "twice"
        said = f"{own} of at least {factor} the {size.noun} of {other.indefinite}"
        derived: tuple[str, ...] = ()
    else:
        label, derived = f"'{variable} + {quantity(value, unit)}'", ()
        said = f"{own} at least {text} greater than the {size.noun} of {other.indefinite}"
    return Fact(
        literals=(
            f"define({other.name}.{size.name},{variable})",
            f"greaterThanEqual({name}.{size.name},{label})",
        ),
        wordings=(Wording("have", said),),
        derived=derived,
    )


def equal_fact(name: str, size: Size, other: Noun, rng: random.Random) -> Fact:
    """Say that an element is at least as large as another."""
    operator, words = rng.choice(
        (
            ("greaterThanEqual", "at least equal to that of"),
            ("equal", "equal to that of"),
            ("lessThanEqual", "not greater than that of"),
        )
    )
    return Fact(
        literals=(f"{operator}({name}.{size.name},{other.name}.{size.name})",),
        wordings=(Wording("have", f"{with_article(size.noun)} {words} {other.indefinite}"),),
    )
