"""The pass of stage two that the gradient comes from: log-probabilities of groups, and back.

The peer is TRL's own, with its fused head. Prompts are generated clauses; a group's completions
are the clause's rule, cut at eight lengths. That all ways find the same numbers is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import torch
from trl.trainer.utils import add_fused_lm_head

from benchmarks.frame import Figure, Options, timed
from p4ir.corpus.generation import generate
from p4ir.corpus.prompts import make_prompt
from p4ir.grpo.likelihood import completion_logits, logps_and_entropies
from p4ir.models import find_adapter, load_with_adapter
from p4ir.rules import format_rule
from p4ir.training.attention import attend_by_products

TITLE = "Stage two's pass through the policy, two groups of eight, forward and backward"
PACKAGES = ("torch", "transformers", "trl", "peft")
GROUPS, GROUP, TEMPERATURE = 2, 8, 0.8


def measure(options: Options) -> Iterator[Figure]:
    """Yield the time of a pass of each kind; the default model, float32."""
    adapter = find_adapter("sft")
    model, tokenizer = load_with_adapter(adapter, trainable=True)
    ids, mask, kept = batch(tokenizer, adapter.notation)
    counted = mask[:, -kept:].bool()
    add_fused_lm_head(
        model.get_base_model(), temperature=TEMPERATURE, outputs=("log_probs", "entropy")
    )
    labels = ids.masked_fill(mask == 0, -100)
    labels[:, :-kept] = -100

    def trl() -> torch.Tensor:
        output = model(input_ids=ids, attention_mask=mask, labels=labels, fused_lm_head=True)
        return output.log_probs[:, -kept:][counted]

    def ours(share_prompts: bool, by_products: bool = False) -> torch.Tensor:
        if by_products:  # from here on
            attend_by_products(model.get_base_model(), ids.device)
        logits = completion_logits(model, ids, mask, kept, share_prompts=share_prompts)
        return logps_and_entropies(logits, ids, mask, kept, TEMPERATURE)[0][counted]

    ways: dict[str, Callable[[], torch.Tensor]] = {
        "TRL": trl,
        "p4ir, row by row": lambda: ours(False),
        "p4ir, each prompt once": lambda: ours(True),
        "and attention by products": lambda: ours(True, by_products=True),
    }
    expected = trl().detach()
    peer: Figure | None = None
    for what, way in ways.items():
        apart = (way().detach() - expected).abs().max().item()
        assert apart < 1e-3, f"{what}: log-probabilities differ from TRL's by {apart:.1e}"
        figure = timed(what, lambda way=way: way().sum().backward(), repeats=options.scaled(5))
        peer = peer or figure
        note = (
            f"{int(mask.sum())} tokens, {int(counted.sum())} of them of completions"
            if figure is peer
            else f"{peer.median / figure.median:.1f} times as fast; apart by {apart:.0e} at most"
        )
        yield replace(figure, note=note)
        model.zero_grad()


def batch(tokenizer: Any, notation: str) -> tuple[torch.Tensor, torch.Tensor, int]:
    """Return tokens and mask (B, P + kept), filled up as TRL does, and kept."""
    prompts, completions = [], []
    for generated in generate(GROUPS, seed=0):
        prompt = tokenizer(make_prompt(generated.record.clause))["input_ids"]
        rule = tokenizer(format_rule(generated.record.rule, notation))["input_ids"]
        for share in range(1, GROUP + 1):
            prompts.append(prompt)
            completions.append(rule[: max(1, len(rule) * share // GROUP)])
    before, kept = max(map(len, prompts)), max(map(len, completions))
    ids, mask = torch.zeros(2, len(prompts), before + kept, dtype=torch.long)
    for row, (prompt, completion) in enumerate(zip(prompts, completions, strict=True)):
        where = slice(before - len(prompt), before + len(completion))
        ids[row, where] = torch.tensor([*prompt, *completion])
        mask[row, where] = 1
    return ids, mask, kept
