"""Facts that do not measure: kinds, states, materials, parts, relations and references."""

from __future__ import annotations

import random
import re

from p4ir.corpus.english import article
from p4ir.corpus.generation.domain import ElementClass, Noun, name_of, relations
from p4ir.corpus.generation.facts import Fact, Wording

_PARTICIPLES = {
    "installation": "installed", "design": "designed", "testing": "tested", "sizing": "sized",
    "spacing": "spaced", "construction": "constructed", "inspection": "inspected",
    "maintenance": "maintained", "fixing": "fixed", "marking": "marked", "sealing": "sealed",
    "insulation": "insulated", "bracing": "braced", "commissioning": "commissioned",
    "servicing": "serviced", "fabrication": "fabricated", "erection": "erected",
    "curing": "cured", "selection": "selected", "siting": "sited", "location": "located",
    "balancing": "balanced", "labelling": "labelled", "application": "applied",
    "bedding": "bedded", "glazing": "glazed", "dismantling": "dismantled",
    "ventilation": "ventilated", "lighting": "lit", "heating": "heated", "lining": "lined",
    "drainage": "drained", "fencing": "fenced", "finishing": "finished", "cleaning": "cleaned",
    "illumination": "illuminated", "protection": "protected", "venting": "vented",
    "trapping": "trapped", "landscaping": "landscaped", "licensing": "licensed",
    "flashing": "flashed", "support": "supported", "reinforcement": "reinforced",
    "surfacing": "surfaced", "operation": "operated",
}  # fmt: skip
_NAMES = {"testing": "test", "sizing": "size"}
_BY = (
    "in accordance with {r}",
    "as specified in {r}",
    "in accordance with {r}",
    "as described in {r}",
)
_COMPLY = (("comply", "with {r}"), ("conform", "to {r}"), ("meet", "the requirements of {r}"),
           ("satisfy", "{r}"), ("comply", "with the requirements of {r}"))  # fmt: skip
_MEMBER_PLACES = {
    "side": "on each {m}", "landing": "at every {m}", "flight": "in each {m}",
    "storey": "on every {m}", "end": "at each {m}", "exit": "at every {m}",
    "window": "at each {m}", "wall": "on each {m}", "aisle": "in every {m}",
    "entrance": "at each {m}",
}  # fmt: skip
_PLACES = ("section", "clause", "paragraph", "part", "table", "figure")
_FREE_OF = "free of "
_PROTECTED_FROM = "protected from "


def kind_fact(name: str, kind: str) -> Fact:
    """Say of which kind an element is."""
    return Fact(
        literals=(f"is({name}.type,{name_of(kind)})",),
        wordings=(Wording("be", kind), Wording("be", f"of {article(kind)} {kind} type")),
        pre=kind,
    )


def state_fact(name: str, state: str) -> Fact:
    """Say in which state an element is: `watertight`, `free of cracks`."""
    contrary = None
    if state.startswith(_FREE_OF):
        thing = f"has({name},{name_of(_singular(state.removeprefix(_FREE_OF)))})"
        literal, contrary = f"not({thing})", Fact(literals=(thing,), wordings=())
    elif state.startswith(_PROTECTED_FROM):
        literal = f"against({name},{name_of(state.removeprefix(_PROTECTED_FROM))})"
    else:
        literal = f"is({name},{name_of(state)})"
    return Fact(literals=(literal,), wordings=(Wording("be", state),), contrary=contrary)


def _singular(words: str) -> str:
    if re.search(r"(?:ch|sh|x)es$", words):
        return words[:-2]
    return words[:-1] if words.endswith("s") and not words.endswith("ss") else words


def material_fact(name: str, materials: list[Noun], rng: random.Random) -> Fact:
    """Say what an element is made of: one material or either of two."""
    words = " or ".join(material.words for material in materials)
    verb = rng.choice(("made of", "constructed of", "of", "formed of"))
    return Fact(
        literals=(f"is({name}.material,{join('or', [m.name for m in materials])})",),
        wordings=(Wording("be", f"{verb} {words}"),),
        posts=(f"of {words}", f"made of {words}"),
    )


def part_fact(name: str, part: Noun, more: Fact | None = None, said: str = "") -> Fact:
    """Say that an element has a part; `more` is a fact about the part, `said` how it is said."""
    noun = part.indefinite
    words = f"{noun} {said}" if said else noun
    own = more.literals if more else ()
    return Fact(
        literals=(f"has({name},{part.name})", *own),
        wordings=(
            Wording("have", words),
            Wording("be provided", f"with {words}"),
            Wording("be fitted", f"with {words}"),
            Wording("be equipped", f"with {words}"),
        ),
        posts=(f"with {words}", f"fitted with {words}", f"that {{have}} {words}"),
        derived=more.derived if more else (),
    )


def parts_fact(name: str, parts: list[Noun], joint: str) -> Fact:
    """Say that an element has several parts, or one of them."""
    words = list_words([part.indefinite for part in parts], joint)
    words = f"either {words}" if joint == "or" and len(parts) == 2 else words
    return Fact(
        literals=(f"has({name},{join(joint, [part.name for part in parts])})",),
        wordings=(
            Wording("have", words),
            Wording("be provided", f"with {words}"),
            Wording("be fitted", f"with {words}"),
        ),
        posts=(f"with {words}",),
    )


def lack_fact(name: str, part: Noun) -> Fact:
    """Say that an element lacks a part."""
    return Fact(
        literals=(f"not(has({name},{part.name}))",),
        wordings=(Wording("have", f"no {part.words}"),),
        posts=(f"without {part.indefinite}",),
        contrary=Fact(literals=(f"has({name},{part.name})",), wordings=()),
    )


