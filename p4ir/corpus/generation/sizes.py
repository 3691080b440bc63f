"""Facts that measure an element itself: bounds, ranges and counts."""

from __future__ import annotations

import random

from p4ir.corpus.english import article, plural
from p4ir.corpus.generation.domain import Amount, Size
from p4ir.corpus.generation.facts import Fact, Wording
from p4ir.corpus.generation.style import Style, quantity

BOUNDS = {
    "greaterThanEqual": (
        "at least {q}", "not less than {q}", "no less than {q}", "a minimum of {q}",
        "{q} or more", "at least {q}", "{q} or greater",
    ),
    "lessThanEqual": (
        "at most {q}", "not more than {q}", "no more than {q}", "a maximum of {q}",
        "{q} or less", "not greater than {q}", "up to {q}",
    ),
    "greaterThan": ("more than {q}", "over {q}", "greater than {q}", "in excess of {q}"),
    "lessThan": ("less than {q}", "under {q}", "below {q}"),
    "equal": ("exactly {q}", "{q}"),
}  # fmt: skip
CONDITIONS = {
    "greaterThanEqual": ("at least {q}", "{q} or more"),
    "lessThanEqual": ("not more than {q}", "{q} or less", "up to {q}"),
}
"""The wordings of bounds that a condition takes."""
OPPOSITE = {
    "greaterThanEqual": "lessThan",
    "lessThanEqual": "greaterThan",
    "greaterThan": "lessThanEqual",
    "lessThan": "greaterThanEqual",
}
_ADJECTIVES = {
    "width": ("wide", "wider", "narrower"),
    "height": ("high", "higher", "lower"),
    "depth": ("deep", "deeper", "shallower"),
    "length": ("long", "longer", "shorter"),
    "thickness": ("thick", "thicker", "thinner"),
    "slope": ("", "steeper", ""),
}
_NOT_AFTER_OF = ("a ", "over", "under", "below", "in ", "up ")
_MINIMUM = {"greaterThanEqual": "minimum", "lessThanEqual": "maximum"}
_UNCOUNTED = frozenset(
    "headroom insulation cover bedding storage supply conductivity leakage embedment".split()
)


def choose_value(values: tuple[str, ...], rng: random.Random) -> str:
    """Choose a value, but never one of anything: it would need the singular."""
    return rng.choice([value for value in values if value != "1"] or list(values))


def bound_words(operator: str, text: str, rng: random.Random, *, in_condition: bool = False) -> str:
    """Say a bound on an amount; in a condition, without the tone of a demand."""
    words = CONDITIONS.get(operator, BOUNDS[operator]) if in_condition else BOUNDS[operator]
    return rng.choice(words).format(q=text)


def size_fact(
    name: str,
    size: Size,
    operator: str,
    amount: tuple[str, str],
    style: Style,
    rng: random.Random,
    *,
    in_condition: bool = False,
) -> Fact:
    """Say that a property of an element has a bound, an amount given as value and unit."""
    text = style.amount(*amount)
    bound = bound_words(operator, text, rng, in_condition=in_condition)
    of_bound = _after_of(operator, text, rng, in_condition=in_condition)
    wordings = [
        Wording("have", f"{with_article(size.noun)} of {of_bound}"),
        Wording("be", bound, head=f"the {size.noun} of {{x}}"),
    ]
    posts = [f"with {with_article(size.noun)} of {of_bound}"]
    adjective, more, less = _ADJECTIVES.get(size.noun, ("", "", ""))
    if adjective and not of_bound.endswith(("more", "less", "greater")):
        wordings += [Wording("be", f"{of_bound} {adjective}")] * 2
        posts.append(f"{of_bound} {adjective}")
    if not in_condition:
        wordings += _demands(operator, text, size.noun)
    if not (in_condition and operator.endswith("Equal")):
        wordings += _comparatives(operator, text, more, less)
    arguments = f"({name}.{size.name},{quantity(*amount)})"
    return Fact(
        literals=(operator + arguments,),
        wordings=tuple(wordings),
        posts=tuple(posts),
        contrary=opposite_of(operator, arguments),
    )


def opposite_of(operator: str, arguments: str, *others: str) -> Fact | None:
    """Return what is so if a bound is not kept, where that is another bound."""
    opposite = OPPOSITE.get(operator)
    return Fact(literals=(*others, opposite + arguments), wordings=()) if opposite else None


