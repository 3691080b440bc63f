"""Sentences without a requirement: notes, aims, history, explanations, headings."""

from __future__ import annotations

import random

from p4ir.corpus.generation.domain import classes
from p4ir.corpus.generation.drafts import Draft
from p4ir.corpus.no_requirement import NO_REQUIREMENT
from p4ir.rules import format_rule

_RULE = format_rule(NO_REQUIREMENT)
_TEMPLATES = (
    "Note: {many} were rarely seen in {place} before the {decade}s, and few records survive.",
    "The {quantity} of {many} has been studied in several countries with differing results.",
    "{Many} of the {kind} sort are often chosen for their looks rather than for their {quantity}.",
    "The background to the figures for {many} is given in a report of {year}.",
    "Designers who are new to {many} will find worked examples in the handbook of {year}.",
    "Most complaints about {many} concern the {part}, which wears faster than anything else.",
    "The aim of this chapter is that {many} serve people well for the life of the building.",
    "Comment: the last edition spoke of {many} and {others} in one breath.",
    "{Many} and {others} are treated together here because they fail in much the same way.",
    "Experience shows that {many} with {a_part} cost little more over their life.",
    "The drawing on this page shows a typical {one} with its {part}.",
    "History: the first rules on {many} go back to a disaster in {year}.",
    "Manufacturers of {many} have long published guidance of their own on {aspect}.",
    "It is easy to mistake {a_one} for {an_other}, since both have {a_part}.",
    "This edition replaces that of {year}; the part on {many} was rewritten.",
    "In windy places people tend to notice {a_one} only when its {part} rattles.",
    "Tests carried out in {year} on {number} {many} form the basis of this chapter.",
    "Words in italics, such as {one} and {part}, are explained at the end of the document.",
    "How long {a_one} lasts depends more on {aspect} than on anything that a code can say.",
    "Explanation: {a_one} of the {kind} sort behaves differently because of its {part}.",
    "The committee thanks the makers of {many} for their help with the {decade}s data.",
    "A survey of {number} buildings found {many} in nearly every one of them, mostly {kind}.",
    "The figures for {quantity} were taken over unchanged from the edition of {year}.",
    "Good {aspect} of {many} is said to pay for itself within {number} years.",
    "Objective: to safeguard people from injury caused by {many} and {others}.",
    "{Many}: {aspect} and {aspect2}.",
    "General notes on the {aspect} of {many}",
    "Photographs of {many} from {number} sites are kept in the library of the institute.",
    "The word “{one}” comes from the trade and was once used for {others} as well.",
    "Readers in a hurry may skip the history of {many} and turn to the tables on {quantity}.",
    "Opinions differ on whether {many} or {others} age more gracefully.",
    "Many of the {number} comments received on the draft were about {many} and their {part}.",
)  # fmt: skip


def background(rng: random.Random) -> Draft:
    """Draw a sentence without a requirement, with its rule."""
    kind = rng.choice([one for one in classes() if len(one.aspects) > 1 and one.kinds])
    nouns = [noun for noun in kind.elements if noun.kind == "countable"]
    if len(nouns) < 2:
        return background(rng)
    one, other = rng.sample(nouns, 2)
    part = rng.choice(kind.parts)
    aspects = rng.sample(kind.aspects, 2)
    values = {
        "many": one.plural,
        "Many": one.plural[0].upper() + one.plural[1:],
        "others": other.plural,
        "one": one.words,
        "a_one": one.indefinite,
        "an_other": other.indefinite,
        "part": part.words,
        "a_part": part.indefinite,
        "kind": rng.choice(kind.kinds),
        "quantity": rng.choice(kind.sizes).noun,
        "aspect": aspects[0],
        "aspect2": aspects[1],
        "place": rng.choice(("schools", "hospitals", "private houses", "small towns", "factories")),
        "year": rng.randint(1931, 2019),
        "decade": rng.randrange(1920, 2000, 10),
        "number": rng.randint(13, 480),
    }
    text = rng.choice(_TEMPLATES).format(**values)
    return Draft(text[0].upper() + text[1:], _RULE, kind.topic)
