"""LRML-F1: overlap of the relations and entities of two rules.

The public score of the NZBC-LRML data (Fuchs et al. 2022-2024), reimplemented from its
description: a rule is flattened into elements, each a relation and the words below it;
leaves count again as entities, with a weight of 2; elements of one rule are matched
greedily to those of the other. Precision and recall are per clause; the F1 of a corpus
is the harmonic mean of their means, times 100.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from p4ir.rules.tree import Tree, print_brackets
from p4ir.rules.words import in_words

ENTITY_WEIGHT = 2
_FEW = 60
"""Elements of one relation that are compared one by one, which is quickest for so few."""

_SPLIT = re.compile(r"([(),])")
_CLUE = re.compile(r"^[^:]{0,29}: ")
_STOP_BETWEEN_LETTERS = re.compile(r"(?<=[a-z])\.(?=[a-z])")
_KILONEWTON = re.compile(r"\bk n\b")


class PrecisionRecall(NamedTuple):
    """Share of the predicted elements that are right, and of the expected that were found."""

    precision: float
    recall: float


class _Element(NamedTuple):
    relation: str
    words: Counter[str]
    is_entity: bool


def lrml_f1(pairs: Iterable[tuple[float, float]]) -> float:
    """Return the F1 of a corpus, 0 to 100, from each clause's precision and recall.

    It is not a number (`nan`) for a corpus without clauses.
    """
    scores = list(pairs)
    if not scores:
        return math.nan
    precision = sum(p for p, _ in scores) / len(scores)
    recall = sum(r for _, r in scores) / len(scores)
    return f1(precision, recall)


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean of two shares, 0 to 100."""
    return 100 * 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def lrml_precision_recall(
    prediction: Tree | str, reference: Tree | str, entity_weight: int = ENTITY_WEIGHT
) -> PrecisionRecall:
    """Score a prediction against a reference rule; texts need not parse.

    >>> lrml_precision_recall("if(exist(door)),then(a(b))", "if(exist(door)),then(a(c))")
    PrecisionRecall(precision=0.5, recall=0.5)
    """
    predicted, expected = (
        _elements_of_tree(rule) if isinstance(rule, Tree) else _elements(rule)
        for rule in (prediction, reference)
    )
    predicted = [e for e in predicted if e.relation or e.words]
    return PrecisionRecall(
        _coverage(predicted, expected, entity_weight),
        _coverage(expected, predicted, entity_weight),
    )


class _Term:
    """A relation, the words of its leaves, and whether another term stands inside it."""

    def __init__(self, relation: str) -> None:
        self.relation = relation
        self.words: Counter[str] = Counter()
        self.is_leaf = True


def _terms(text: str) -> list[_Term]:
    """Read brackets into terms, depth first.

    The words before `(` are a term's relation; words after the last bracket of a text
    that breaks off are lost, as in the public scorer.
    """
    terms: list[_Term] = []
    open_terms: list[_Term] = []
    segment: list[str] = []
    for part in _SPLIT.split(text):
        if part == "(":
            term = _Term(" ".join(" ".join(segment).split()))
            if open_terms:
                open_terms[-1].is_leaf = False
            terms.append(term)
            open_terms.append(term)
            segment = []
        elif part == ")":
            if open_terms:
                open_terms[-1].words.update(_leaf_words(" ".join(segment)))
                _close(open_terms)
            segment = []
        elif part != ",":
            segment.append(part)
    while open_terms:
        _close(open_terms)
    return terms


def _close(open_terms: list[_Term]) -> None:
    """Close the innermost term; its words are also those of the term around it."""
    term = open_terms.pop()
    if open_terms:
        open_terms[-1].words.update(term.words)


@lru_cache(maxsize=1024)
def _elements_of_tree(tree: Tree) -> list[_Element]:
    # A reference rule is scored against again and again: by every completion of a group.
    return _elements(print_brackets(tree))


def _elements(text: str) -> list[_Element]:
    text = in_words(text)
    elements: list[_Element] = []
    for term in _terms(_CLUE.sub("", text)):
        elements.append(_Element(term.relation, term.words, is_entity=False))
        if term.is_leaf:
            elements.append(_Element("", term.words, is_entity=True))
    return elements


def _leaf_words(text: str) -> list[str]:
    return _KILONEWTON.sub("kn", _STOP_BETWEEN_LETTERS.sub(" ", text)).split()


def _coverage(elements: list[_Element], others: list[_Element], weight: int) -> float:
    """Return the share of the elements, entities counted `weight` times, found in others."""
    by_relation: dict[str, list[Counter[str]]] = defaultdict(list)
    for other in others:
        by_relation[other.relation].append(other.words)
    unused = {
        relation: _Many(words) if len(words) > _FEW else _Few(words)
        for relation, words in by_relation.items()
    }
    covered, total = 0.0, 0
    for element in elements:
        own = weight if element.is_entity else 1
        total += own
        best = unused[element.relation].take(element.words) if element.relation in unused else 0
        if best:
            covered += own * best / element.words.total()
    return covered / total if total else 0.0


class _Few:
    """The words of elements, of which each may be taken once."""

    def __init__(self, unused: list[Counter[str]]) -> None:
        self._unused = unused

    def take(self, words: Counter[str]) -> int:
        """Take the first of those that share most words; return how many, 0 if none does."""
        shared = [_shared(words, other) for other in self._unused]
        best = max(shared, default=0)
        if best:
            del self._unused[shared.index(best)]
        return best


class _Many:
    """The same, found by their words: predictions that never end have thousands of elements."""

    def __init__(self, unused: list[Counter[str]]) -> None:
        places: dict[str, list[int]] = defaultdict(list)
        counts: dict[str, list[int]] = defaultdict(list)
        for place, words in enumerate(unused):
            for word, count in words.items():
                places[word].append(place)
                counts[word].append(count)
        self._found = {word: (np.array(places[word]), np.array(counts[word])) for word in places}
        self._is_unused = np.ones(len(unused), dtype=np.int64)

    def take(self, words: Counter[str]) -> int:
        """Take the first of those that share most words; return how many, 0 if none does."""
        shared = np.zeros_like(self._is_unused)
        for word, count in words.items():
            if word in self._found:
                places, counts = self._found[word]
                shared[places] += np.minimum(counts, count)
        first = int(np.argmax(shared * self._is_unused))
        best = int(shared[first] * self._is_unused[first])
        if best:
            self._is_unused[first] = 0
        return best


def _shared(a: Counter[str], b: Counter[str]) -> int:
    if len(a) > len(b):
        a, b = b, a
    shared = 0
    for word, count in a.items():
        other = b.get(word)
        if other:
            shared += min(count, other)
    return shared
