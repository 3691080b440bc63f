"""Settings of the methods, one small class a method; formulas and sources: docs/methods.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class RredcotOptions:
    """Reward redistributed over the sub-trees of the rule."""

    credit: Literal["potential", "self"] = "potential"
    """Value of a prefix: similarity of the partial rule, or the policy's own estimate."""
    form: Literal["segment", "to_go"] = "segment"
    """What a token's credit is: its segment's, or that of its segment and all after it."""
    weight: float = 0.5
    """Weight of the credit, in deviations; with `to_go` the group's advantage has the rest."""
    max_segments: int = 8
    """Most segments of a completion, 2 at least."""


@dataclass(frozen=True, kw_only=True)
class AdsOptions:
    """Prompts chosen by how well the policy does on them."""

    clusters: int | None = None
    """Clusters of clauses; null: a quarter of what would give each one boundary, 4 to 64."""
    active: int | None = None
    """Clusters drawn for a generation batch; null: the most, up to 4, that divide its prompts."""
    alpha: float = 0.3
    """Share of the target in each update of the sampling distribution, in [0, 1]."""
    band: float = 0.17
    """Success rates within 0.5 ± this are the boundary, where prompts stay, in [0, 0.5]."""
    target: Literal["success", "variance"] = "success"
    """What clusters are drawn by: success rate r, as published, or r(1 − r)."""
    components: int = 128
    """Most principal components of the embeddings that are clustered."""


@dataclass(frozen=True, kw_only=True)
class PpoOptions:
    """A critic beside the policy."""

    gae_lambda: float = 0.95
    """Decay of later errors in an advantage, in [0, 1]; 1 gives the plain return."""
    value_weight: float = 0.1
    """Weight of the value loss beside the policy's."""
    value_clip: float = 0.2
    """Most that a value may move from the one at rollout, in units of reward."""
    value_rate: float = 0.001
    """Learning rate of the value head."""
    warm_up: int = 10
    """First optimizer steps in which only the critic learns."""
    detach: bool = False
    """Whether the value loss leaves the model's own weights alone."""


@dataclass(frozen=True, kw_only=True)
class NGrpoOptions:
    """Rollouts through mixtures of neighbouring embeddings."""

    rate: float = 0.05
    """Share of positions that are mixed, in [0, 1]; low, since mixing can break syntax."""
    candidates: int = 2
    """Tokens in a mixture, the anchor included, 2 at least."""
    anchor: Literal["likeliest", "sampled"] = "likeliest"
    """Token whose neighbours are mixed in: the likeliest, as published, or the one drawn."""


@dataclass(frozen=True, kw_only=True)
class CoraOptions:
    """Consistency of clause, reasoning and rule as an objective of its own."""

    task_weight: float = 1.0
    """Weight of the task's normalized advantage."""
    consistency_weight: float = 0.5
    """Weight of the consistency's normalized advantage at its height."""
    warm_up: float = 0.1
    """Share of the run in which that weight rises from 0."""
    decay_from: float = 0.5
    """Share of the run after which it falls."""
    final: float = 0.2
    """Share of the weight that is left at the end, in [0, 1]."""


@dataclass(frozen=True, kw_only=True)
class MethodOptions:
    """Settings of each method; those of methods that are not chosen mean nothing."""

    rredcot: RredcotOptions = field(default_factory=RredcotOptions)
    """Reward redistribution."""
    ads: AdsOptions = field(default_factory=AdsOptions)
    """Adaptive data scheduling."""
    ppo: PpoOptions = field(default_factory=PpoOptions)
    """Proximal policy optimization."""
    n_grpo: NGrpoOptions = field(default_factory=NGrpoOptions)
    """Semantic-neighbour mixing."""
    cora: CoraOptions = field(default_factory=CoraOptions)
    """Hybrid advantage splitting."""