def _demands(operator: str, text: str, noun: str) -> list[Wording]:
    """Return wordings of a bound that only a demand takes."""
    if operator not in _MINIMUM:
        return []
    word, head = _MINIMUM[operator], f"the {noun} of {{x}}"
    wordings = [
        Wording("have", f"a {word} {noun} of {text}"),
        Wording("be", text, head=f"the {word} {noun} of {{x}}"),
        Wording("be", f"{'less' if word == 'minimum' else 'more'} than {text}", True, head),
    ]
    if word == "maximum":
        wordings.append(Wording("exceed", text, True, head))
    return wordings


def _after_of(operator: str, text: str, rng: random.Random, *, in_condition: bool) -> str:
    """Say a bound behind `of`, where not every wording can stand."""
    words = CONDITIONS.get(operator, BOUNDS[operator]) if in_condition else BOUNDS[operator]
    fitting = [one for one in words if not one.startswith(_NOT_AFTER_OF)]
    return rng.choice(fitting).format(q=text)


def _comparatives(operator: str, text: str, more: str, less: str) -> list[Wording]:
    word, denied = {
        "greaterThanEqual": (less, "no "),
        "lessThanEqual": (more, "no "),
        "greaterThan": (more, ""),
        "lessThan": (less, ""),
    }.get(operator, ("", ""))
    return [Wording("be", f"{denied}{word} than {text}")] if word else []


def with_article(noun: str) -> str:
    """Return a property with its article, if it takes one."""
    return noun if noun.split()[-1] in _UNCOUNTED else f"{article(noun)} {noun}"


def range_fact(
    name: str, size: Size, low: str, high: str, unit: str, style: Style, rng: random.Random
) -> Fact:
    """Say that a property of an element lies between two values."""
    lower, upper = style.span(low, high, unit, shared=rng.random() < 0.4)
    between, of = rng.choice(
        (
            (f"between {lower} and {upper}", f"between {lower} and {upper}"),
            (f"from {lower} to {upper}", f"of {lower} to {upper}"),
        )
    )
    path = f"{name}.{size.name}"
    return Fact(
        literals=(
            f"greaterThanEqual({path},{quantity(low, unit)})",
            f"lessThanEqual({path},{quantity(high, unit)})",
        ),
        wordings=(
            Wording("have", f"{with_article(size.noun)} {of}"),
            Wording("be", between, head=f"the {size.noun} of {{x}}"),
        ),
        posts=(f"with {with_article(size.noun)} {of}",),
    )


def count_fact(
    name: str,
    part: Amount,
    operator: str,
    style: Style,
    rng: random.Random,
    *,
    in_condition: bool = False,
) -> Fact:
    """Say how many of its parts an element has."""
    value = choose_value(part.values, rng)
    counted = style.counted(value, part.noun.words)
    words = {
        "greaterThanEqual": ("at least {}", "not fewer than {}", "{} or more", "a minimum of {}"),
        "lessThanEqual": ("at most {}", "not more than {}", "no more than {}"),
        "greaterThan": ("more than {}",),
        "lessThan": ("fewer than {}", "less than {}"),
        "equal": ("{}", "exactly {}"),
    }[operator]
    said = words[0] if in_condition else rng.choice(words)
    if said == "{} or more":
        said = f"{style.number(value)} or more {plural(part.noun.words)}"
    else:
        said = said.format(counted)
    arguments = f"(count({name}.{part.noun.name}),{value})"
    wordings = (Wording("have", said), Wording("be provided", f"with {said}"))
    return Fact(
        literals=(operator + arguments,),
        wordings=wordings[:1] if in_condition else wordings,
        posts=(f"with {said}", f"having {said}"),
        contrary=opposite_of(operator, arguments),
    )


def pair_of(values: tuple[str, ...], rng: random.Random) -> tuple[str, str]:
    """Choose two different values, the smaller first."""
    usable = [value for value in values if value != "1"]
    if len(usable) < 2:
        return usable[0], usable[0]
    first, second = sorted(rng.sample(range(len(usable)), 2))
    low, high = usable[first], usable[second]
    return (high, low) if low.startswith("1/") else (low, high)


def default_operator(size: Size, rng: random.Random) -> str:
    """Choose the bound that a code would set on a property."""
    usual = {"min": "greaterThanEqual", "max": "lessThanEqual"}.get(size.bound)
    if usual and rng.random() < 0.86:
        return usual
    return rng.choice(("greaterThanEqual", "lessThanEqual", "equal"))
