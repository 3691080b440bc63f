"""The phrases that the clauses of a corpus can lend to each other.

A `PhrasePool` holds the certain names of a corpus (`p4ir.corpus.mentions`) in the words
of its clauses, each with its grammatical form and the places in rules in which it stands.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from p4ir.corpus.english import plural
from p4ir.corpus.mentions import (
    CertainName,
    Form,
    Mention,
    Need,
    Slot,
    certain_names,
    words_of_name,
)
from p4ir.corpus.records import Record


class Phrase(NamedTuple):
    """A name with the words that clauses write for it."""

    name: str
    words: str
    """In lower case; of nouns, the singular."""
    form: Form
    need: Need | None
    """Whether a noun is countable, as far as its clauses show."""
    slots: frozenset[Slot]


@dataclass(frozen=True)
class PhrasePool:
    """The phrases of a corpus, and the numbers that stand before its clauses."""

    phrases: tuple[Phrase, ...]
    numbers: tuple[str, ...]

    def fitting(self, name: CertainName) -> list[Phrase]:
        """Return the phrases that fit grammatically and stand in the same places of rules."""
        fewest = 1 if name.form == "noun" else len(name.slots)
        fewest = max(fewest, (len(name.slots) + 1) // 2)
        return [
            phrase
            for phrase in self.phrases
            if phrase.form == name.form
            and phrase.name != name.name
            and (name.form != "noun" or name.needs <= {phrase.need})
            and len(phrase.slots & name.slots) >= fewest
        ]


def gather_phrases(records: Iterable[Record], numbers: Iterable[str] = ()) -> PhrasePool:
    """Return the certain names of a corpus; `numbers` are those that its clauses begin with."""
    found: dict[tuple[str, Form], list[tuple[CertainName, str]]] = defaultdict(list)
    for record in records:
        for name in certain_names(record):
            found[name.name, name.form].append((name, _words_at(name, record.clause)))
    phrases = []
    for (label, form), uses in sorted(found.items()):
        needs = {need for name, _ in uses for need in name.needs}
        need: Need | None = "countable" if "countable" in needs else "mass" if needs else None
        slots = frozenset(slot for name, _ in uses for slot in name.slots)
        phrases.append(Phrase(label, uses[0][1], form, need, slots))
    return PhrasePool(tuple(phrases), tuple(sorted(set(numbers))))


def _words_at(name: CertainName, clause: str) -> str:
    """Return a name in the words of its clause, in lower case and in the singular."""
    mention = name.mentions[0]
    joints = re.findall(r"[ -]", clause[mention.start : mention.end])
    words = words_of_name(name.name)
    return "".join(word + joint for word, joint in zip(words, [*joints, ""], strict=True))


def write_as(words: str, mention: Mention, written: str) -> str:
    """Write words in the number and with the first letter of what stands in a mention."""
    text = plural(words) if mention.is_plural else words
    return text[0].upper() + text[1:] if written[0].isupper() else text
