"""Distances and scores of rules: the one definition of success, for reports and rewards."""

from p4ir.metrics.levenshtein import (
    normalized_token_levenshtein,
    token_levenshtein,
    token_levenshteins,
)
from p4ir.metrics.lrml_f1 import lrml_f1, lrml_precision_recall
from p4ir.metrics.tree_edit import (
    normalized_tree_edit_distance,
    tree_edit_distance,
    tree_edit_distances,
)

__all__ = [
    "lrml_f1",
    "lrml_precision_recall",
    "normalized_token_levenshtein",
    "normalized_tree_edit_distance",
    "token_levenshtein",
    "token_levenshteins",
    "tree_edit_distance",
    "tree_edit_distances",
]
