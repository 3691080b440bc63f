"""The rule that several samples agree on.

Minimum Bayes risk: of all candidates the one is taken that is at the least mean distance
from the others, where distance is what the rule will be judged by, the tree edit distance
over the larger tree. The model's likeliest text is often an outlier; what most of its
samples share seldom is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from p4ir.metrics.tree_edit import normalized_tree_edit_distance
from p4ir.rules import Rule

if TYPE_CHECKING:
    from p4ir.inference.interpretation import Interpretation


def agree(candidates: Sequence[Interpretation]) -> Interpretation:
    """Return the candidate that the others agree with most, its agreement as confidence.

    A candidate without a rule is distant from all others by 1 and is returned only where
    none has one. Among equals the first is taken: put the likeliest there.
    """
    risks = mean_distances([candidate.rule for candidate in candidates])
    chosen = min(
        range(len(candidates)), key=lambda place: (candidates[place].rule is None, risks[place])
    )
    return replace(candidates[chosen], confidence=max(0.0, 1.0 - float(risks[chosen])))


def mean_distances(rules: Sequence[Rule | None]) -> npt.NDArray[np.float64]:
    """Return the mean distance of each rule from the others, shape (n,); 0 for a single one.

    Distances are nTED, at most 1; no rule is at a distance of 1 from anything.
    """
    count = len(rules)
    distances = np.zeros((count, count))
    known: dict[tuple[Rule, Rule], float] = {}
    for i, a in enumerate(rules):
        for j, b in enumerate(rules[:i]):
            if a is None or b is None:
                distance = 1.0
            elif (distance := known.get((a, b), -1.0)) < 0:
                distance = min(1.0, normalized_tree_edit_distance(a, b))
                known[a, b] = known[b, a] = distance
            distances[i, j] = distances[j, i] = distance
    return distances.sum(1) / max(1, count - 1)  # type: ignore[no-any-return]
