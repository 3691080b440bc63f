"""Which words of a clause support an entity: `fireDoor.width`, `h3Plywood`, `singleSkin`.

A label is split into words, and each is looked for anywhere in the clause: as it is,
inflected, spelled as one word or two, as a near-synonym, as an acronym of several
(`FRR`), as part of a compound, or misspelled by a letter. A code (`d12`, `h1.2`) or a
number in a label must stand in the clause as it is.
"""

from __future__ import annotations

import re

from rapidfuzz.distance import OSA

from p4ir.rules.grounding.prose import Name, Prose
from p4ir.rules.grounding.stems import stem
from p4ir.rules.grounding.support import Span, Support, merge_spans, ungrounded
from p4ir.rules.grounding.synonyms import (
    CONVENTIONAL_ENTITIES,
    CONVENTIONAL_PROPERTIES,
    LIGHT_WORDS,
    NEAR,
)

_WORDS = re.compile(
    r"[A-Za-z]?[a-z]*\d+(?:\.\d+)*(?:[A-Za-z](?![a-z]))?|[A-Z]?[a-z]+|[A-Z]+(?![a-z])"
)
_FEWEST_SUPPORTED = 0.6
"""Share of a label's words that must stand in the clause, if the others are but words."""
LITTLE_WORDS = frozenset("of in to the and or a an for with by on at from x".split())
"""Words that a label may hold whatever its clause says."""
_SHORTEST_COMPOUND = 4
_SHORTEST_MISSPELLED = 6


def support_entity(label: str, prose: Prose) -> Support:
    """Return what supports an entity, or an entity with a property (`door.width`)."""
    entity, _, prop = label.partition(".")
    if prop[:1].isdigit() or prop[:1] == "":
        return support_words(label, prose, CONVENTIONAL_ENTITIES)
    parts = (
        support_words(entity, prose, CONVENTIONAL_ENTITIES),
        support_words(prop, prose, CONVENTIONAL_PROPERTIES),
    )
    spans = merge_spans(span for part in parts for span in part.spans)
    note = "; ".join(part.note for part in parts if part.note)
    grade = "supported" if parts[1].grade == "convention" else parts[1].grade
    return Support(parts[0].grade if grade == "supported" else grade, spans, note)


def support_variable(label: str, prose: Prose) -> Support:
    """Return what supports a variable: its property, if it has one."""
    prop = label.partition(".")[2]
    return support_words(prop, prose, CONVENTIONAL_PROPERTIES) if prop else Support("convention")


def support_words(label: str, prose: Prose, conventional: frozenset[str] = frozenset()) -> Support:
    """Return what supports the words of a label without a property."""
    words = [word for word in _WORDS.findall(label) if word.lower() not in LITTLE_WORDS] or [label]
    found = _find_whole(words, prose)
    missing: list[str] = []
    candidates: list[list[Span]] = [found] if found else []
    for index, word in enumerate(words if not found else []):
        spans = _find_word(word, prose) or _find_pair(words, index, prose)
        if spans:
            candidates.append(spans)
        else:
            missing.append(word)
    places = merge_spans(_closest(candidates))
    if not missing:
        return Support("supported", places)
    if label.lower() in conventional:
        return Support("convention")
    note = f"{', '.join(repr(word.lower()) for word in missing)} not in the clause"
    has_number = any(word.lower() in NUMBER_WORDS or _has_digit(word) for word in missing)
    heavy = [word for word in missing if stem(word) not in LIGHT_WORDS]
    if has_number or not candidates or len(heavy) > len(words) * (1 - _FEWEST_SUPPORTED):
        return ungrounded(note, places)
    return Support("supported", places, note)


def _find_whole(words: list[str], prose: Prose) -> list[Span]:
    """Find a label written as one word (`wastepipe`, `uPVC`) or as an acronym (`FRR`)."""
    if len(words) < 2:
        return []
    found = prose.stems.get(stem("".join(words)), [])
    initials = "".join(word[0] for word in words).upper()
    if found or len(initials) < 3:
        return found
    return [
        (word.start, word.end) for word in prose.words if word.text.removesuffix("s") == initials
    ]


def _find_word(word: str, prose: Prose) -> list[Span]:
    if _has_digit(word):
        return _find_code(word.lower(), prose)
    key = stem(word)
    if key in prose.stems:
        return prose.stems[key]
    if key in prose.joined:
        return prose.joined[key]
    for near in NEAR.get(key, ()):
        if near in prose.stems:
            return prose.stems[near]
    value = NUMBER_WORDS.get(word.lower())
    if value is not None:
        return [(number.start, number.end) for number in prose.numbers if number.value == value]
    return _find_like(word.lower(), key, prose)


def _has_digit(word: str) -> bool:
    return any(character.isdigit() for character in word)


def _find_code(code: str, prose: Prose) -> list[Span]:
    """Find `d12`, or `type2` as `Type 2`, or a number that is no reference."""
    names: list[Name] = prose.names.get(code, [])
    letters = code.rstrip("0123456789.")
    if not letters:
        return [(name.start, name.end) for name in names if not name.is_reference]
    if not names:
        names = [
            name
            for name in prose.names.get(code[len(letters) :], [])
            if name.heads and stem(name.heads[0]) == stem(letters)
        ]
    return [(name.start, name.end) for name in names]


def _find_pair(words: list[str], index: int, prose: Prose) -> list[Span]:
    """Find a word that the clause writes as one with its neighbour: `earthQuake`."""
    for first in (index - 1, index):
        pair = words[max(first, 0) : first + 2]
        if len(pair) == 2 and (spans := prose.stems.get(stem("".join(pair)))):
            return spans
    return []


def _find_like(word: str, key: str, prose: Prose) -> list[Span]:
    """Find a compound that holds the word, a longer or shorter form, or a misspelling."""
    for other, spans in prose.stems.items():
        short, long = sorted((key, other), key=len)
        if len(short) >= _SHORTEST_COMPOUND and (
            (long.startswith(short) and len(long) - len(short) <= 3)
            or (long == other and (other.startswith(key) or other.endswith(key)))
        ):
            return spans
    if len(word) < _SHORTEST_COMPOUND:
        return []
    for other_word in prose.words:
        other = other_word.text.lower()
        lengths = abs(len(other) - len(word))
        # In a short word one letter for another makes another word: `wall`, `well`.
        close = lengths == 1 or (lengths == 0 and len(word) >= _SHORTEST_MISSPELLED)
        if other[0] == word[0] and close and OSA.distance(other, word, score_cutoff=1) <= 1:
            return [(other_word.start, other_word.end)]
    return []


def _closest(candidates: list[list[Span]]) -> list[Span]:
    """Choose one place for each word so that all lie close to the rarest of them."""
    if not candidates:
        return []
    anchors = min(candidates, key=len)
    best = min(anchors, key=lambda anchor: sum(_nearest(anchor, spans)[0] for spans in candidates))
    return [_nearest(best, spans)[1] for spans in candidates]


def _nearest(anchor: Span, spans: list[Span]) -> tuple[int, Span]:
    return min((abs(span[0] - anchor[0]), span) for span in spans)


NUMBER_WORDS = {
    word: float(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
} | {"single": 1.0, "double": 2.0, "triple": 3.0}
"""Words in labels that a numeral of the clause supports."""
