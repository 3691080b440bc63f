"""Where the names of a rule stand in its clause, if that is certain.

A name such as `fireDoor` is *certain* if the clause writes it word for word, if every
place where it does begins and ends there (after a determiner or a preposition, before a
verb or a conjunction, so that `door` is not found in `door frame`), and if no other
label of the rule and no other word of the clause shares a word with it. Such a name can
be exchanged in the clause and in the rule at once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from p4ir.corpus.english import plural
from p4ir.corpus.records import Record
from p4ir.rules import Rule
from p4ir.rules.grounding.stems import stem
from p4ir.rules.grounding.synonyms import CONVENTIONAL_ENTITIES
from p4ir.rules.kinds import leaf_kind

Form = Literal["noun", "attribute", "predicate"]
Need = Literal["countable", "mass"]
Slot = tuple[str, int]
"""A place in rules: a functor and the index of the argument; lists are looked through.

The value of `is(x.material,…)` stands in `("is.material", 1)`, the entity of `x.width`
also in `(".width", 0)`.
"""

_COUNTING = frozenset("a an each every another one".split())
_NEUTRAL = frozenset("the no any this such".split())
_BEFORE = frozenset(
    "all other both these those two three four five six seven eight nine ten several of in to from "
    "for with by on at and or either neither nor per between within into through above below under "
    "over behind beside near against along across via than as where when if unless except without "
    "outside".split()
)
_AFTER = frozenset(
    "shall must should may can cannot need needs is are was be has have having of in to from for "
    "with without by on at and or nor that which who whose where when if unless except than as "
    "into onto through above below under over behind beside near against along across between "
    "within serving containing forming leading located used provided fitted installed intended "
    "designed exceeding".split()
)
_AFTER_PREDICATE = frozenset("and or but unless where when if except at in".split())
_BE = frozenset("be is are being".split())
_WORD = re.compile(r"[A-Za-z]+")
_NAME = re.compile(r"[a-z]+(?:[A-Z][a-z]+)*")
_WORD_BEFORE = re.compile(r"([\w-]+) $")
_WORD_AFTER = re.compile(r" ([\w-]+)")
_FRONT = r"(?:§ ?)?[A-Z]{0,3} ?\d+(?:\.\d+)*\.? "
_BOUNDARY = re.compile(rf"(?:^(?:{_FRONT})?|[.;:,(–—“] ?|\) ?)$")
_SENTENCE_START = re.compile(rf"(?:^(?:{_FRONT})?|[.] )$")
_END = re.compile(r"[.,;:)]|$")
_SHORTEST_PART = 4


class Mention(NamedTuple):
    """A place in a clause where a name stands."""

    start: int
    end: int
    form: Form
    is_plural: bool
    need: Need | None
    """What a noun must be to stand there; `None` if either will do."""


class CertainName(NamedTuple):
    """A name of a rule whose places in the clause are known for certain."""

    name: str
    mentions: tuple[Mention, ...]
    slots: frozenset[Slot]

    @property
    def form(self) -> Form:
        """The grammatical form, the same in all places."""
        return self.mentions[0].form

    @property
    def needs(self) -> frozenset[Need]:
        """What a noun must be to take its place."""
        return frozenset(mention.need for mention in self.mentions if mention.need)


def certain_names(record: Record) -> Iterator[CertainName]:
    """Yield the names of a record's rule that stand in its clause for certain."""
    if record.rule is None:
        return
    places = slots_of(record.rule)
    stems = {name: {stem(word) for word in words_of_name(name)} for name in names_of(record.rule)}
    words = list(_WORD.finditer(record.clause))
    for name, slots in places.items():
        if not _NAME.fullmatch(name) or name in CONVENTIONAL_ENTITIES or _is_unfit(name):
            continue
        if any(stems[name] & own for other, own in stems.items() if other != name):
            continue
        mentions = _find_mentions(name, slots, record)
        if mentions and not _has_other_mention(stems[name], mentions, words):
            yield CertainName(name, mentions, slots)


def words_of_name(name: str) -> list[str]:
    """Return the words of a name in lower case: `fire`, `door` of `fireDoor`."""
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+|[\d.]+", name)]


def names_of(rule: Rule) -> set[str]:
    """Return the names in the leaves of a rule: entities, properties and codes."""
    leaves = (label for label, arity in zip(rule.labels, rule.arities, strict=True) if not arity)
    return {
        part for label in leaves for part in (label.split(".") if "'" not in label else [label])
    }


def slots_of(rule: Rule) -> dict[str, frozenset[Slot]]:
    """Return each entity of a rule with its places; none that is a mere property elsewhere."""
    slots: dict[str, set[Slot]] = defaultdict(set)
    parts: set[str] = set()
    properties: set[str] = set()
    parents = rule.parents()
    for number, label in enumerate(rule.labels):
        if rule.arities[number] or leaf_kind(label) not in ("entity", "entity.property"):
            continue
        slot = _slot(rule, parents, number)
        entity, _, prop = label.partition(".")
        slots[entity].add(slot)
        if prop:
            slots[entity].add((f".{prop}", 0))
            (parts if slot[0] in ("count", "forEach") else properties).add(prop)
    return {
        name: frozenset(found) for name, found in slots.items() if name not in properties - parts
    }


