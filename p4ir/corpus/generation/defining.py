"""Patterns without a duty: definitions, what a term includes, and scope."""

from __future__ import annotations

import random

from p4ir.corpus.generation.drafts import Draft, finish
from p4ir.corpus.generation.facts import NothingLeftError
from p4ir.corpus.generation.relating import join
from p4ir.corpus.generation.sentences import capital, describe, say_finite
from p4ir.corpus.generation.style import Style
from p4ir.corpus.generation.subjects import draw_subject


def definition(style: Style, rng: random.Random) -> Draft:
    """`“External stair” means a stair that …`."""
    subject = draw_subject(style, rng, simple=True)
    kind = subject.palette.kind_of_it()
    if kind is None or subject.noun.kind != "countable":
        raise NothingLeftError(subject.noun.words)
    facts = [subject.palette.condition() for _ in range(rng.choice((1, 2, 2, 3)))]
    subject.assume(facts)
    noun = subject.noun
    means = describe(noun, facts, rng)
    term = f"{kind.pre} {noun.words}"
    clause = rng.choice(
        (
            f"“{capital(term)}” means {means}.",
            f"{term}: {means}.",
            f"for the purposes of this part, {term} means {means}.",
            f"the term “{term}” means {means}.",
        )
    )
    return finish(clause, subject, kind.literals[0], facts)


def scope(style: Style, rng: random.Random) -> Draft:
    """`Section 5 applies to X that …`."""
    subject = draw_subject(style, rng)
    head = rng.choice(("section", "part", "clause", "chapter"))
    number = rng.choice(("", str(rng.randint(1, 30)), f"{rng.randint(1, 12)}.{rng.randint(1, 14)}"))
    name, said = (f"{head}_{number}", f"{head} {number}") if number else (head, f"this {head}")
    if number:
        said = capital(said)
    applies = f"applyTo({name},{subject.palette.name})"
    if subject.palette.name == "element":
        raise NothingLeftError("elements")
    limits = ""
    if rng.random() < 0.5:
        fact = subject.palette.condition()
        subject.assume([fact])
        limits = f" where {say_finite(fact, subject.pronoun, subject.is_plural, rng)}"
    if rng.random() < 0.4:
        return finish(
            f"{capital(said)} does not apply to {subject.plain}{limits}.",
            subject,
            f"not({applies})",
            [],
        )
    return finish(f"{capital(said)} applies to {subject.plain}{limits}.", subject, applies, [])


def inclusion(style: Style, rng: random.Random) -> Draft:
    """`For this part, X includes Y`."""
    subject = draw_subject(style, rng, simple=True)
    palette, noun = subject.palette, subject.noun
    others = [
        one for one in (*palette.kind.parts, *palette.kind.elements) if one.words != noun.words
    ]
    if noun.kind != "countable" or palette.name == "element":
        raise NothingLeftError(noun.words)
    chosen = rng.sample(others, min(len(others), rng.choice((1, 2, 2))))
    words = " and ".join(one.indefinite for one in chosen)
    label = join("and", [one.name for one in chosen])
    subject.literals = []
    start = rng.choice(
        ("", "for this part, ", "in this document, ", "for the purposes of this chapter, ")
    )
    if rng.random() < 0.35:
        words = words.replace(" and ", " or ")
        label = join("or", [one.name for one in chosen])
        clause = f"{start}{noun.indefinite} does not include {words}."
        return finish(clause, subject, f"not(include({noun.name},{label}))", [])
    clause = f"{start}{noun.indefinite} includes {words}."
    return finish(clause, subject, f"include({noun.name},{label})", [])
