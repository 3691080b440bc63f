"""Patterns in which a value depends on the case: cases, tables, steps and totals."""

from __future__ import annotations

import random

from p4ir.corpus.generation.domain import class_of, classes, name_of
from p4ir.corpus.generation.drafts import Draft, finish
from p4ir.corpus.generation.facts import Fact, NothingLeftError
from p4ir.corpus.generation.palette import Palette
from p4ir.corpus.generation.relating import list_words
from p4ir.corpus.generation.sentences import capital, say_finite
from p4ir.corpus.generation.sizes import bound_words, with_article
from p4ir.corpus.generation.style import Style, quantity
from p4ir.corpus.generation.subjects import Subject, draw_subject

_ADDED = frozenset("area capacity width length volume".split())
"""Last words of properties that can be added up."""


def cases(style: Style, rng: random.Random) -> Draft:
    """`X shall be at least A, or at least B where …`."""
    subject = draw_subject(style, rng)
    palette = subject.palette
    size = palette.fresh_size()
    case = palette.condition()
    values = size.values[unit := style.unit_of(size, rng)]
    usable = [value for value in values if value != "1"]
    if len(usable) < 2:
        raise NothingLeftError(size.noun)
    one, other = rng.sample(usable, 2)
    operator = {"min": "greaterThanEqual", "max": "lessThanEqual"}.get(size.bound, "equal")
    special = palette.size_at(size, operator, one, unit)
    usual = palette.size_at(size, operator, other, unit)
    bounds = [_bound_of(fact) for fact in (special, usual)]
    noun, modal = size.noun, style.modal
    head = f"the {noun} of {subject.opening}"
    when = say_finite(case, subject.short, subject.is_plural, rng)
    clause = rng.choice(
        (
            f"{head} {modal} be {bounds[1]}, or {bounds[0]} where {when}.",
            f"{head} {modal} be {bounds[0]} if {when} and {bounds[1]} otherwise.",
            f"{head} {modal} be {bounds[1]}, except that it {modal} be {bounds[0]} where {when}.",
            f"{head} {modal} be {bounds[0]} where {when}; elsewhere it {modal} be {bounds[1]}.",
        )
    )
    otherwise = _both(case.denied().literals, usual)
    conclusion = f"or({_both(case.literals, special)},{otherwise})"
    return finish(clause, subject, f"obligation({conclusion})", [case, special, usual])


def _bound_of(fact: Fact) -> str:
    """Return the words of a bound alone: `at least 900 mm`."""
    bounds = [
        w.rest
        for w in fact.wordings
        if w.head.startswith("the ") and w.verb == "be" and not w.denies
    ]
    return bounds[0]


def _both(literals: tuple[str, ...], fact: Fact) -> str:
    return f"and({','.join((*literals, *fact.literals))})"


def table(style: Style, rng: random.Random) -> Draft:
    """`Minimum width of X: kind, 900 mm; other kind, 850 mm`."""
    subject = draw_subject(style, rng, simple=True)
    palette = subject.palette
    size, kinds = palette.fresh_size(), palette.kinds()
    if len(kinds) < 3 or subject.noun.kind != "countable":
        raise NothingLeftError(size.noun)
    unit = style.unit_of(size, rng)
    values = [value for value in size.values[unit] if value != "1"]
    number = min(len(values), rng.choice((2, 3, 3, 4)), len(kinds))
    chosen, amounts = rng.sample(kinds, number), rng.sample(values, number)
    operator = {"min": "greaterThanEqual", "max": "lessThanEqual"}.get(size.bound, "equal")
    word = {"greaterThanEqual": "minimum ", "lessThanEqual": "maximum "}.get(operator, "")
    rows = [palette.size_at(size, operator, value, unit) for value in amounts]
    printed = [style.amount(value, unit) for value in amounts]
    label = palette.name
    parts = [
        f"and(is({label}.type,{name_of(kind)}),{row.literals[0]})"
        for kind, row in zip(chosen, rows, strict=True)
    ]
    pairs = list(zip(chosen, printed, strict=True))
    plural = subject.noun.plural
    end = ". " if unit else "; "  # `80. Open` would number an item.
    rows_text = "; ".join(f"{kind}: {text}" for kind, text in pairs)
    listed = [f"{text} for {kind} {plural}" for kind, text in pairs]
    clause = rng.choice(
        (
            f"{word}{size.noun} of {plural} — {rows_text}.",
            f"the {word}{size.noun} of {plural} {style.modal} be {list_words(listed, 'and')}.",
            f"table {rng.randint(1, 30)}. {capital(word + size.noun)} of {plural}. "
            + end.join(f"{capital(kind)}: {text}" for kind, text in pairs)
            + ".",
        )
    )
    if len(parts) < 2:
        raise NothingLeftError(size.noun)
    return finish(clause, subject, f"obligation(or({','.join(parts)}))", rows)


