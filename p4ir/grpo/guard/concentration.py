"""How many prompts a run really learns from, by the mass of their advantages.

With m_i the sum of |A| of prompt i's completions over the last groups that taught
something, the effective number of prompts is (Σ m_i)² / Σ m_i², Kish's effective sample
size: 1 where one prompt teaches everything, n where n teach the same. A prompt is its
text, not its id: one sentence under many ids is one prompt.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Sequence
from typing import Any, NamedTuple

from p4ir.grpo.guard.audit import normal_text


class Share(NamedTuple):
    """How the learning of a window is spread."""

    effective_prompts: float
    """From 1 to the number of prompts in the window."""
    top_share: float
    """Share of the prompt with the most, in (0, 1]."""
    since: int
    """Step of the first group of the window."""


def effective_number(masses: Sequence[float]) -> float:
    """Return (Σ m)² / Σ m²; 0 without any mass.

    >>> effective_number([2.0, 2.0, 2.0, 0.0]), effective_number([5.0])
    (3.0, 1.0)
    """
    squares = sum(mass * mass for mass in masses)
    return sum(masses) ** 2 / squares if squares else 0.0


class Concentration:
    """The last groups that taught something."""

    def __init__(self, window: int) -> None:
        self._groups: deque[tuple[int, str, float]] = deque(maxlen=window)

    @property
    def groups(self) -> list[tuple[int, str, float]]:
        """Step, hash of the prompt and mass of each group, to be stored and taken back."""
        return list(self._groups)

    @groups.setter
    def groups(self, stored: Sequence[Sequence[Any]]) -> None:
        self._groups.clear()
        self._groups.extend((step, prompt, mass) for step, prompt, mass in stored)

    def add(self, step: int, prompts: Sequence[str], masses: Sequence[float]) -> None:
        """Take in a step's completions: the prompt of each, and how much it taught.

        Without advantages a prompt teaches nothing, and the window waits for others.
        """
        taught: Counter[str] = Counter()
        for prompt, mass in zip(prompts, masses, strict=True):
            taught[_hash(prompt)] += mass  # type: ignore[assignment]
        self._groups.extend((step, prompt, mass) for prompt, mass in taught.items() if mass > 0)

    @property
    def filled(self) -> float:
        """How much of the window there is, in [0, 1]."""
        return len(self._groups) / (self._groups.maxlen or 1)

    @property
    def share(self) -> Share | None:
        """The spread over the window; `None` before anything was taught."""
        masses: Counter[str] = Counter()
        for _, prompt, mass in self._groups:
            masses[prompt] += mass  # type: ignore[assignment]
        if not masses:
            return None
        values = list(masses.values())
        return Share(effective_number(values), max(values) / sum(values), self._groups[0][0])


def _hash(prompt: str) -> str:
    return hashlib.sha256(normal_text(prompt).encode()).hexdigest()[:16]
