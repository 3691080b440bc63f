"""Facts to choose from for one element: what a code demands, supposes, allows or forbids."""

from __future__ import annotations

import random
from collections.abc import Callable

from p4ir.corpus.generation import general, relating
from p4ir.corpus.generation.domain import ElementClass, class_of, classes, relations
from p4ir.corpus.generation.drawing import Drawer
from p4ir.corpus.generation.facts import Fact, NothingLeftError
from p4ir.corpus.generation.style import Style

_TRIALS = 40
_PLACES = frozenset(
    ("public room", "sleeping", "workspace", "room", "sanitary room", "store", "parking", "pool",
     "fire access", "site work", "temporary works", "waste", "route", "footing", "drainage fitting")
)  # fmt: skip
"""Classes of elements that are places themselves, or outdoors: in buildings, not in rooms."""
_ANY_ASPECTS = ("installation", "design", "testing")


class Palette(Drawer):
    """What may be said of an element; nothing is said twice."""

    def __init__(self, kind: ElementClass, name: str, style: Style, rng: random.Random) -> None:
        super().__init__(kind, name, style, rng)
        self._references = relating.References(kind, rng)

    def duty(self) -> Fact:
        """Draw a fact that a code would demand."""
        return self.draw(_DUTIES)

    def condition(self) -> Fact:
        """Draw a fact on which a duty may depend."""
        return self.draw(_CONDITIONS)

    def allowed(self) -> Fact:
        """Draw a fact that a code would allow, or free from."""
        return self.draw(_ALLOWED)

    def prohibited(self) -> Fact:
        """Draw a fact that a code would forbid."""
        return self.draw(_PROHIBITED)

    def draw(self, draws: tuple[Draw, ...]) -> Fact:
        """Draw a fact by one of several methods with weights.

        Raises:
            NothingLeftError: none of them has anything left to say.
        """
        functions, weights = zip(*draws, strict=True)
        for _ in range(_TRIALS):
            fact: Fact | None = self.rng.choices(functions, weights)[0](self)
            if fact is not None:
                return fact
        raise NothingLeftError(f"nothing is left to say of {self.name}")

    def kinds(self) -> list[str]:
        """Return the kinds of the element that its name does not hold already."""
        own = self.name.lower()
        return [kind for kind in self.kind.kinds if kind.split("-")[0] not in own]

    def kind_of_it(self) -> Fact | None:
        """Draw the kind of the element."""
        kind = self.fresh(tuple(self.kinds()), str)
        return relating.kind_fact(self.name, kind) if kind else None

    def part(self) -> Fact | None:
        """Draw a part."""
        part = self.fresh(self.kind.parts, lambda one: one.words)
        return relating.part_fact(self.name, part) if part else None

    def lack(self) -> Fact | None:
        """Draw a part that is not there."""
        part = self.fresh(self.kind.parts, lambda one: one.words)
        return relating.lack_fact(self.name, part) if part else None

    def parts(self) -> Fact | None:
        """Draw two or three parts."""
        number = self.rng.choice((2, 2, 3))
        chosen = [self.fresh(self.kind.parts, lambda one: one.words) for _ in range(number)]
        parts = [part for part in chosen if part]
        joint = self.rng.choice(("and", "and", "or"))
        return relating.parts_fact(self.name, parts, joint) if len(parts) > 1 else None

    def part_with_fact(self) -> Fact | None:
        """Draw a part and something about it: a landing at least 1.2 m long."""
        part = self.fresh(self.kind.parts, lambda one: one.words)
        if part is None:
            return None
        kind = class_of(part)
        general_kind = self.kind._replace(aspects=_ANY_ASPECTS)
        palette = Palette(kind or general_kind, part.name, self.style, self.rng)
        more = palette.draw(_OF_PARTS if kind else _OF_OTHER_PARTS)
        if not more.posts:
            return relating.part_fact(self.name, part)
        said = self.rng.choice(more.posts).format(comply="complies", have="has")
        return relating.part_fact(self.name, part, more, said)

    def state(self) -> Fact | None:
        """Draw a state."""
        state = self.fresh(self.kind.states, str)
        return relating.state_fact(self.name, state) if state else None

    def plain_state(self) -> Fact | None:
        """Draw a state that is said in a word or two."""
        state = self.fresh(tuple(s for s in self.kind.states if s.count(" ") < 2), str)
        return relating.state_fact(self.name, state) if state else None

    def material(self) -> Fact | None:
        """Draw one material or two."""
        materials = [m for m in self.kind.materials if m.words not in self.used]
        if not materials or "material" in self.used:
            return None
        self.used.add("material")
        number = min(len(materials), self.rng.choice((1, 1, 2)))
        return relating.material_fact(self.name, self.rng.sample(materials, number), self.rng)

    def relation(self, use: str) -> Fact | None:
        """Draw a relation for a use: `c` condition, `d` duty, `n` prohibition."""
        known = relations()
        verbs = tuple(verb for verb in self.kind.relations if use in known[verb].use)
        verb = self.fresh(verbs, str)
        if verb is None:
            return None
        objects = [
            one
            for one in self.kind.relations[verb]
            if not any(noun.words in self.used for noun in one)
        ]
        if not objects:
            return None
        is_single = len(objects[0]) == 2 or "{y}." in known[verb].literal
        number = 1 if is_single else min(len(objects), self.rng.choice((1, 1, 1, 2)))
        chosen = self.rng.sample(objects, number)
        self.used.update(noun.words for one in chosen for noun in one)
        return relating.relation_fact(self.name, verb, chosen)

    def setting(self) -> Fact | None:
        """Draw the building or the room that the element is in."""
        if "setting" in self.used or self.kind.name == "building":
            return None
        self.used.add("setting")
        names = ("building",) if self.kind.name in _PLACES else ("building", "sleeping")
        places = [noun for kind in classes() if kind.name in names for noun in kind.elements]
        left = [noun for noun in places if noun.words not in self.used]
        number = self.rng.choice((1, 1, 1, 2))
        return relating.setting_fact(self.name, self.rng.sample(left, number))

    def relation_demanded(self) -> Fact | None:
        """Draw a relation that a code would demand."""
        return self.relation("d")

    def relation_supposed(self) -> Fact | None:
        """Draw a relation on which a duty may depend."""
        return self.relation("c")

    def relation_forbidden(self) -> Fact | None:
        """Draw a relation that a code would forbid."""
        return self.relation("n")

    def loop(self) -> Fact | None:
        """Draw a part that stands at each member."""
        member = self.fresh(self.kind.members, str)
        part = self.fresh(self.kind.parts, lambda one: one.words) if member else None
        if not member or not part:
            return None
        count = self.rng.choice(("", "", "2"))
        counted = self.style.counted("2", part.words)
        return relating.loop_fact(self.name, member, part, count, counted)

    def comply(self) -> Fact | None:
        """Draw a document to comply with."""
        if "comply" in self.used:
            return None
        self.used.add("comply")
        return relating.comply_fact(self.name, self._references, self.rng)

    def as_per(self) -> Fact | None:
        """Draw an aspect that follows a document."""
        aspect = self.fresh(self.kind.aspects, str)
        return (
            relating.as_per_fact(self.name, aspect, self._references, self.rng) if aspect else None
        )

    def table(self) -> Fact | None:
        """Draw a size that a table gives."""
        size = self.fresh(self.kind.sizes, lambda one: one.noun)
        if size is None or "table" in self.used:
            return None
        self.used.add("table")
        is_least = size.bound != "max"
        return relating.table_fact(self.name, size.noun, is_least, self._references, self.rng)

    def general(self) -> Fact | None:
        """Draw what may be said of anything: who approves it, when it is tested, where it is."""
        return None if "general" in self.used else self._general(general.general_fact)

    def cause(self) -> Fact | None:
        """Draw a harm that is not to be caused."""
        return None if "general" in self.used else self._general(general.harm_fact)

    def need(self) -> Fact | None:
        """Draw what the element needs."""
        return None if "general" in self.used else self._general(general.need_fact)

    def _general(self, make: Callable[[str, random.Random], Fact]) -> Fact:
        self.used.add("general")
        return make(self.name, self.rng)