def _slot(rule: Rule, parents: list[int], number: int) -> Slot:
    child, parent = number, parents[number]
    while rule.labels[parent] in ("and", "or") and rule.labels[parents[parent]] not in (
        "if", "then", "not", "obligation", "permission",
    ):  # fmt: skip
        child, parent = parent, parents[parent]
    siblings = [index for index, above in enumerate(parents) if above == parent]
    index = siblings.index(child)
    functor = rule.labels[parent]
    if functor == "is" and index == 1:
        prop = rule.labels[siblings[0]].partition(".")[2]
        functor = f"is.{prop}" if prop else "is"
    return functor, index


def _find_mentions(name: str, slots: frozenset[Slot], record: Record) -> tuple[Mention, ...] | None:
    """Find every place of a name in a clause, `None` if one of them is doubtful."""
    is_value = all(functor.startswith("is") and index == 1 for functor, index in slots)
    heads = _heads(name, record.rule) if is_value else ()
    mentions = []
    for match in _pattern(name).finditer(record.clause):
        mention = _read_mention(record.clause, match, is_value, heads)
        if mention is None:
            return None
        mentions.append(mention)
    if len({mention.form for mention in mentions}) > 1:
        return None
    return tuple(mentions)


def _read_mention(
    text: str, match: re.Match[str], is_value: bool, heads: tuple[str, ...]
) -> Mention | None:
    """Read how a name stands in its sentence; `None` if that is doubtful.

    Args:
        text: the clause.
        match: the place of the name.
        is_value: whether the rule has the name only as what something is.
        heads: what the rule says it is said of.
    """
    start, end = match.span()
    found = _WORD_BEFORE.search(text, max(0, start - 40), start)
    before = found[1].lower() if found else ""
    following = _WORD_AFTER.match(text, end)
    after = following[1].lower() if following else ""
    ends = bool(_END.match(text, end))
    begins = bool(_BOUNDARY.search(text[:start]))
    if not match[0][1:].islower() or (match[0][0].isupper() and not begins):
        return None
    is_plural = match.lastgroup == "plural"
    if is_value and before in _BE and (ends or after in _AFTER_PREDICATE):
        return Mention(start, end, "predicate", False, None)
    if is_value and not is_plural and _precedes(text, end, heads):
        fits = begins or before in _COUNTING | _NEUTRAL | _BEFORE - {"and", "or"}
        return Mention(start, end, "attribute", False, None) if fits else None
    if is_value and not (is_plural or before in _COUNTING or before == "of"):
        return None
    if not (ends or after in _AFTER):
        return None
    # After `and`, `or` or a comma an article may have been left out.
    opens = begins and bool(_SENTENCE_START.search(text[:start]))
    return _read_noun(match, before, begins if is_plural else opens)


def _read_noun(match: re.Match[str], before: str, begins: bool) -> Mention | None:
    """Read a noun from the word before it."""
    if match.lastgroup == "plural":
        fits = begins or before in _BEFORE | _NEUTRAL or before.isdigit()
        return Mention(*match.span(), "noun", True, "countable") if fits else None
    if before in _COUNTING | _NEUTRAL:
        need: Need | None = "countable" if before in _COUNTING else None
        return Mention(*match.span(), "noun", False, need)
    fits = begins or before in _BEFORE - {"and", "or", "nor", "other"}
    return Mention(*match.span(), "noun", False, "mass") if fits else None


def _heads(name: str, rule: Rule | None) -> tuple[str, ...]:
    """Return the entities of which a rule says that they are what a name says."""
    if rule is None:
        return ()
    heads = []
    for node in rule.nodes():
        if node.label == "is" and len(node.children) == 2:
            subject, value = node.children
            if name in rule.labels[value.number : value.end]:
                heads.append(subject.label.partition(".")[0])
    return tuple(heads)


def _precedes(text: str, end: int, heads: tuple[str, ...]) -> bool:
    return any(
        _NAME.fullmatch(head) and text[end : end + 1] == " " and _pattern(head).match(text, end + 1)
        for head in heads
    )


@lru_cache(maxsize=1 << 14)
def _pattern(name: str) -> re.Pattern[str]:
    singular = " ".join(words_of_name(name))
    one, many = (form.replace(" ", "[ -]") for form in (singular, plural(singular)))
    return re.compile(
        rf"(?<![\w-])(?:(?P<plural>{many})|(?P<singular>{one}))(?![\w-]|['’])", re.IGNORECASE
    )


def _is_unfit(name: str) -> bool:
    """Whether a name is a plural, a superlative or part of an idiom: no word can replace it."""
    is_plural = name.endswith(("s", "men", "people")) and not name.endswith("ss")
    return is_plural or name.endswith("est") or name in ("hand", "foot")


def _has_other_mention(
    stems: set[str], mentions: tuple[Mention, ...], words: list[re.Match[str]]
) -> bool:
    """Whether a word outside the mentions is, or is a part of, a word of the name."""
    for word in words:
        if any(mention.start <= word.start() < mention.end for mention in mentions):
            continue
        other = stem(word[0])
        for own in stems:
            short, long = sorted((own, other), key=len)
            if own == other or (len(short) >= _SHORTEST_PART and short in long):
                return True
    return False