def steps(style: Style, rng: random.Random) -> Draft:
    """`X up to 10 m high: 30 minutes; higher: 60 minutes`."""
    subject = draw_subject(style, rng, simple=True)
    palette = subject.palette
    by, size = palette.fresh_size(), palette.fresh_size()
    unit, by_unit = style.unit_of(size, rng), style.unit_of(by, rng)
    values = [value for value in size.values[unit] if value != "1"]
    limits = [value for value in by.values[by_unit] if value != "1" and "/" not in value]
    if len(values) < 2 or not limits:
        raise NothingLeftError(size.noun)
    limit, (one, other) = rng.choice(limits), rng.sample(values, 2)
    operator = {"min": "greaterThanEqual", "max": "lessThanEqual"}.get(size.bound, "equal")
    facts = [palette.size_at(size, operator, value, unit) for value in (one, other)]
    bounds = [_bound_of(fact) for fact in facts]
    low = palette.size_at(by, "lessThanEqual", limit, by_unit)
    high = palette.size_at(by, "greaterThan", limit, by_unit)
    at = style.amount(limit, by_unit)
    noun, modal = subject.noun.plural if subject.is_plural else subject.noun.indefinite, style.modal
    clause = rng.choice(
        (
            f"the {size.noun} of {noun} {modal} be {bounds[0]} for {with_article(by.noun)} of "
            f"up to {at}, and {bounds[1]} for {with_article(by.noun)} of more than {at}.",
            f"the {size.noun} of {subject.phrase} {modal} be {bounds[0]} where the {by.noun} is "
            f"{at} or less, and {bounds[1]} where the {by.noun} exceeds {at}.",
        )
    )
    parts = [_both(low.literals, facts[0]), _both(high.literals, facts[1])]
    return finish(clause, subject, f"obligation(or({','.join(parts)}))", facts)


def totals(style: Style, rng: random.Random) -> Draft:
    """`The total area of the windows of X shall be at least A`."""
    kind = rng.choice([one for one in classes() if any(class_of(part) for part in one.parts)])
    part = rng.choice([part for part in kind.parts if class_of(part)])
    own, whole = class_of(part), rng.choice(kind.elements)
    if own is None or whole.kind != "countable" or part.kind != "countable":
        raise NothingLeftError(part.words)
    palette = Palette(own, part.name, style, rng)
    size = palette.fresh_size()
    unit = style.unit_of(size, rng)
    values = [value for value in size.values[unit] if value != "1" and "/" not in value]
    functor, word = rng.choice((("sum", "total"), ("max", "largest"), ("min", "smallest")))
    if not values or (functor == "sum" and size.noun.split()[-1] not in _ADDED):
        raise NothingLeftError(size.noun)
    value = rng.choice(values)
    operator = rng.choice(("greaterThanEqual", "lessThanEqual"))
    bound = bound_words(operator, style.amount(value, unit), rng)
    of_whole = rng.choice((whole.plural, whole.indefinite))
    clause = f"the {word} {size.noun} of the {part.plural} of {of_whole} {style.modal} be {bound}."
    literal = f"{operator}({functor}({part.name}.{size.name}),{quantity(value, unit)})"
    subject = Subject(palette, part, "", True, "", [f"has({whole.name},{part.name})"])
    return finish(clause, subject, f"obligation({literal})", [])
