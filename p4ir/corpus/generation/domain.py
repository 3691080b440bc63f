"""The domain that generated clauses speak of: elements, their properties, parts and relations.

The tables under `domain/` group elements into classes (doors, drains, footings, …). All
elements of a class share what may be said of them, with units and plausible ranges, so
that whatever is composed of one class makes sense. `~` before a noun marks what is not
counted (`~steel`), `the` before it what there is only one of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

from p4ir.corpus.english import article, plural

_RANGE = re.compile(r"(?P<low>[\d.]+)-(?P<high>[\d.]+)/(?P<step>[\d.]+)")
_AMOUNT = re.compile(r"(?P<noun>.*) (?P<range>[\d.]+-[\d.]+(?:/[\d.]+)?) (?P<rest>.+)")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader, the fast one where there is libyaml."""
_LEFT_OUT = frozenset(("the", "a", "an"))


class Noun(NamedTuple):
    """A noun phrase in the singular."""

    words: str
    kind: str = "countable"
    """`countable`, `mass`, or `unique` (with `the`)."""

    @property
    def name(self) -> str:
        """Its name in rules."""
        return name_of(self.words)

    @property
    def indefinite(self) -> str:
        """The phrase at its first mention."""
        if self.kind == "mass":
            return self.words
        return (
            f"the {self.words}" if self.kind == "unique" else f"{article(self.words)} {self.words}"
        )

    @property
    def plural(self) -> str:
        """The plural; of what is not counted, the phrase itself."""
        return plural(self.words) if self.kind == "countable" else self.indefinite


class Size(NamedTuple):
    """A property that is measured."""

    noun: str
    bound: str
    """`min`, `max` or `any`: which bound a code would set."""
    values: Mapping[str, tuple[str, ...]]
    """Unit (empty for a bare number) to the plausible values, ascending, as rules write them."""

    @property
    def name(self) -> str:
        """Its name in rules."""
        return name_of(self.noun)


class Amount(NamedTuple):
    """A noun with a range of amounts and what else goes with it."""

    noun: Noun
    values: tuple[str, ...]
    unit: str
    rest: str


class ElementClass(NamedTuple):
    """Elements of which the same may be said."""

    name: str
    topic: str
    elements: tuple[Noun, ...]
    kinds: tuple[str, ...]
    materials: tuple[Noun, ...]
    states: tuple[str, ...]
    sizes: tuple[Size, ...]
    parts: tuple[Noun, ...]
    counts: tuple[Amount, ...]
    relations: Mapping[str, tuple[tuple[Noun, ...], ...]]
    """Verb phrase to its objects: one noun each, or two for `separate`."""
    aspects: tuple[str, ...]
    standards: tuple[str, ...]
    members: tuple[str, ...]
    """Of what there are several: `side`, `storey`."""
    distances: tuple[Amount, ...]
    heights: tuple[Amount, ...]
    loads: tuple[Amount, ...]
    ratios: tuple[Amount, ...]
    rates: tuple[Amount, ...]
    """Amounts for each of something: per bed, 20 to 80 l of storage."""
    fixtures: tuple[Amount, ...]
    """One for each so many: water closets for occupants."""


class Relation(NamedTuple):
    """How a relation is written and said."""

    literal: str
    post: str
    use: str
    verbs: tuple[str, ...]


@lru_cache(maxsize=1 << 14)
def name_of(words: str) -> str:
    """Return the name that a phrase has in rules.

    >>> name_of("self-closing door"), name_of("cleaner's sink")
    ('selfClosingDoor', 'cleanersSink')
    """
    parts = [
        w for w in re.findall(r"[a-z0-9]+", words.lower().replace("'", "")) if w not in _LEFT_OUT
    ]
    return str(parts[0] + "".join(part.capitalize() for part in parts[1:]))


def parse_noun(text: str) -> Noun:
    """Read a noun of the tables."""
    if text.startswith("~"):
        return Noun(text[1:], "mass")
    return Noun(text[4:], "unique") if text.startswith("the ") else Noun(text)


