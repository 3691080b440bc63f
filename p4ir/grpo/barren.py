"""Steps from which nothing can be learned, and when to give up for them."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from p4ir.errors import TrainingError

_PATIENCE = 10
"""Steps in a row after which a run gives up."""


@dataclass
class BarrenSteps:
    """Counts, up to the step in hand, those in a row that were barren for one reason."""

    cut: int = 0
    """Every completion was cut at its length limit."""
    flat: int = 0
    """The completions of every group had the same rewards."""

    def counts(self) -> dict[str, int]:
        """Return the counts by name, for a checkpoint."""
        return asdict(self)

    def take_cut(self, is_cut: bool, limit: int) -> None:
        """Take in whether every completion of a step was cut at a limit of so many tokens.

        Raises:
            TrainingError: so were those of the steps before.
        """
        self.cut = _counted(
            self.cut,
            is_cut,
            "every completion was cut at its length limit, so that nothing can be learned: raise "
            f"trainer.max_completion_length (now {limit}) or start from an adapter that ends its "
            "rules",
        )

    def take_flat(self, is_flat: bool, min_spread: float, temperature: float) -> None:
        """Take in whether no group of a step had spread, and what it is drawn and judged by.

        Raises:
            TrainingError: nor had those of the steps before.
        """
        self.flat = _counted(
            self.flat,
            is_flat,
            "the completions of every group had the same rewards "
            f"(within min_spread {min_spread}), so that nothing can be learned: train on "
            "clauses that stage one has not seen, or raise trainer.temperature (now "
            f"{temperature})",
        )


def _counted(before: int, is_so: bool, why: str) -> int:
    """Return how many steps in a row something is so, or give up for it."""
    steps = before + 1 if is_so else 0
    if steps == _PATIENCE:
        raise TrainingError(f"for {_PATIENCE} steps {why}")
    return steps
