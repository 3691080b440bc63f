"""PPO: a critic beside the policy, in place of the group's mean.

Schulman et al., arXiv 1707.06347. A linear head on the policy's last hidden state values
each token before it is written; advantages are those of `grpo.gae`. The head has a learning
rate and some first steps of its own, and is kept in the checkpoints, not in the adapter.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

from p4ir.grpo.gae import advantages_and_returns, last_token_rewards, value_loss, whiten
from p4ir.grpo.trainer import Trainer
from p4ir.training.head import causal_model

if TYPE_CHECKING:
    from p4ir.grpo.config import GrpoRecipe


class PpoTrainer(Trainer):
    """Learns values of prefixes, and the policy by them."""

    share_prompts = False

    def set_up(self, recipe: GrpoRecipe) -> None:
        """Add the value head, which says 0 at first."""
        super().set_up(recipe)
        self._options = recipe.options.ppo
        head = torch.nn.Linear(self.model.config.hidden_size, 1).to(self.accelerator.device)
        torch.nn.init.zeros_(head.weight)
        torch.nn.init.zeros_(head.bias)
        self.model.value_head = head  # a part of the model, so that its gradients are cleared

    def create_optimizer(self, *args: Any, **kwargs: Any) -> Any:
        """Give the value head a rate of its own and no decay."""
        head = self.model.value_head
        head.requires_grad_(False)
        optimizer = super().create_optimizer(*args, **kwargs)
        head.requires_grad_(True)
        rate = self._options.value_rate
        optimizer.add_param_group(
            {"params": list(head.parameters()), "lr": rate, "weight_decay": 0}
        )
        return optimizer

    def assign_credit(self, inputs: Any, output: dict[str, Any]) -> None:
        """Estimate advantages (B, T) and returns from the critic's values."""
        super().assign_credit(inputs, output)
        ids = torch.cat([output["prompt_ids"], output["completion_ids"]], 1)
        attention = torch.cat([output["prompt_mask"], output["completion_mask"]], 1)
        mask = output["completion_mask"].float()
        total = (self._rewards * self.reward_weights.to(self._rewards.device)).nansum(1)
        values = self._read_values(ids, attention, mask.size(1))
        rewards = last_token_rewards(total[self.own(inputs)], mask)
        advantages, returns = advantages_and_returns(
            rewards, values, mask, self._options.gae_lambda
        )
        output["advantages"] = whiten(advantages, mask)
        output["returns"], output["old_values"] = returns, values * mask

    def _read_values(self, ids: Any, attention: Any, width: int) -> Any:
        """Return values (B, width), read as the loss reads: through what was sampled through."""
        size = self.args.per_device_train_batch_size
        with torch.no_grad(), last_hidden_state(self.model) as seen:
            self._get_per_token_logps_and_entropies(self.model, ids, attention, width, size)
            return torch.cat([self._values(hidden, width) for hidden in seen])

    def _values(self, hidden: Any, width: int) -> Any:
        """Return the value before each of the last `width` tokens, (B, width)."""
        head = self.accelerator.unwrap_model(self.model).value_head
        return head(hidden[:, -width - 1 : -1].float())[..., 0]

    def policy_loss(self, model: Any, inputs: dict[str, Any]) -> Any:
        """Add the value loss; in the first steps the head alone learns."""
        is_warming = self.state.global_step < self._options.warm_up
        with last_hidden_state(model) as seen:
            policy = super().policy_loss(model, inputs)
        hidden = seen[-1].detach() if self._options.detach or is_warming else seen[-1]
        mask = inputs["completion_mask"].float()
        loss = value_loss(
            self._values(hidden, mask.size(1)), inputs["old_values"], inputs["returns"], mask,
            self._options.value_clip,
        )  # fmt: skip
        self._metrics["train"]["value_loss"].append(loss.item())
        weighted = self._options.value_weight * loss / self.current_gradient_accumulation_steps
        return weighted + policy * (0.0 if is_warming else 1.0)

    def method_state(self) -> dict[str, Any]:
        """Add the value head."""
        return super().method_state() | {"value_head": self.model.value_head.state_dict()}

    def load_method_state(self, state: dict[str, Any]) -> None:
        """Take back the value head."""
        super().load_method_state(state)
        self.model.value_head.load_state_dict(state["value_head"])


@contextmanager
def last_hidden_state(model: Any) -> Iterator[list[Any]]:
    """Collect the last hidden states (B, L, H) of the passes through a model made inside."""
    seen: list[Any] = []
    hook = _decoder(model).register_forward_hook(
        lambda module, arguments, output: seen.append(output.last_hidden_state)
    )
    try:
        yield seen
    finally:
        hook.remove()


def _decoder(model: Any) -> Any:
    return causal_model(getattr(model, "module", model)).get_decoder()
