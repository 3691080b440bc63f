"""The patterns of clauses: each composes a sentence and its rule from the same facts."""

from __future__ import annotations

import random

from p4ir.corpus.generation.defining import definition, inclusion, scope
from p4ir.corpus.generation.drafts import Draft, Pattern, finish, oblige
from p4ir.corpus.generation.facts import NothingLeftError
from p4ir.corpus.generation.relating import join
from p4ir.corpus.generation.sentences import (
    aside,
    capital,
    front_clause,
    front_exception,
    head_sentence,
    letter_list,
    list_duties,
    modal_of,
    say_duty,
    say_finite,
    trailing_clause,
)
from p4ir.corpus.generation.style import Style
from p4ir.corpus.generation.subjects import Subject, draw_subject
from p4ir.corpus.generation.valued import cases, steps, table, totals

_BY_PROPERTY = 0.6
"""Share of bounds of which the property is the subject: `The width of X shall be …`."""


def duties_inline(style: Style, rng: random.Random) -> Draft:
    """`Where …, X shall … and …, unless …`."""
    subject = draw_subject(style, rng)
    exception = front_exception(subject, style, rng)
    front = exception or front_clause(subject, style, rng)
    number = rng.choices((1, 2, 3, 4), (24, 36, 26, 14))[0]
    facts = [subject.palette.duty() for _ in range(number)]
    heads = [wording for wording in facts[0].wordings if wording.head]
    if number == 1 and heads and rng.random() < _BY_PROPERTY:
        main = head_sentence(subject, rng.choice(heads), style)
    else:
        opening = subject.phrase
        if subject.is_mentioned:
            opening = rng.choice((subject.short, subject.pronoun))
        said = list_duties([say_duty(fact, rng) for fact in facts])
        main = f"{opening} {modal_of(style, subject.is_plural, rng)} {said}"
    trailing = ""
    if not exception:
        trailing = trailing_clause(subject, style, rng, after_list=len(facts) > 1)
    main = f"{front}{main}{trailing or aside(rng)}."
    # What follows would not be subject to an exception of the first sentence.
    is_open = not (trailing or subject.exceptions)
    more, extra = _second_sentence(subject, style, rng) if is_open else ("", [])
    literals = [literal for fact in facts for literal in fact.literals] + extra
    return finish(f"{capital(main)}{more}", subject, oblige(literals), facts)


def duties_listed(style: Style, rng: random.Random) -> Draft:
    """`X shall: a) …; b) …; and c) …`."""
    subject = draw_subject(style, rng)
    front = front_clause(subject, style, rng)
    number = rng.choices((2, 3, 4, 5), (18, 34, 28, 20))[0]
    facts = [subject.palette.duty() for _ in range(number)]
    opening = subject.opening if not front or not subject.is_mentioned else subject.pronoun
    duties = [say_duty(fact, rng) for fact in facts]
    modal = style.modal
    if rng.random() < 0.75:
        items = letter_list(duties, style, "and", rng)
        lead = f"{opening} {modal}: "
    else:
        items = letter_list(
            [f"{subject.pronoun} {modal} {duty}" for duty in duties], style, "and", rng
        )
        lead = f"{opening} {modal} meet the following: "
    literals = [literal for fact in facts for literal in fact.literals]
    return finish(f"{capital(front + lead)}{items}.", subject, oblige(literals), facts)


def alternatives(style: Style, rng: random.Random) -> Draft:
    """`X shall either … or …`."""
    subject = draw_subject(style, rng)
    front = front_clause(subject, style, rng)
    facts = [subject.palette.duty() for _ in range(rng.choice((2, 2, 2, 3)))]
    duties = [say_duty(fact, rng) for fact in facts]
    opening = subject.opening if not subject.is_mentioned else subject.pronoun
    if len(facts) == 2 and rng.random() < 0.7:
        said = f"{style.modal} either {duties[0]} or {duties[1]}"
    else:
        said = f"{style.modal}: {letter_list(duties, style, 'or', rng)}"
    conclusion = f"obligation({join('or', [fact.condition for fact in facts])})"
    return finish(f"{capital(f'{front}{opening} {said}')}.", subject, conclusion, facts)


def permission(style: Style, rng: random.Random) -> Draft:
    """`X may …, provided that …`."""
    subject = draw_subject(style, rng)
    fact = subject.palette.allowed()
    may = rng.choice(("may", "may", "may", "is permitted to", "can"))
    if subject.is_plural:
        may = may.replace("is ", "are ")
    need_not = rng.random() < 0.35
    said = f"need not {say_duty(fact, rng)}" if need_not else f"{may} {say_duty(fact, rng)}"
    opening, trailing = subject.plain, ""
    if rng.random() < 0.75:
        condition = subject.palette.condition()
        subject.assume([condition])
        when = say_finite(condition, subject.pronoun, subject.is_plural, rng)
        trailing = f"{rng.choice((', provided that', ' if', ' where', ', provided that'))} {when}"
    conclusion = fact.condition
    if need_not:
        conclusion = f"not({conclusion})"
    return finish(
        f"{capital(f'{opening} {said}{trailing}')}.", subject, f"permission({conclusion})", [fact]
    )


