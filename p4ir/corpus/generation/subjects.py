"""What a clause is about: a noun phrase with its conditions, and clauses before it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from p4ir.corpus.english import article, plural
from p4ir.corpus.generation.domain import ElementClass, Noun, class_of, classes
from p4ir.corpus.generation.facts import Fact, Wording
from p4ir.corpus.generation.merging import merge_literals
from p4ir.corpus.generation.palette import Palette
from p4ir.corpus.generation.relating import join
from p4ir.corpus.generation.style import Style

_DETERMINERS = ("", "each", "every", "any", "the")
_BUILDING = Noun("building")


@dataclass
class Subject:
    """A subject with what the condition of the rule says of it."""

    palette: Palette
    noun: Noun
    phrase: str
    """At the first mention, in lower case: `every external door serving a ward`."""
    is_plural: bool
    plain: str = ""
    """The same with no determiner but `a`, as after `where` or `not`."""
    literals: list[str] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)
    derived: list[str] = field(default_factory=list)
    is_mentioned: bool = False
    """Whether a clause before it has named it already."""

    @property
    def pronoun(self) -> str:
        """The subject when it was just named."""
        return "they" if self.is_plural else "it"

    @property
    def short(self) -> str:
        """The subject named again."""
        if self.palette.name == "element":
            return "these elements"
        return f"the {self.noun.plural if self.is_plural else self.noun.words}"

    @property
    def opening(self) -> str:
        """The subject where the main clause begins."""
        return self.short if self.is_mentioned else self.phrase

    def assume(self, facts: Iterable[Fact]) -> None:
        """Take facts as conditions."""
        for fact in facts:
            self.literals += fact.literals
            self.derived += fact.derived

    def except_for(self, fact: Fact) -> None:
        """Take a fact as what frees from the duty."""
        self.exceptions += fact.denied().literals

    def condition(self) -> str:
        """Write the condition of the rule."""
        literals = [*self.literals, *self.exceptions]
        name = self.palette.name
        if not any(re.search(rf"\b{name}\b", literal) for literal in literals):
            literals.insert(0, f"exist({name})")
        return join("and", merge_literals(literals))


def draw_subject(style: Style, rng: random.Random, *, simple: bool = False) -> Subject:
    """Draw a subject; `simple`, one noun that nothing qualifies."""
    kind = rng.choice(classes())
    shape = 0.9 if simple else rng.random()
    if shape < 0.05:
        return _draw_several(kind, style, rng)
    if shape < 0.15 and (subject := _draw_part(kind, style, rng)):
        return subject
    noun = rng.choice(kind.elements)
    subject = Subject(Palette(kind, noun.name, style, rng), noun, "", rng.random() < 0.42)
    subject.is_plural = subject.is_plural and noun.kind == "countable"
    subject.palette.used.add(noun.words)
    pre, posts = "", ""
    if not simple and rng.random() < 0.4 and (fact := subject.palette.kind_of_it()):
        pre = f"{fact.pre} "
        subject.assume([fact])
    if not simple and rng.random() < 0.42:
        posts = _draw_post(subject)
    _phrase(subject, pre, posts, rng)
    return subject


def _draw_post(subject: Subject) -> str:
    fact = subject.palette.condition()
    if not fact.posts:
        return ""
    subject.assume([fact])
    return " " + say_post(fact, subject.is_plural, subject.palette.rng)


def say_post(fact: Fact, is_plural: bool, rng: random.Random) -> str:
    """Say a fact behind a noun."""
    have, comply = ("have", "comply") if is_plural else ("has", "complies")
    return rng.choice(fact.posts).format(have=have, comply=comply)


def _phrase(subject: Subject, pre: str, posts: str, rng: random.Random) -> None:
    noun = subject.noun
    if noun.kind == "mass":
        subject.phrase = subject.plain = f"{pre}{noun.words}{posts}"
    elif subject.is_plural:
        subject.plain = f"{pre}{noun.plural}{posts}"
        subject.phrase = f"{rng.choice(('', '', '', '', 'all '))}{subject.plain}"
    else:
        words = f"{pre}{noun.words}{posts}"
        subject.plain = f"{article(words)} {words}"
        determiner = rng.choices(_DETERMINERS, (48, 18, 18, 6, 6 if posts else 0))[0]
        subject.phrase = f"{determiner} {words}" if determiner else subject.plain


def _draw_several(kind: ElementClass, style: Style, rng: random.Random) -> Subject:
    nouns = [noun for noun in kind.elements if noun.kind == "countable"]
    chosen = rng.sample(nouns, min(len(nouns), rng.choice((2, 2, 3))))
    if len(chosen) < 2:
        return draw_subject(style, rng, simple=True)
    palette = Palette(kind, "element", style, rng)
    for noun in chosen:
        palette.used.add(noun.words)
    words = [plural(noun.words) for noun in chosen]
    phrase = f"{', '.join(words[:-1])} and {words[-1]}"
    literal = f"is(element.type,or({','.join(noun.name for noun in chosen)}))"
    return Subject(palette, Noun("element"), phrase, True, phrase, [literal])


def _draw_part(kind: ElementClass, style: Style, rng: random.Random) -> Subject | None:
    parts = [part for part in kind.parts if class_of(part)]
    if not parts:
        return None
    part, whole = rng.choice(parts), rng.choice(kind.elements)
    own = class_of(part)
    if own is None or whole.kind != "countable" or part == whole:
        return None
    palette = Palette(own, part.name, style, rng)
    palette.used.add(part.words)
    palette.used.add(whole.words)
    is_plural = rng.random() < 0.4
    if is_plural:
        phrase = f"the {part.plural} of {rng.choice((whole.plural, whole.indefinite))}"
    else:
        phrase = f"the {part.words} of {whole.indefinite}"
    literal = f"has({whole.name},{part.name})"
    return Subject(palette, part, phrase, is_plural, phrase, [literal])


def context_fact(style: Style, rng: random.Random) -> tuple[Fact, str]:
    """Draw a fact about the building as a whole, and the sentence that says it."""
    kind = next(one for one in classes() if one.name == "building")
    palette = Palette(kind, _BUILDING.name, style, rng)
    zone = rng.random()
    if zone < 0.25:
        level = rng.choice(("low", "medium", "high", "very high", "extra high"))
        name = "".join(level.title().split())
        fact = Fact(
            literals=(f"is(building.windZone,{name[0].lower()}{name[1:]})",),
            wordings=(Wording("be", f"in {article(level)} {level} wind zone"),),
        )
    elif zone < 0.4:
        number = rng.randint(1, 6)
        fact = Fact(
            literals=(f"within(building,climateZone_{number})",),
            wordings=(Wording("be", f"in climate zone {number}"),),
        )
    else:
        fact = rng.choice((palette.threshold, palette.plain_state, palette.count_threshold))() or (
            palette.size_at(kind.sizes[0], "greaterThan", case=True)
        )
    return fact, f"the building {fact.with_words(rng).finite()}"
