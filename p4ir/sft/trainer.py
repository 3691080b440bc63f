"""TRL's SFTTrainer, validated on generated rules, with less work for its loss on a CPU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trl import SFTTrainer

from p4ir.training.head import next_token_logits
from p4ir.training.likelihood import token_likelihoods


class Trainer(SFTTrainer):  # type: ignore[misc]
    """TRL's trainer, whose evaluation also generates and scores rules."""

    generated: Callable[[], dict[str, float]]
    """Scores of what the model writes."""

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Return TRL's metrics and those of generated rules."""
        metrics: dict[str, float] = super().evaluate(*args, **kwargs)
        scores = {f"eval_{name}": value for name, value in self.generated().items()}
        self.log(scores)
        return metrics | scores

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """Return the mean negative log-likelihood of the completions' tokens."""
        if self.args.device.type != "cpu":
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        counted = inputs["labels"] != -100
        targets = inputs["labels"][counted]
        with self.accelerator.autocast():
            logits = next_token_logits(
                model, inputs["input_ids"], inputs.get("attention_mask"), counted
            )
        total = -token_likelihoods(logits, targets)[0].sum()
        accuracy = (logits.argmax(-1) == targets).float().mean()
        mode = "train" if self.model.training else "eval"
        self._metrics[mode]["mean_token_accuracy"].append(accuracy.item())
        count = counted.sum() if num_items_in_batch is None else num_items_in_batch
        loss = total / count
        return (loss, {"loss": loss}) if return_outputs else loss