def parse_values(text: str) -> tuple[str, ...]:
    """Read plausible values: `750-900/50`, `2-4` or `30|60|90`.

    >>> parse_values("0.5-1/0.25"), parse_values("30|60")
    (('0.5', '0.75', '1'), ('30', '60'))
    """
    match = _RANGE.fullmatch(text if "/" in text or "|" in text else f"{text}/1")
    if match is None:
        return tuple(text.split("|"))
    low, high, step = (Decimal(match[name]) for name in ("low", "high", "step"))
    count = int((high - low) / step) + 1
    return tuple(_plain(low + step * index) for index in range(count))


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


@cache
def classes() -> tuple[ElementClass, ...]:
    """Return the classes of the domain, in the order of the tables."""
    folder = files("p4ir.corpus.generation") / "domain"
    tables = sorted((file for file in folder.iterdir()), key=lambda file: file.name)
    return tuple(
        _read_class(row)
        for table in tables
        for row in yaml.load(table.read_text(encoding="utf-8"), _LOADER)
    )


@cache
def relations() -> dict[str, Relation]:
    """Return the relations by the verb phrase that the tables use."""
    text = (files("p4ir.corpus.generation") / "relations.yaml").read_text(encoding="utf-8")
    return {
        verb: Relation(row["literal"], row["post"], row["use"], (verb, *row.get("other", ())))
        for verb, row in yaml.load(text, _LOADER).items()
    }


@cache
def class_of(noun: Noun) -> ElementClass | None:
    """Return the class of a noun that is an element itself, such as the handrail of a stair."""
    return next((kind for kind in classes() if noun in kind.elements), None)


def _read_class(row: dict[str, Any]) -> ElementClass:
    return ElementClass(
        name=row["class"],
        topic=row["topic"],
        elements=tuple(map(parse_noun, _split(row["elements"]))),
        kinds=tuple(_split(row.get("kinds"))),
        materials=tuple(map(parse_noun, _split(row.get("materials")))),
        states=tuple(_split(row.get("states"))),
        sizes=tuple(_read_size(name, text) for name, text in row["sizes"].items()),
        parts=tuple(map(parse_noun, _split(row.get("parts")))),
        counts=tuple(_read_count(text) for text in _split(row.get("counts"))),
        relations={
            verb: tuple(tuple(map(parse_noun, one.split(" & "))) for one in _split(objects))
            for verb, objects in row["relations"].items()
        },
        aspects=tuple(_split(row.get("aspects"))),
        standards=tuple(_split(row.get("standards"))),
        members=tuple(_split(row.get("each"))),
        distances=tuple(map(_read_amount, _split(row.get("far")))),
        heights=tuple(map(_read_amount, _split(row.get("mounts")))),
        loads=tuple(_read_load(text) for text in _split(row.get("loads"))),
        ratios=tuple(_read_ratio(text) for text in _split(row.get("ratios"))),
        rates=tuple(map(_read_amount, _split(row.get("per")))),
        fixtures=tuple(_read_ratio(text, "") for text in _split(row.get("fixtures"))),
    )


def _split(text: str | None) -> Iterator[str]:
    return (part.strip() for part in (text or "").split(", ") if part.strip())


def _read_size(noun: str, text: str) -> Size:
    bound, *pairs = text.split()
    units = {
        "" if unit == "-" else unit: parse_values(values)
        for unit, values in zip(pairs[::2], pairs[1::2], strict=True)
    }
    return Size(noun, bound, units)


def _read_count(text: str) -> Amount:
    noun, values = text.rsplit(" ", 1)
    return Amount(parse_noun(noun), parse_values(values), "", "")


def _read_amount(text: str) -> Amount:
    """Read `relevant boundary 3-15/1 m` or `bed 20-80 l hot water storage`."""
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no noun with a range and a unit")
    unit, _, rest = match["rest"].partition(" ")
    return Amount(parse_noun(match["noun"]), parse_values(match["range"]), unit, rest)


def _read_load(text: str) -> Amount:
    noun, unit, values = text.rsplit(" ", 2)
    return Amount(parse_noun(noun), parse_values(values), unit, "")


def _read_ratio(text: str, joint: str = "of ") -> Amount:
    """Read `glazed area 10-20 of floor area` or `urinal 50-150 occupant`."""
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no noun with a range and another noun")
    return Amount(
        parse_noun(match["noun"]),
        parse_values(match["range"]),
        "",
        match["rest"].removeprefix(joint),
    )
