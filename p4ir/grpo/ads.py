"""ADS: adaptive data scheduling, after arXiv 2606.22305; the schedule is `grpo.schedule`.

The clauses of a batch are exchanged just before they are generated from, since a sampler
would be asked for them a batch ahead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from p4ir.grpo.clusters import cluster, embed
from p4ir.grpo.schedule import Schedule
from p4ir.grpo.trainer import Trainer
from p4ir.rules import format_rule, parse_rule

if TYPE_CHECKING:
    from p4ir.grpo.config import GrpoRecipe

_MOST_ACTIVE = 4
_FEWEST, _MOST = 4, 64
"""Clusters of a corpus."""


def active_clusters(prompts: int, wanted: int | None) -> int:
    """Return how many clusters are drawn for a batch of so many prompts.

    >>> [active_clusters(prompts, None) for prompts in (2, 6, 16)]
    [2, 3, 4]
    """
    return wanted or next(k for k in range(_MOST_ACTIVE, 0, -1) if prompts % k == 0)


class AdsTrainer(Trainer):
    """Generates from the clauses of a schedule."""

    def set_up(self, recipe: GrpoRecipe) -> None:
        """Cluster the clauses by the policy that the run starts with."""
        super().set_up(recipe)
        options, clauses = recipe.options.ads, self.train_dataset
        prompts = self.args.generation_batch_size // self.num_generations
        active = active_clusters(prompts, options.active)
        boundary = prompts // active
        vectors, difficulties = embed(
            self.model, self.processing_class, clauses["prompt"],
            [format_rule(parse_rule(row["reference"]), row["notation"]) for row in clauses],
        )  # fmt: skip
        count = options.clusters or min(max(len(clauses) // (4 * boundary), _FEWEST), _MOST)
        clusters = cluster(
            vectors, difficulties, count=count, least=boundary, components=options.components,
            seed=recipe.seed,
        )  # fmt: skip
        self.schedule = Schedule(
            clusters, boundary=boundary, active=active, alpha=options.alpha, band=options.band,
            target=options.target, seed=recipe.seed,
        )  # fmt: skip

    def _generate_and_score_completions(self, inputs: Any) -> Any:
        if not self.model.training:
            return super()._generate_and_score_completions(inputs)
        drawn = self.schedule.draw()  # the same in every process
        own = self.own(inputs)
        rows = range(own.start, own.stop)
        inputs = [dict(self.train_dataset[drawn[row // self.num_generations]]) for row in rows]
        output = super()._generate_and_score_completions(inputs)
        self.schedule.update(self._success_rates())
        return output

    def _success_rates(self) -> list[float]:
        """Return the mean reward of each drawn clause, over the most that it could be."""
        weights = self.reward_weights.to(self._rewards.device).clamp(min=0)
        known = ~self._rewards.isnan()
        most = (known * weights).sum(1).clamp(min=1e-9)
        rates = ((self._rewards * weights).nansum(1) / most).clamp(0, 1)
        found: list[float] = rates.view(-1, self.num_generations).mean(1).tolist()
        self._metrics["train"]["ads/success"].append(sum(found) / len(found))
        self._metrics["train"]["ads/largest_share"].append(float(self.schedule.probabilities.max()))
        return found

    def method_state(self) -> dict[str, Any]:
        """Add the schedule."""
        return super().method_state() | {"ads": self.schedule.state()}

    def load_method_state(self, state: dict[str, Any]) -> None:
        """Take back the schedule."""
        super().load_method_state(state)
        self.schedule.load(state["ads"])