Draw = tuple[Callable[[Palette], Fact | None], int]
_DUTIES: tuple[Draw, ...] = (
    (Palette.size, 20), (Palette.part, 9), (Palette.parts, 5), (Palette.part_with_fact, 16),
    (Palette.state, 12), (Palette.material, 5), (Palette.relation_demanded, 8),
    (Palette.distance, 11), (Palette.height, 12), (Palette.load, 6), (Palette.comply, 4),
    (Palette.as_per, 6), (Palette.table, 4), (Palette.share, 20), (Palette.rate, 20),
    (Palette.fixture, 22), (Palette.count, 8), (Palette.loop, 18), (Palette.range, 6),
    (Palette.versus, 12), (Palette.general, 6),
)  # fmt: skip
_CONDITIONS: tuple[Draw, ...] = (
    (Palette.threshold, 8), (Palette.relation_supposed, 14), (Palette.setting, 8),
    (Palette.material, 3), (Palette.part, 4), (Palette.lack, 3), (Palette.count_threshold, 4),
    (Palette.near, 5), (Palette.plain_state, 2), (Palette.need, 1),
)  # fmt: skip
_ALLOWED: tuple[Draw, ...] = (
    (Palette.part, 5), (Palette.parts, 3), (Palette.material, 4),
    (Palette.relation_demanded, 5), (Palette.relation_forbidden, 6), (Palette.as_per, 1),
)  # fmt: skip
_PROHIBITED: tuple[Draw, ...] = (
    (Palette.relation_forbidden, 10), (Palette.material, 3), (Palette.cause, 3),
)  # fmt: skip
_OF_PARTS: tuple[Draw, ...] = (
    (Palette.size, 6), (Palette.comply, 1), (Palette.height, 2), (Palette.material, 2),
    (Palette.distance, 1),
)  # fmt: skip
_OF_OTHER_PARTS: tuple[Draw, ...] = ((Palette.comply, 2), (Palette.as_per, 1))