def relaxation(style: Style, rng: random.Random) -> Draft:
    """`The width of X may be reduced to 800 mm where …`."""
    subject = draw_subject(style, rng)
    palette = subject.palette
    size = palette.fresh_size()
    if size.bound == "any":
        raise NothingLeftError(size.noun)
    unit = style.unit_of(size, rng)
    value = rng.choice([v for v in size.values[unit] if v != "1"] or list(size.values[unit]))
    operator, verb = (
        ("greaterThanEqual", "reduced") if size.bound == "min" else ("lessThanEqual", "increased")
    )
    fact = palette.size_at(size, operator, value, unit)
    condition = palette.condition()
    subject.assume([condition])
    when = say_finite(condition, subject.short, subject.is_plural, rng)
    may = rng.choice(("may be", "may be", "is permitted to be", "can be"))
    clause = f"the {size.noun} of {subject.plain} {may} {verb} to {style.amount(value, unit)}"
    where = rng.choice((" where", " if", ", provided that"))
    return finish(
        f"{capital(clause)}{where} {when}.", subject, f"permission({fact.condition})", [fact]
    )


def prohibition(style: Style, rng: random.Random) -> Draft:
    """`No X shall …`, `X shall not …`."""
    subject = draw_subject(style, rng)
    facts = [subject.palette.prohibited()]
    said = say_duty(facts[0], rng)
    if subject.plain.startswith(("a ", "an ")) and rng.random() < 0.5:
        modal = "may" if style.modal == "must" else style.modal
        main = f"no {subject.plain.split(' ', 1)[1]} {modal} {said}"
    else:
        main = f"{subject.plain} {style.modal} not {said}"
    trailing = trailing_clause(subject, style, rng)
    more, extra = "", [f"not({facts[0].condition})"]
    if not trailing and rng.random() < 0.5:
        fact = subject.palette.duty()
        facts.append(fact)
        more = f" {capital(subject.pronoun)} {style.modal} {say_duty(fact, rng)}."
        extra += fact.literals
    return finish(f"{capital(main)}{trailing}.{more}", subject, oblige(extra), facts)


def duty_and_permission(style: Style, rng: random.Random) -> Draft:
    """`X shall … but need not …`."""
    subject = draw_subject(style, rng)
    facts = [subject.palette.duty() for _ in range(rng.choice((1, 2)))]
    free = subject.palette.allowed()
    said = list_duties([say_duty(fact, rng) for fact in facts])
    allowed, denies = rng.choice((("but need not", True), ("and may", False), ("but may", False)))
    clause = f"{subject.phrase} {style.modal} {said}, {allowed} {say_duty(free, rng)}."
    literals = [literal for fact in facts for literal in fact.literals]
    granted = f"not({free.condition})" if denies else free.condition
    conclusion = f"and({oblige(literals)},permission({granted}))"
    return finish(capital(clause), subject, conclusion, [*facts, free])


def _second_sentence(subject: Subject, style: Style, rng: random.Random) -> tuple[str, list[str]]:
    """Draw a sentence that follows, with what it adds to the conclusion; often nothing."""
    chance = rng.random()
    if chance < 0.5:
        return "", []
    fact = subject.palette.duty()
    opening = rng.choice((subject.pronoun, subject.short))
    said = say_duty(fact, rng)
    if chance < 0.75:
        also = rng.choice(("", "", "also "))
        subject.derived += fact.derived
        return f" {capital(opening)} {style.modal} {also}{said}.", list(fact.literals)
    case = subject.palette.condition()
    subject.derived += [*fact.derived, *case.derived]
    when = say_finite(case, subject.short, subject.is_plural, rng)
    duty = f"or({case.denied().condition},{fact.condition})"
    return f" Where {when}, {subject.pronoun} {style.modal} {said}.", [duty]


PATTERNS: tuple[tuple[Pattern, float], ...] = (
    (duties_inline, 40),
    (duties_listed, 14),
    (alternatives, 5),
    (cases, 9),
    (table, 3),
    (steps, 3),
    (totals, 2),
    (permission, 6),
    (relaxation, 3),
    (prohibition, 6),
    (duty_and_permission, 3),
    (definition, 3),
    (scope, 3),
    (inclusion, 1),
)
"""The patterns with their weights."""
