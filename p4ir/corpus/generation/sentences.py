"""How facts become sentences: conditions around a main clause, duties, lists and markers."""

from __future__ import annotations

import random
from itertools import pairwise

from p4ir.corpus.generation.domain import Noun
from p4ir.corpus.generation.facts import Fact, Wording
from p4ir.corpus.generation.relating import join, list_words
from p4ir.corpus.generation.style import Style
from p4ir.corpus.generation.subjects import Subject, context_fact, say_post

_WHERE = ("where", "where", "if", "when")
_PURPOSES = (
    "to ease cleaning", "to allow for maintenance", "to limit the spread of fire",
    "to keep running costs low", "to help people with low vision",
    "to limit noise", "to make inspection simple", "to protect the public",
    "to avoid damage in use", "to simplify later repairs",
)  # fmt: skip


def capital(text: str) -> str:
    """Return a text with a capital first letter."""
    return text[0].upper() + text[1:]


def say_duty(fact: Fact, rng: random.Random) -> str:
    """Say a fact behind a modal verb."""
    return fact.with_words(rng).bare()


def say_finite(fact: Fact, subject: str, is_plural: bool, rng: random.Random) -> str:
    """Say a fact as a sentence of a subject."""
    return f"{subject} {fact.with_words(rng).finite(is_plural)}"


def modal_of(style: Style, is_plural: bool, rng: random.Random) -> str:
    """Choose the words of obligation."""
    if rng.random() < 0.06:
        return f"{'are' if is_plural else 'is'} {rng.choice(('to', 'required to'))}"
    return style.modal


def first_mention(subject: Subject) -> str:
    """Return the subject as a clause before the main clause names it."""
    subject.is_mentioned = True
    return subject.plain


def front_clause(subject: Subject, style: Style, rng: random.Random) -> str:
    """Draw a condition that stands before the main clause, or nothing."""
    chance = rng.random()
    if chance < 0.62:
        return ""
    where = rng.choice(_WHERE)
    if chance < 0.76:
        fact, said = context_fact(style, rng)
        subject.assume([fact])
        return f"{where} {said}, "
    is_list = rng.random()
    facts = [subject.palette.condition() for _ in range(1 if is_list < 0.6 else 2)]
    name = first_mention(subject)
    said = say_finite(facts[0], name, subject.is_plural, rng)
    if len(facts) > 1:
        joint = rng.choice(("and", "or"))
        wording = facts[1].with_words(rng)
        said += f" {joint} {wording.finite(subject.is_plural)}"
        if joint == "or":
            subject.literals.append(join("or", [fact.condition for fact in facts]))
        else:
            subject.assume(facts)
    else:
        subject.assume(facts)
    return f"{where} {said}, "


def trailing_clause(
    subject: Subject, style: Style, rng: random.Random, *, after_list: bool = False
) -> str:
    """Draw a condition or an exception that stands behind the main clause, or nothing.

    After a list of duties a condition might be that of the last one only.
    """
    chance = rng.random()
    if chance < 0.74:
        return ""
    if rng.random() < 0.35:
        fact, said = context_fact(style, rng)
    else:
        fact = subject.palette.condition()
        said = say_finite(fact, subject.pronoun, subject.is_plural, rng)
    if chance < 0.84 and not after_list:
        subject.assume([fact])
        return f" {rng.choice(('where', 'if', 'when'))} {said}"
    subject.except_for(fact)
    words = (
        (", except where", ", unless", ", except if")
        if after_list
        else (" unless", ", except where")
    )
    return f"{rng.choice(words)} {said}"


def front_exception(subject: Subject, style: Style, rng: random.Random) -> str:
    """Draw an exception that stands before the main clause, or nothing."""
    if rng.random() < 0.94:
        return ""
    fact, said = context_fact(style, rng)
    subject.except_for(fact)
    return f"{rng.choice(('except where', 'unless'))} {said}, "


def list_duties(duties: list[str]) -> str:
    """Write duties behind one modal verb; a verb that comes again at once is left out."""
    words = [duties[0]]
    for before, duty in pairwise(duties):
        repeats = before.startswith("be ") and duty.startswith("be ") and len(before) < 30
        words.append(duty[3:] if repeats and len(duties) == 2 and len(duty) < 30 else duty)
    long = any(" and " in duty or "," in duty for duty in duties)
    if long and len(words) > 1:
        return f"{', '.join(words[:-1])}, and {words[-1]}"
    return list_words(words, "and")


def letter_list(items: list[str], style: Style, joint: str, rng: random.Random) -> str:
    """Write a list with markers: `a) …; b) …; and c) …`."""
    start = rng.choice(("a", "a", "a", "i"))
    numerals = ("i", "ii", "iii", "iv", "v", "vi")
    markers = [numerals[n] if start == "i" else chr(ord("a") + n) for n in range(len(items))]
    mark = style.marker
    end = rng.choice((";", ";", ","))
    lines = [f"{mark.format(m)} {item}" for m, item in zip(markers, items, strict=True)]
    return f"{f'{end} '.join(lines[:-1])}{end} {joint} {lines[-1]}"


def aside(rng: random.Random) -> str:
    """Draw words that add nothing to the rule, or none."""
    chance = rng.random()
    if chance < 0.035:
        return f" (see {rng.choice(('Figure', 'Table', 'also Figure'))} {rng.randint(1, 30)})"
    return f" in order {rng.choice(_PURPOSES)}" if chance < 0.06 else ""


def head_sentence(subject: Subject, wording: Wording, style: Style) -> str:
    """Write a sentence whose subject is a property of the subject."""
    head = wording.head.format(x=subject.opening)
    return f"{head} {style.modal} {wording.bare()}"


def describe(noun: Noun, facts: list[Fact], rng: random.Random) -> str:
    """Say a noun with facts behind it: `a stair that serves a ward and has a landing`."""
    posts = [fact for fact in facts if fact.posts]
    rest = [fact for fact in facts if not fact.posts]
    words = noun.indefinite
    if posts and rng.random() < 0.5:
        words += " " + say_post(posts[0], False, rng)
        rest += posts[1:]
    else:
        rest = facts
    if rest:
        said = [fact.with_words(rng).finite() for fact in rest]
        words += f" {'and ' if rest is not facts and posts else ''}that {list_words(said, 'and')}"
    return words.replace(" and that ", " that ")
