"""The score of one prediction against its reference rule, and its mean over a corpus.

A prediction that is a rule is compared as a rule; one that does not parse is read by its
brackets alone and stays in every mean; one without any bracket is as far from the
reference as can be. docs/metrics.md has the definitions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from p4ir.errors import RuleError, RuleSyntaxError
from p4ir.metrics.exact_match import exact_match, exact_match_unordered
from p4ir.metrics.levenshtein import normalized_token_levenshtein, token_levenshtein
from p4ir.metrics.lrml_f1 import lrml_precision_recall
from p4ir.metrics.significance import (
    Clusters,
    FloatArray,
    Interval,
    interval_of_means,
    mean_interval,
    share_interval,
    within,
)
from p4ir.metrics.tree_edit import tree_edit_distance
from p4ir.rules.lrml import parse_rule, read_brackets
from p4ir.rules.tree import Rule, Tree

METRICS = ("nted", "nlev", "lrml_f1", "exact", "exact_unordered", "valid", "ted", "lev")
SHARES = ("exact", "exact_unordered", "valid")

HIGHEST = {"nted": 2.0, "nlev": 1.0, "lrml_f1": 100.0, **dict.fromkeys(SHARES, 1.0)}
"""The most that a mean can be, where there is such; the least is always 0."""


class ClauseScore(NamedTuple):
    """How one prediction compares with its reference rule."""

    ted: int
    """Tree edit distance, in nodes."""
    nted: float
    """Tree edit distance over the larger tree, in [0, 2); above 1 for trees unlike in shape."""
    lev: int
    """Levenshtein distance, in tokens."""
    nlev: float
    """Levenshtein distance over the longer token list, in [0, 1]."""
    precision: float
    """LRML precision, in [0, 1]."""
    recall: float
    """LRML recall, in [0, 1]."""
    exact: bool
    """Whether the prediction is a rule and equals the reference in words."""
    exact_unordered: bool
    """The same, but for the order of the arguments of functors such as `and` and `or`."""
    valid: bool
    """Whether the prediction parses strictly."""
    size: int
    """Nodes of the prediction, the root included; 0 without any bracket."""
    reference_size: int
    """Nodes of the reference rule, the root included."""


def score(prediction: Rule | str, reference: Rule) -> ClauseScore:
    """Score a prediction, given as a rule or as text in compact LRML.

    >>> from p4ir.rules import parse_rule
    >>> wanted = parse_rule("if(exist(door)),then(obligation(has(door,handle)))")
    >>> score("if(exist(door)),then(permission(has(door,handle)))", wanted).ted
    1
    >>> score("a door shall have a handle", wanted).nted
    1.0
    """
    tree = prediction if isinstance(prediction, Rule) else read_prediction(prediction)
    rule = tree if isinstance(tree, Rule) and tree.is_complete else None
    ted = _tree_distance(tree, reference)
    precision, recall = lrml_precision_recall(rule or prediction, reference)
    return ClauseScore(
        ted=reference.size if tree is None or ted is None else ted,
        nted=1.0 if tree is None or ted is None else ted / max(tree.size, reference.size),
        lev=token_levenshtein(tree, reference) if tree else len(reference.tokens),
        nlev=normalized_token_levenshtein(tree, reference) if tree else 1.0,
        precision=precision,
        recall=recall,
        exact=rule is not None and exact_match(rule, reference),
        exact_unordered=rule is not None and exact_match_unordered(rule, reference),
        valid=rule is not None,
        size=tree.size if tree else 0,
        reference_size=reference.size,
    )


def read_prediction(text: str) -> Tree | None:
    """Return a text as a rule if it is one, else as a tree by its brackets alone.

    `None` for text without any bracket, or with more nodes than a tree may have.
    """
    try:
        return parse_rule(text)
    except (RuleSyntaxError, RuleError):
        pass
    try:
        return read_brackets(text)
    except RuleError:
        return None


def read_comparable(text: str, reference: Tree) -> Tree | None:
    """Return a text as a tree; `None` also if it is too large to be compared with the rule."""
    tree = read_prediction(text)
    return None if _tree_distance(tree, reference) is None else tree


def reduce(
    scores: Sequence[ClauseScore],
    clusters: Clusters | None = None,
    *,
    rng: np.random.Generator,
) -> dict[str, Interval]:
    """Return each metric's mean over a corpus with its interval by document.

    LRML-F1 is 0 to 100 and the harmonic mean of the mean precision and the mean recall;
    `exact` and `valid` are shares.
    """
    return {metric: _reduced(metric, scores, clusters, rng) for metric in METRICS}


def f1_of_means(precision: FloatArray, recall: FloatArray) -> FloatArray:
    """Return LRML-F1, 0 to 100, from mean precisions and recalls, elementwise."""
    both = precision + recall
    return 200 * precision * recall / np.where(both, both, 1.0)


def _reduced(
    metric: str,
    scores: Sequence[ClauseScore],
    clusters: Clusters | None,
    rng: np.random.Generator,
) -> Interval:
    if metric == "lrml_f1":
        columns = [[s.precision for s in scores], [s.recall for s in scores]]
        return within(
            interval_of_means(f1_of_means, columns, clusters, rng=rng), 0, HIGHEST[metric]
        )
    values = [float(getattr(s, metric)) for s in scores]
    if metric in SHARES:
        return share_interval(values, clusters, rng=rng)
    return within(mean_interval(values, clusters, rng=rng), 0, HIGHEST.get(metric, np.inf))


def _tree_distance(tree: Tree | None, reference: Tree) -> int | None:
    """Return the tree edit distance; `None` where there is no tree or it is too large."""
    try:
        return None if tree is None else tree_edit_distance(tree, reference)
    except RuleError:
        return None