def relation_fact(name: str, verb: str, objects: list[tuple[Noun, ...]]) -> Fact:
    """Say how an element stands to something, or to either of two things."""
    relation = relations()[verb]
    if len(objects[0]) == 2:
        first, second = objects[0]
        said = f"{first.indefinite} from {second.indefinite}"
        literal = relation.literal.format(x=name, y=first.name, z=second.name)
    else:
        nouns = [one[0] for one in objects]
        said = list_words([noun.indefinite for noun in nouns], "or")
        literal = relation.literal.format(x=name, y=join("or", [noun.name for noun in nouns]))
    wordings = []
    for other in relation.verbs:
        head, _, rest = other.partition(" ")
        wordings.append(Wording(head, f"{rest} {said}".strip()))
    posts = (f"{relation.post} {said}",) if relation.post else ()
    return Fact(literals=(literal,), wordings=tuple(wordings), posts=posts)


def setting_fact(name: str, places: list[Noun]) -> Fact:
    """Say in which building or room an element is: in one kind or in either of two."""
    said = list_words([place.indefinite for place in places], "or")
    return Fact(
        literals=(f"within({name},{join('or', [place.name for place in places])})",),
        wordings=(Wording("be", f"in {said}"), Wording("be located", f"in {said}")),
        posts=(f"in {said}", f"within {said}"),
    )


def loop_fact(name: str, member: str, part: Noun, count: str, counted: str) -> Fact:
    """Say that an element has a part at each of its members, or so many there."""
    place = _MEMBER_PLACES[member].format(m=member)
    path = f"{name}.{member}"
    inner = (
        f"greaterThanEqual(count({member}.{part.name}),{count})"
        if count
        else f"has({path},{part.name})"
    )
    words = f"at least {counted}" if count else part.indefinite
    return Fact(
        literals=(f"loop(forEach({path}),{inner})",),
        wordings=(
            Wording("have", f"{words} {place}"),
            Wording("be provided", f"with {words} {place}"),
        ),
    )


class References:
    """References to standards and to places of the same document."""

    def __init__(self, kind: ElementClass, rng: random.Random) -> None:
        self._kind, self._rng = kind, rng

    def draw(self, place: str = "") -> tuple[str, str]:
        """Return what a rule and what a clause write for a reference."""
        rng = self._rng
        if not place and self._kind.standards and rng.random() < 0.55:
            written = rng.choice(self._kind.standards)
            return written.lower().replace(" ", "_"), written
        head = place or rng.choice(_PLACES)
        number = str(rng.randint(1, 30))
        if head not in ("part", "table", "figure") or rng.random() < 0.3:
            number = ".".join(str(rng.randint(1, 14)) for _ in range(rng.choice((2, 2, 3))))
        return f"{head}_{number}", f"{head.capitalize()} {number}"

    def draw_several(self) -> tuple[str, str]:
        """Return one reference, or two joined by `and` or `or`."""
        rng = self._rng
        first = self.draw()
        if rng.random() > 0.22:
            return first
        second = self.draw()
        if second[0] == first[0]:
            return first
        joint = rng.choice(("and", "or"))
        return join(joint, [first[0], second[0]]), f"{first[1]} {joint} {second[1]}"


def comply_fact(name: str, references: References, rng: random.Random) -> Fact:
    """Say that an element complies with a reference."""
    label, said = references.draw_several()
    chosen = rng.sample(_COMPLY, 2)
    return Fact(
        literals=(f"complyWith({name},{label})",),
        wordings=tuple(Wording(verb, rest.format(r=said)) for verb, rest in chosen),
        posts=(f"complying with {said}", f"that {{comply}} with {said}"),
    )


def as_per_fact(name: str, aspect: str, references: References, rng: random.Random) -> Fact:
    """Say that an aspect of an element accords with a reference."""
    label, said = references.draw_several()
    by = rng.choice(_BY).format(r=said)
    path = f"{name}.{name_of(_NAMES.get(aspect, aspect))}"
    participle = _PARTICIPLES.get(aspect)
    head = Wording("be", f"in accordance with {said}", head=f"the {aspect} of {{x}}")
    own = (
        Wording("be", f"{participle} {by}")
        if participle
        else Wording("have", f"{_counted(aspect)} {by}")
    )
    wordings = (own, head)
    posts = (f"{participle} {by}",) if participle else ()
    return Fact(literals=(f"asPer({path},{label})",), wordings=wordings, posts=posts)


def _counted(aspect: str) -> str:
    return f"{article(aspect)} {aspect}" if aspect in ("layout", "acoustic design") else aspect


def table_fact(
    name: str, size: str, is_least: bool, references: References, rng: random.Random
) -> Fact:
    """Say that a size is bounded by what a table gives."""
    label, said = references.draw(rng.choice(("table", "table", "figure")))
    operator, words = (
        ("greaterThanEqual", "no less than") if is_least else ("lessThanEqual", "no more than")
    )
    that = rng.choice(("that stated in", "the figure in", "the value in", "that set by"))
    path = f"{name}.{name_of(size)}"
    return Fact(
        literals=(f"{operator}({path},value)", f"asPer(value,{label})"),
        wordings=(
            Wording("have", f"{article(size)} {size} {words} {that} {said}"),
            Wording("be", f"{words} {that} {said}", head=f"the {size} of {{x}}"),
        ),
    )


def join(functor: str, labels: list[str]) -> str:
    """Write one argument, or several under a functor."""
    return labels[0] if len(labels) == 1 else f"{functor}({','.join(labels)})"


def list_words(words: list[str], joint: str) -> str:
    """Write a list in prose: `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joint} {words[-1]}"
