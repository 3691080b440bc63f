"""Facts to choose from for one element, each drawn with plausible words and numbers."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

from p4ir.corpus.generation import general, measures, relating, sizes
from p4ir.corpus.generation.domain import ElementClass, Noun, Size, class_of, relations
from p4ir.corpus.generation.facts import Fact, NothingLeftError
from p4ir.corpus.generation.style import Style

T = TypeVar("T")
Draw = Callable[[], Fact | None]


class Palette:
    """What may be said of an element; nothing is said twice."""

    def __init__(self, kind: ElementClass, name: str, style: Style, rng: random.Random) -> None:
        self.kind, self.name = kind, name
        self._style, self.rng = style, rng
        self._used: set[str] = {name}
        self._references = relating.References(kind, rng)

    def mark(self, words: str) -> None:
        """Note words that are used: what they say is not said again."""
        self._used.add(words)

    def duty(self) -> Fact:
        """Draw a fact that a code would demand."""
        draws: tuple[tuple[Draw, float], ...] = (
            (self.size, 20),
            (self.part, 11),
            (self.parts, 5),
            (self.part_with_fact, 12),
            (self.state, 12),
            (self.material, 5),
            (lambda: self.relation("d"), 8),
            (self.distance, 7),
            (self.height, 6),
            (self.load, 5),
            (self.comply, 7),
            (self.as_per, 11),
            (self.table, 5),
            (self.share, 5),
            (self.rate, 6),
            (self.fixture, 6),
            (self.count, 3),
            (self.loop, 4),
            (self.range, 4),
            (self.versus, 3),
            (self.general, 10),
        )
        return self._draw(draws)

    def condition(self) -> Fact:
        """Draw a fact on which a duty may depend."""
        draws: tuple[tuple[Draw, float], ...] = (
            (self.threshold, 9),
            (lambda: self.relation("c"), 16),
            (self.material, 4),
            (self.part, 5),
            (self.lack, 3),
            (self.count_threshold, 3),
            (self.near, 4),
            (self.plain_state, 2),
            (self.need, 1),
        )
        return self._draw(draws)

    def allowed(self) -> Fact:
        """Draw a fact that a code would allow, or free from."""
        draws: tuple[tuple[Draw, float], ...] = (
            (self.part, 5),
            (self.parts, 3),
            (self.material, 4),
            (lambda: self.relation("d"), 5),
            (lambda: self.relation("n"), 6),
            (self.as_per, 1),
        )
        return self._draw(draws)

    def prohibited(self) -> Fact:
        """Draw a fact that a code would forbid."""
        draws: tuple[tuple[Draw, float], ...] = (
            (lambda: self.relation("n"), 10),
            (self.material, 3),
            (self.cause, 4),
        )
        return self._draw(draws)

    def _draw(self, draws: tuple[tuple[Draw, float], ...]) -> Fact:
        functions, weights = zip(*draws, strict=True)
        for _ in range(40):
            fact: Fact | None = self.rng.choices(functions, weights)[0]()
            if fact is not None:
                return fact
        raise NothingLeftError(f"nothing is left to say of {self.name}")

    def _fresh(self, things: tuple[T, ...], words: Callable[[T], str]) -> T | None:
        """Choose one thing that was not spoken of, and note it."""
        left = [thing for thing in things if words(thing) not in self._used]
        if not left:
            return None
        chosen = self.rng.choice(left)
        self._used.add(words(chosen))
        return chosen

    def kind_of_it(self) -> Fact | None:
        """Draw the kind of the element."""
        kind = self._fresh(self.kind.kinds, str)
        return relating.kind_fact(self.name, kind) if kind else None

    def size(self) -> Fact | None:
        """Draw a bound as a code sets it."""
        size = self._fresh(self.kind.sizes, lambda one: one.noun)
        if size is None:
            return None
        operator = sizes.default_operator(size, self.rng)
        return self.size_at(size, operator)

    def size_at(
        self, size: Size, operator: str, value: str = "", unit: str = "", *, case: bool = False
    ) -> Fact:
        """Bound a size by a value, drawn if none is given; `case`, to say it in a condition."""
        if not value:
            unit = self._style.unit_of(size, self.rng)
            value = sizes.choose_value(size.values[unit], self.rng)
        return sizes.size_fact(
            self.name, size, operator, (value, unit), self._style, self.rng, in_condition=case
        )

    def fresh_size(self) -> Size:
        """Choose a size of which nothing was said.

        Raises:
            NothingLeftError: there is none.
        """
        size = self._fresh(self.kind.sizes, lambda one: one.noun)
        if size is None:
            raise NothingLeftError(f"no size of {self.name} is left")
        return size

    def threshold(self) -> Fact | None:
        """Draw a size beyond or below which something holds."""
        size = self._fresh(self.kind.sizes, lambda one: one.noun)
        if size is None:
            return None
        operator = self.rng.choices(
            ("greaterThan", "lessThan", "greaterThanEqual", "lessThanEqual"), (5, 3, 1, 1)
        )[0]
        return self.size_at(size, operator, case=True)

    def range(self) -> Fact | None:
        """Draw a size between two values."""
        size = self._fresh(self.kind.sizes, lambda one: one.noun)
        if size is None:
            return None
        unit = self._style.unit_of(size, self.rng)
        low, high = sizes.pair_of(size.values[unit], self.rng)
        if low == high:
            return None
        return sizes.range_fact(self.name, size, low, high, unit, self._style, self.rng)

    def count(self) -> Fact | None:
        """Draw how many parts there are."""
        part = self._fresh(self.kind.counts, lambda one: one.noun.words)
        operator = self.rng.choice(
            ("greaterThanEqual", "greaterThanEqual", "lessThanEqual", "equal")
        )
        return sizes.count_fact(self.name, part, operator, self._style, self.rng) if part else None

    def count_threshold(self) -> Fact | None:
        """Draw a number of parts beyond which something holds."""
        part = self._fresh(self.kind.counts, lambda one: one.noun.words)
        operator = self.rng.choice(("greaterThan", "greaterThan", "lessThan", "greaterThanEqual"))
        if part is None:
            return None
        return sizes.count_fact(self.name, part, operator, self._style, self.rng, in_condition=True)

    def part(self) -> Fact | None:
        """Draw a part."""
        part = self._fresh(self.kind.parts, lambda one: one.words)
        return relating.part_fact(self.name, part) if part else None

    def lack(self) -> Fact | None:
        """Draw a part that is not there."""
        part = self._fresh(self.kind.parts, lambda one: one.words)
        return relating.lack_fact(self.name, part) if part else None

    def parts(self) -> Fact | None:
        """Draw two or three parts."""
        number = self.rng.choice((2, 2, 3))
        chosen = [self._fresh(self.kind.parts, lambda one: one.words) for _ in range(number)]
        parts = [part for part in chosen if part]
        joint = self.rng.choice(("and", "and", "or"))
        return relating.parts_fact(self.name, parts, joint) if len(parts) > 1 else None

    def part_with_fact(self) -> Fact | None:
        """Draw a part and something about it: a landing at least 1.2 m long."""
        part = self._fresh(self.kind.parts, lambda one: one.words)
        if part is None:
            return None
        kind = class_of(part)
        palette = Palette(kind or self.kind, part.name, self._style, self.rng)
        draws: tuple[tuple[Draw, float], ...] = ((palette.comply, 2), (palette.as_per, 1))
        if kind:
            draws = (
                (palette.size, 6), (palette.comply, 1), (palette.height, 2),
                (palette.material, 2), (palette.distance, 1),
            )  # fmt: skip
        more = palette._draw(draws)
        if not more.posts:
            return relating.part_fact(self.name, part)
        said = self.rng.choice(more.posts).format(comply="complies", have="has")
        return relating.part_fact(self.name, part, more, said)

    def state(self) -> Fact | None:
        """Draw a state."""
        state = self._fresh(self.kind.states, str)
        return relating.state_fact(self.name, state) if state else None

    def plain_state(self) -> Fact | None:
        """Draw a state that is said in a word or two."""
        state = self._fresh(tuple(s for s in self.kind.states if s.count(" ") < 2), str)
        return relating.state_fact(self.name, state) if state else None

    def material(self) -> Fact | None:
        """Draw one material or two."""
        materials = [m for m in self.kind.materials if m.words not in self._used]
        if not materials or "material" in self._used:
            return None
        self._used.add("material")
        number = min(len(materials), self.rng.choice((1, 1, 2)))
        return relating.material_fact(self.name, self.rng.sample(materials, number), self.rng)

    def relation(self, use: str) -> Fact | None:
        """Draw a relation for a use: `c` condition, `d` duty, `n` prohibition."""
        known = relations()
        verbs = tuple(verb for verb in self.kind.relations if use in known[verb].use)
        verb = self._fresh(verbs, str)
        if verb is None:
            return None
        objects = [
            one
            for one in self.kind.relations[verb]
            if not any(noun.words in self._used for noun in one)
        ]
        if not objects:
            return None
        is_single = len(objects[0]) == 2 or "{y}." in known[verb].literal
        number = 1 if is_single else min(len(objects), self.rng.choice((1, 1, 1, 2)))
        chosen = self.rng.sample(objects, number)
        self._used.update(noun.words for one in chosen for noun in one)
        return relating.relation_fact(self.name, verb, chosen)

    def distance(self) -> Fact | None:
        """Draw a distance to keep."""
        place = self._fresh(self.kind.distances, lambda one: one.noun.words)
        if place is None or "distance" in self._used:
            return None
        self._used.add("distance")
        operator = self.rng.choice(("greaterThanEqual", "greaterThanEqual", "lessThanEqual"))
        return measures.distance_fact(self.name, place, operator, self._style, self.rng)

    def near(self) -> Fact | None:
        """Draw a distance below which something holds."""
        place = self._fresh(self.kind.distances, lambda one: one.noun.words)
        if place is None or "distance" in self._used:
            return None
        self._used.add("distance")
        operator = self.rng.choice(("lessThan", "lessThan", "greaterThan"))
        return measures.distance_fact(self.name, place, operator, self._style, self.rng)

    def height(self) -> Fact | None:
        """Draw a height above something."""
        level = self._fresh(self.kind.heights, lambda one: one.noun.words)
        if level is None or "elevation" in self._used:
            return None
        self._used.add("elevation")
        return measures.height_fact(self.name, level, self._style, self.rng)

    def load(self) -> Fact | None:
        """Draw a load to resist."""
        load = self._fresh(self.kind.loads, lambda one: one.noun.words)
        return measures.load_fact(self.name, load, self._style, self.rng) if load else None

    def share(self) -> Fact | None:
        """Draw an area that is a share of another."""
        share = self._fresh(self.kind.ratios, lambda one: one.noun.words)
        if share is None or share.rest in self._used:
            return None
        return measures.share_fact(self.name, share, self._style, self.rng)

    def rate(self) -> Fact | None:
        """Draw an amount for each of something."""
        rate = self._fresh(self.kind.rates, lambda one: one.rest)
        return measures.rate_fact(self.name, rate, self._style, self.rng) if rate else None

    def fixture(self) -> Fact | None:
        """Draw one of something for each so many of others."""
        fixture = self._fresh(self.kind.fixtures, lambda one: one.noun.words)
        return measures.fixture_fact(self.name, fixture, self._style, self.rng) if fixture else None

    def loop(self) -> Fact | None:
        """Draw a part that stands at each member."""
        member = self._fresh(self.kind.members, str)
        part = self._fresh(self.kind.parts, lambda one: one.words) if member else None
        if not member or not part:
            return None
        count = self.rng.choice(("", "", "2"))
        counted = self._style.counted("2", part.words)
        return relating.loop_fact(self.name, member, part, count, counted)

    def comply(self) -> Fact | None:
        """Draw a document to comply with."""
        if "comply" in self._used:
            return None
        self._used.add("comply")
        return relating.comply_fact(self.name, self._references, self.rng)

    def as_per(self) -> Fact | None:
        """Draw an aspect that follows a document."""
        aspect = self._fresh(self.kind.aspects, str)
        return (
            relating.as_per_fact(self.name, aspect, self._references, self.rng) if aspect else None
        )

    def table(self) -> Fact | None:
        """Draw a size that a table gives."""
        size = self._fresh(self.kind.sizes, lambda one: one.noun)
        if size is None or "table" in self._used:
            return None
        self._used.add("table")
        is_least = size.bound != "max"
        return relating.table_fact(self.name, size.noun, is_least, self._references, self.rng)

    def general(self) -> Fact | None:
        """Draw what may be said of anything: who approves it, when it is tested, where it is."""
        return None if "general" in self._used else self._general(general.general_fact)

    def cause(self) -> Fact | None:
        """Draw a harm that is not to be caused."""
        return None if "general" in self._used else self._general(general.harm_fact)

    def need(self) -> Fact | None:
        """Draw what the element needs."""
        return None if "general" in self._used else self._general(general.need_fact)

    def _general(self, make: Callable[[str, random.Random], Fact]) -> Fact:
        self._used.add("general")
        return make(self.name, self.rng)

    def versus(self) -> Fact | None:
        """Draw a dimension that depends on that of something else."""
        size = self._fresh(self.kind.sizes, lambda one: one.noun)
        others: list[Noun] = [n for n in self.kind.elements if n.words not in self._used]
        unit = self._style.unit_of(size, self.rng) if size else ""
        if size is None or unit not in ("mm", "m", "in", "ft") or not others:
            return None
        other = self.rng.choice(others)
        self._used.add(other.words)
        if self.rng.random() < 0.5:
            return measures.equal_fact(self.name, size, other, self.rng)
        step = sizes.choose_value(
            {"mm": ("50", "100", "150"), "in": ("2", "4", "6")}.get(unit, ("0.5", "1.5")), self.rng
        )
        return measures.offset_fact(self.name, size, other, unit, step, self._style, self.rng)
