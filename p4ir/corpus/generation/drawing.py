"""Facts that measure, drawn for one element with plausible numbers; none is drawn twice."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

from p4ir.corpus.generation import measures, sizes
from p4ir.corpus.generation.domain import ElementClass, Noun, Size
from p4ir.corpus.generation.facts import Fact, NothingLeftError
from p4ir.corpus.generation.style import Style

T = TypeVar("T")
_LENGTHS = frozenset(("mm", "m", "in", "ft"))


class Drawer:
    """What may be measured of an element, and what was said of it already."""

    def __init__(self, kind: ElementClass, name: str, style: Style, rng: random.Random) -> None:
        self.kind, self.name = kind, name
        self.style, self.rng = style, rng
        self.used: set[str] = {name}
        """Words that were used: what they say is not said again."""

    def fresh(self, things: tuple[T, ...], words: Callable[[T], str]) -> T | None:
        """Choose one thing that was not spoken of, and note it."""
        left = [thing for thing in things if words(thing) not in self.used]
        if not left:
            return None
        chosen = self.rng.choice(left)
        self.used.add(words(chosen))
        return chosen

    def size(self) -> Fact | None:
        """Draw a bound as a code sets it."""
        size = self.fresh(self.kind.sizes, lambda one: one.noun)
        if size is None:
            return None
        operator = sizes.default_operator(size, self.rng)
        return self.size_at(size, operator)

    def size_at(
        self, size: Size, operator: str, value: str = "", unit: str = "", *, case: bool = False
    ) -> Fact:
        """Bound a size by a value, drawn if none is given; `case`, to say it in a condition."""
        if not value:
            unit = self.style.unit_of(size, self.rng)
            value = sizes.choose_value(size.values[unit], self.rng)
        return sizes.size_fact(
            self.name, size, operator, (value, unit), self.style, self.rng, in_condition=case
        )

    def fresh_size(self) -> Size:
        """Choose a size of which nothing was said.

        Raises:
            NothingLeftError: there is none.
        """
        size = self.fresh(self.kind.sizes, lambda one: one.noun)
        if size is None:
            raise NothingLeftError(f"no size of {self.name} is left")
        return size

    def threshold(self) -> Fact | None:
        """Draw a size beyond or below which something holds."""
        size = self.fresh(self.kind.sizes, lambda one: one.noun)
        if size is None:
            return None
        operator = self.rng.choices(
            ("greaterThan", "lessThan", "greaterThanEqual", "lessThanEqual"), (5, 3, 1, 1)
        )[0]
        return self.size_at(size, operator, case=True)

    def range(self) -> Fact | None:
        """Draw a size between two values."""
        size = self.fresh(self.kind.sizes, lambda one: one.noun)
        if size is None:
            return None
        unit = self.style.unit_of(size, self.rng)
        low, high = sizes.pair_of(size.values[unit], self.rng)
        if low == high:
            return None
        return sizes.range_fact(self.name, size, low, high, unit, self.style, self.rng)

    def count(self) -> Fact | None:
        """Draw how many parts there are."""
        part = self.fresh(self.kind.counts, lambda one: one.noun.words)
        operator = self.rng.choice(
            ("greaterThanEqual", "greaterThanEqual", "lessThanEqual", "equal")
        )
        return sizes.count_fact(self.name, part, operator, self.style, self.rng) if part else None

    def count_threshold(self) -> Fact | None:
        """Draw a number of parts beyond which something holds."""
        part = self.fresh(self.kind.counts, lambda one: one.noun.words)
        operator = self.rng.choice(("greaterThan", "greaterThan", "lessThan", "greaterThanEqual"))
        if part is None:
            return None
        return sizes.count_fact(self.name, part, operator, self.style, self.rng, in_condition=True)

    def distance(self) -> Fact | None:
        """Draw a distance to keep."""
        place = self.fresh(self.kind.distances, lambda one: one.noun.words)
        if place is None or "distance" in self.used:
            return None
        self.used.add("distance")
        operator = self.rng.choice(("greaterThanEqual", "greaterThanEqual", "lessThanEqual"))
        return measures.distance_fact(self.name, place, operator, self.style, self.rng)

    def near(self) -> Fact | None:
        """Draw a distance below which something holds."""
        place = self.fresh(self.kind.distances, lambda one: one.noun.words)
        if place is None or "distance" in self.used:
            return None
        self.used.add("distance")
        operator = self.rng.choice(("lessThan", "lessThan", "greaterThan"))
        return measures.distance_fact(self.name, place, operator, self.style, self.rng)

    def height(self) -> Fact | None:
        """Draw a height above something."""
        level = self.fresh(self.kind.heights, lambda one: one.noun.words)
        if level is None or "elevation" in self.used:
            return None
        self.used.add("elevation")
        return measures.height_fact(self.name, level, self.style, self.rng)

    def load(self) -> Fact | None:
        """Draw a load to resist."""
        load = self.fresh(self.kind.loads, lambda one: one.noun.words)
        return measures.load_fact(self.name, load, self.style, self.rng) if load else None

    def share(self) -> Fact | None:
        """Draw an area that is a share of another."""
        share = self.fresh(self.kind.ratios, lambda one: one.noun.words)
        if share is None or share.rest in self.used:
            return None
        return measures.share_fact(self.name, share, self.style, self.rng)

    def rate(self) -> Fact | None:
        """Draw an amount for each of something."""
        rate = self.fresh(self.kind.rates, lambda one: one.rest)
        return measures.rate_fact(self.name, rate, self.style, self.rng) if rate else None

    def fixture(self) -> Fact | None:
        """Draw one of something for each so many of others."""
        fixture = self.fresh(self.kind.fixtures, lambda one: one.noun.words)
        return measures.fixture_fact(self.name, fixture, self.style, self.rng) if fixture else None

    def versus(self) -> Fact | None:
        """Draw a dimension that depends on that of something else."""
        size = self.fresh(self.kind.sizes, lambda one: one.noun)
        others: list[Noun] = [n for n in self.kind.elements if n.words not in self.used]
        unit = self.style.unit_of(size, self.rng) if size else ""
        is_dimension = size is not None and size.bound == "min" and unit in _LENGTHS
        if size is None or not is_dimension or not others:
            return None
        other = self.rng.choice(others)
        self.used.add(other.words)
        if self.rng.random() < 0.5:
            return measures.equal_fact(self.name, size, other, self.rng)
        step = sizes.choose_value(
            {"mm": ("50", "100", "150"), "in": ("2", "4", "6")}.get(unit, ("0.5", "1.5")), self.rng
        )
        return measures.offset_fact(self.name, size, other, unit, step, self.style, self.rng)
