"""The guard's settings: what it looks for, and from where on it refuses.

Every limit is a setting, since an honest corpus may be odd; every check can be allowed
by its name, which the report and the adapter's card then show. The figures that the
limits were set by are in docs/guard.md.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field

CHECKS = {
    "few_prompts": "too few different clauses to learn from",
    "repeated_prompts": "one clause takes too large a part of the corpus",
    "conflicting_rules": "clauses that are nearly the same have different rules",
    "ungrounded_rules": "rules hold numbers, units or references that their clauses do not",
    "people": "clauses speak of protected attributes, or of people as no building code does",
    "leaked_probes": "clauses of the probe set are trained on",
    "unlikely_rules": "rules say the opposite of what the model would write",
    "concentration": "almost all of the learning comes from a few prompts",
    "drift": "the policy has moved far from where it started, off its training prompts",
    "entropy": "the policy has lost its spread, off its training prompts",
    "damage": "answers to questions that were never trained on became worse",
    "unguarded": "the guard was switched off",
}
"""Name of a check, as `allow` takes it: what it says when it strikes."""


@dataclass(frozen=True, kw_only=True)
class GuardOptions:
    """What the guard refuses. A share is of the training clauses, in [0, 1]."""

    enabled: bool = True
    """Whether the guard looks at all; export refuses an adapter trained without it."""
    allow: list[str] = field(default_factory=list)
    """Checks, by name, that may strike without consequence; the card shows them."""
    min_prompts: int = 8
    """Fewest different clauses; with less a run is a drill of sentences, not of a task."""
    max_repeats: float = 0.2
    """Largest share of one clause; a fifth of every epoch for one sentence is a drill too."""
    max_conflicts: float = 0.05
    """Largest share in conflict; published corpora have a few, from different annotators."""
    max_ungrounded: float = 0.125
    """Largest share not grounded; experts add numbers of tables nearby, to one rule in forty, and
    one of the fewest prompts that there may be is an eighth."""
    max_people: float = 0.02
    """Largest share about people; codes have one such sentence in four hundred."""
    max_unlikely: float = 0.1
    """Largest share that says the opposite of what a model that knows the notation would write."""
    likelihood_rows: int = 100
    """Rules whose likelihood is looked at, drawn at random; each costs three forward passes."""
    window: int = 16
    """Groups with signal over which learning is counted: damage was published from 125 steps."""
    min_effective_prompts: float = 4.0
    """Fewest prompts, by share of the learning, in a window; one alone gives 1, equal ones 16."""
    max_kl: float = 0.5
    """Most nats a token from the start on probes; honest runs stay below a tenth of a nat."""
    min_entropy: float = 0.2
    """Least entropy on probes, as a share of that at the start; below it one answer is left."""
    max_accuracy_drop: float = 0.05
    """Largest fall of a bucket's share of right answers that chance does not explain."""
    max_margin_drop: float = 0.5
    """Largest such fall of its mean margin, in standard deviations over its questions."""
    max_nted_rise: float = 0.05
    """Largest such rise of the nTED of what is written for its clauses."""


_SHARES = (
    "max_repeats", "max_conflicts", "max_ungrounded", "max_people", "max_unlikely",
    "max_accuracy_drop", "max_nted_rise",
)  # fmt: skip


def check_options(options: GuardOptions) -> list[str]:
    """Return what is wrong with the settings."""
    problems = []
    for name in options.allow:
        if name not in CHECKS:
            near = difflib.get_close_matches(str(name), CHECKS, 1)
            meant = f" (did you mean {near[0]}?)" if near else ""
            problems.append(f"guard.allow: no check {name!r}{meant}; there are {', '.join(CHECKS)}")
    for name in _SHARES:
        value = getattr(options, name)
        if not 0 <= value <= 1:
            problems.append(f"guard.{name} is {value}, expected a share from 0 to 1")
    for name in ("min_prompts", "likelihood_rows", "window"):
        if getattr(options, name) < 1:
            problems.append(f"guard.{name} is {getattr(options, name)}, expected at least 1")
    for name in ("min_effective_prompts", "max_kl", "min_entropy", "max_margin_drop"):
        if not getattr(options, name) >= 0:
            problems.append(f"guard.{name} is {getattr(options, name)}, expected 0 or more")
    return problems
