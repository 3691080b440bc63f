"""TRL's losses as methods: each with the settings that make it what its paper says.

`needs` are options without which it would be another loss; `usual` are the paper's values,
which a recipe may change.
"""

from __future__ import annotations

from typing import Any

from p4ir.grpo.method import Method


def _loss(name: str, level: str = "token", **usual: Any) -> Method:
    return Method(
        changes=frozenset({"loss"}),
        needs={"loss_type": name, "importance_sampling_level": level},
        usual={"beta": 0.0, "scale_rewards": "group", "epsilon": 0.2} | usual,
    )


LOSSES: dict[str, Method] = {
    # DeepSeekMath, arXiv 2402.03300: mean over tokens, then completions; KL in the loss.
    "grpo": _loss("grpo", beta=0.04),
    # arXiv 2503.20783: sums over a constant length and no scaling, against length bias.
    "dr_grpo": _loss("dr_grpo", scale_rewards="none"),
    # arXiv 2503.14476: mean over all tokens, the upper clip raised.
    "dapo": _loss("dapo", epsilon_high=0.28),
    # Mean over the tokens of the local batch, with advantages of the group.
    "bnpo": _loss("bnpo"),
    # MiniMax-M1, arXiv 2506.13585: the weight is capped, its gradient is never cut.
    "cispo": _loss("cispo", epsilon_high=5.0),
    # arXiv 2511.20347: a smooth gate in place of the clip.
    "sapo": _loss("sapo", sapo_temperature_pos=1.0, sapo_temperature_neg=1.05),
    # arXiv 2602.05261: the ratio of whole completions, their length taken out; GSPO's clip.
    "luspo": _loss("luspo", "sequence", epsilon=3e-4, epsilon_high=4e-4),
    # arXiv 2602.10693: a smooth weight of the ratio of whole completions.
    "vespo": _loss(
        "vespo", vespo_k_pos=2.0, vespo_lambda_pos=3.0, vespo_k_neg=3.0, vespo_lambda_neg=2.0
    ),
}
