"""The probes put to a policy: what it would answer, what it writes, how far it has moved."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from p4ir.errors import TrainingError
from p4ir.grpo.guard.likelihood import coarse_kl, likeliest, read_answers
from p4ir.grpo.guard.probes import Probe
from p4ir.metrics.scoring import score
from p4ir.rules import parse_rule
from p4ir.training.recipe import Recipe
from p4ir.training.validation import write_rules

_LIKELIEST = 64
"""Tokens a place that are remembered of the start; a tuned policy gives the rest nothing."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Start:
    """What the policy was before it was trained, at each of N tokens of the right answers."""

    margins: Floats
    """(P,) of each probe."""
    nteds: Floats
    """(P,) of what it wrote; NaN for questions in words."""
    entropy: float
    """Mean over tokens, in nats."""
    ids: npt.NDArray[np.int64]
    """(N, k) its likeliest next tokens."""
    logps: npt.NDArray[np.float32]
    """(N, k) their log-probabilities."""

    def write(self, path: Path) -> None:
        """Write it to a file, all or nothing."""
        part = path.with_name(f".{path.name}.part")
        with part.open("wb") as file:
            np.savez_compressed(file, **vars(self))
        os.replace(part, path)

    @classmethod
    def read(cls, path: Path) -> Start:
        """Read it back.

        Raises:
            TrainingError: the file is damaged.
        """
        try:
            with np.load(path) as arrays:
                return cls(**{**arrays, "entropy": float(arrays["entropy"])})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TrainingError(f"{path} is damaged: {error}; start a new run") from None


@dataclass(frozen=True, kw_only=True)
class State:
    """What the policy is now."""

    margins: Floats
    """(P,) mean log-probability a token of the right answer less the best wrong one's."""
    entropy: float
    """Mean over the tokens of the right answers, in nats."""
    kl: float
    """Mean over the same tokens, in nats, from the start: a lower bound."""


def remember(model: Any, tokenizer: Any, probes: Sequence[Probe], recipe: Recipe) -> Start:
    """Measure a policy before it is trained, so that others can be compared with it."""
    means, entropies = _blank(probes), []
    tops: dict[int, tuple[Any, Any]] = {}
    for row, reading in _read(model, tokenizer, probes, recipe):
        means[row] = reading.mean_logp
        if row[1] == 0:
            entropies.append(reading.entropies.numpy())
            tops[row[0]] = likeliest(reading.logps, _LIKELIEST)
    ids, logps = (
        np.concatenate([tops[probe][part].numpy() for probe in range(len(probes))])
        for part in (0, 1)
    )
    return Start(
        margins=_margins(means),
        nteds=written_nteds(model, tokenizer, probes, recipe),
        entropy=float(np.concatenate(entropies).mean()),
        ids=ids,
        logps=logps,
    )


def measure(
    model: Any, tokenizer: Any, probes: Sequence[Probe], recipe: Recipe, start: Start
) -> State:
    """Measure a policy against its start."""
    import torch

    means, entropies, moved = _blank(probes), [], []
    place = _places(tokenizer, probes, recipe)
    for row, reading in _read(model, tokenizer, probes, recipe):
        means[row] = reading.mean_logp
        if row[1] == 0:
            entropies.append(reading.entropies.numpy())
            there = slice(place[row[0]], place[row[0] + 1])
            ids, logps = torch.from_numpy(start.ids[there]), torch.from_numpy(start.logps[there])
            moved.append(coarse_kl(reading.logps, ids, logps).numpy())
    return State(
        margins=_margins(means),
        entropy=float(np.concatenate(entropies).mean()),
        kl=float(np.concatenate(moved).mean()),
    )


def written_nteds(model: Any, tokenizer: Any, probes: Sequence[Probe], recipe: Recipe) -> Floats:
    """Return (P,) nTED of what is written, greedily, for each clause; NaN for questions in words.

    A completion that gives no rule counts as an empty one.
    """
    rows = [row for row, probe in enumerate(probes) if probe.kind == "rule"]
    results = write_rules(
        model,
        tokenizer,
        [probes[row].prompt for row in rows],
        recipe.notation,
        recipe.corpus.clause_number,
        recipe.validation,
    )
    nteds = np.full(len(probes), np.nan)
    for row, result in zip(rows, results, strict=True):
        nteds[row] = score(result.rule or "", parse_rule(probes[row].right)).nted
    return nteds


def _read(model: Any, tokenizer: Any, probes: Sequence[Probe], recipe: Recipe) -> Any:
    """Yield probe and answer, as a place in a table, and how the policy reads the answer."""
    places, pairs = [], []
    for row, probe in enumerate(probes):
        for answer, pair in enumerate(probe.pairs(recipe.notation, recipe.corpus.clause_number)):
            places.append((row, answer))
            pairs.append(pair)
    for reading in read_answers(model, tokenizer, pairs):
        yield places[reading.row], reading


def _places(tokenizer: Any, probes: Sequence[Probe], recipe: Recipe) -> list[int]:
    """Return where the tokens of each probe's right answer begin among all N."""
    pairs = [probe.pairs(recipe.notation, recipe.corpus.clause_number)[0] for probe in probes]
    texts = [answer for _, answer in pairs]
    lengths = [len(ids) for ids in tokenizer(texts, add_special_tokens=False)["input_ids"]]
    return [0, *np.cumsum(lengths).tolist()]


def _blank(probes: Sequence[Probe]) -> Floats:
    return np.full((len(probes), 1 + max(len(probe.wrong) for probe in probes)), -np.inf)


def _margins(means: Floats) -> Floats:
    margins: Floats = means[:, 0] - means[:, 1:].max(1)
    return margins
