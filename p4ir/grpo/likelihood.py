"""Log-probabilities of a batch's completions, each prompt run through the model once.

The completions of a group go on from the same prompt, which is often longer than they are.
On a CPU a pass takes as long as it has tokens, so a group becomes one row: the prompt, then
its completions, each of which sees the prompt and itself. That changes no number.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from p4ir.training.head import next_token_logits

_PROMPT, _NOTHING = 0, -1


class Packed(NamedTuple):
    """A batch of completions, a row for each prompt."""

    ids: torch.Tensor
    """(R, L) tokens, filled up behind."""
    positions: torch.Tensor
    """(R, L) each token's place in its own text."""
    parts: torch.Tensor
    """(R, L) which completion a token is of; 0: the prompt, -1: of none."""
    before: torch.Tensor
    """(N,) flat indices of the tokens that stand before those of the completions, in the
    order of the batch."""

    def seen(self) -> torch.Tensor:
        """Return (R, 1, L, L) booleans: which tokens each token attends to."""
        length = self.ids.size(1)
        same = self.parts[:, :, None] == self.parts[:, None, :]
        shared = (self.parts == _PROMPT)[:, None, :]
        earlier = torch.ones(length, length, dtype=torch.bool, device=self.ids.device).tril()
        return ((same | shared) & earlier)[:, None]


def pack(ids: torch.Tensor, mask: torch.Tensor, kept: int) -> Packed:
    """Pack a batch whose last `kept` places are those of the completions.

    Args:
        ids: (B, P + kept) tokens, prompts filled up in front and completions behind.
        mask: (B, P + kept), 0 where they are filled up.
        kept: Places of the longest completion.
    """
    rows: dict[tuple[int, ...], list[tuple[int, list[int]]]] = {}
    for number, (text, counted) in enumerate(zip(ids, mask.bool(), strict=True)):
        prompt = tuple(text[:-kept][counted[:-kept]].tolist())
        rows.setdefault(prompt, []).append((number, text[-kept:][counted[-kept:]].tolist()))
    # What is predicted from a completion's last token is not asked for.
    longest = max(len(p) + sum(max(0, len(c) - 1) for _, c in row) for p, row in rows.items())
    packed = ids.new_zeros(len(rows), longest)
    positions, parts = torch.zeros_like(packed), torch.full_like(packed, _NOTHING)
    before: dict[int, list[int]] = {}
    for place, (prompt, row) in enumerate(rows.items()):
        end = len(prompt)
        packed[place, :end] = ids.new_tensor(prompt)
        positions[place, :end] = torch.arange(end)
        parts[place, :end] = _PROMPT
        last = place * longest + end - 1
        for part, (number, completion) in enumerate(row, 1):
            read = completion[:-1]
            where = slice(end, end + len(read))
            packed[place, where] = ids.new_tensor(read)
            positions[place, where] = len(prompt) + torch.arange(len(read))
            parts[place, where] = part
            start = place * longest + end
            before[number] = [last, *range(start, start + len(read))] if completion else []
            end += len(read)
    flat = [index for number in range(len(ids)) for index in before[number]]
    return Packed(packed, positions, parts, torch.tensor(flat, device=ids.device))


def completion_logits(
    model: Any, ids: torch.Tensor, mask: torch.Tensor, kept: int, *, share_prompts: bool
) -> torch.Tensor:
    """Return (N, V) logits of the completions' tokens, in the order of the batch.

    Args:
        model: A causal language model, with an adapter or without.
        ids: As in `pack`.
        mask: As in `pack`.
        kept: As in `pack`.
        share_prompts: Whether equal prompts are run once. What else reads the model's inputs
            or hidden states then finds them packed.
    """
    if not share_prompts:
        wanted = mask.bool()
        wanted[:, :-kept] = False
        return next_token_logits(model, ids, mask, wanted)
    causal = model.get_base_model() if hasattr(model, "get_base_model") else model
    batch = pack(ids, mask, kept)
    dtype = next(model.parameters()).dtype
    seen = batch.seen()
    attention = torch.zeros(seen.shape, dtype=dtype, device=ids.device)
    hidden = causal.get_decoder()(
        input_ids=batch.ids,
        attention_mask=attention.masked_fill(~seen, torch.finfo(dtype).min),
        position_ids=batch.positions,
        use_cache=False,
    ).last_hidden_state
    logits: torch.Tensor = causal.get_output_embeddings()(hidden.flatten(0, 1)[batch.before])
    return logits


def logps_and_entropies(
    logits: torch.Tensor, ids: torch.Tensor, mask: torch.Tensor, kept: int, temperature: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return log-probabilities and entropies (B, kept) of the completions' tokens.

    Args:
        logits: (N, V), of `completion_logits`.
        ids: As in `pack`.
        mask: As in `pack`.
        kept: As in `pack`.
        temperature: More than 0; what the logits are divided by.
    """
    counted = mask[:, -kept:].bool()
    scores = (logits.float() / temperature).log_softmax(-1)
    chosen = scores.gather(1, ids[:, -kept:][counted][:, None])[:, 0]
    with torch.no_grad():
        entropy = -(scores.exp() * scores).sum(-1)
    blank = torch.zeros(counted.shape, dtype=chosen.dtype, device=chosen.device)
    return blank.masked_scatter(counted, chosen), blank.masked_scatter(counted, entropy)
