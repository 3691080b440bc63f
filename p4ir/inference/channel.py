"""The noisy channel: of the rules that a beam found, the one from which the clause follows.

What a model writes next is likely after what it has written, whatever the clause says: among
the rules of a beam its own probability P(rule | clause) says little of which is right. A second
model goes the other way round, P(clause | rule), and has to explain every word of the clause, so
that a rule that leaves half of it out is found unlikely. After Yu et al. (2017, "The Neural
Noisy Channel") and Yee et al. (2019); for rules, Yin and Neubig (2019, "Reranking for Neural
Semantic Parsing").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from p4ir.corpus.prompts import ClauseNumber, clean_clause, make_channel_prompt
from p4ir.errors import ModelError
from p4ir.inference.choosing import Writer
from p4ir.models import AdapterInfo, find_adapter
from p4ir.rules import Rule, format_rule

if TYPE_CHECKING:
    import torch

    from p4ir.inference.generation import Completion
    from p4ir.inference.interpreter import Interpretation
    from p4ir.inference.runtime import Runtime

WEIGHT = 0.4
"""Of the channel's log-likelihood beside the model's own; docs/experiments.md, 2026-11-29."""
MORE_TOKENS = 20
"""How many tokens a rule is taken to have more than it has, as likely as its own in the mean: else
the sum of their log-probabilities makes short rules too good."""
LONGEST = 512
"""Tokens of a clause, beyond which nobody is asked, and tokens that are scored in one pass: 0.1 GB
of scores for 50,000 words."""


class Channel:
    """A model that knows how likely a clause is, given a rule.

    Args:
        adapter: Adapter of a run whose recipe says `writes: clause`.
        runtime: What does the arithmetic, as `Interpreter` has it.

    Raises:
        ModelError: the adapter is damaged, or its model has no token that ends a text.
    """

    def __init__(self, adapter: AdapterInfo, runtime: Runtime = "auto") -> None:
        from p4ir.inference.runtime import load_to_write

        self.name = adapter.name
        self._notation = adapter.notation or "outline"
        self._clause_number: ClauseNumber = adapter.details.get("clause_number") or "keep"
        self._model, self._tokenizer = load_to_write(adapter.base, adapter, runtime)
        if self._tokenizer.eos_token_id is None:
            raise ModelError(f"channel {self.name}: its model has no token that ends a text")

    def log_likelihoods(self, clause: str, rules: Sequence[Rule]) -> list[float] | None:
        """Return ln P(clause | rule) for each rule, the clause's end included.

        `None` if the clause has more than `LONGEST` tokens, or more than the model takes in.
        """
        from p4ir.inference.generation import decoder_of

        text = clean_clause(clause, self._clause_number)
        # It goes on from the prompt: nothing that a tokenizer puts before a text stands between.
        ids = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        wanted = [*ids, self._tokenizer.eos_token_id]
        prompts = [
            self._tokenizer(make_channel_prompt(format_rule(rule, self._notation)))["input_ids"]
            for rule in rules
        ]
        window = getattr(self._model.config, "max_position_embeddings", None) or math.inf
        if len(wanted) > LONGEST or max(map(len, prompts)) + len(wanted) > window:
            return None
        at_once = LONGEST // len(wanted)
        found: list[float] = []
        with decoder_of(self._model) as decoder:
            for first in range(0, len(prompts), at_once):
                some = prompts[first : first + at_once]
                texts = [[*prompt, *wanted] for prompt in some]
                scores = decoder.read_through(texts, [len(prompt) for prompt in some])
                found += _log_likelihoods(scores, wanted)
        return found

    def choose(
        self, candidates: Sequence[Interpretation], completions: Sequence[Completion]
    ) -> int:
        """Return the place of the best of some interpretations of one clause.

        Args:
            candidates: the interpretations, the likeliest first, which is taken where the
                clause is too long; those without a rule are not while there is another.
            completions: what they were read from.
        """
        rules = [each.rule for each in candidates]
        places = [place for place, rule in enumerate(rules) if rule is not None]
        # Completions may differ in what changes no rule.
        different = list(dict.fromkeys(rule for rule in rules if rule is not None))
        if len(places) < 2:
            return places[0] if places else 0
        back = self.log_likelihoods(candidates[0].clause, different)
        if back is None:
            return places[0]
        of_rule = dict[Rule | None, float](zip(different, back, strict=True))

        def worth(place: int) -> float:
            more = 1 + MORE_TOKENS / max(1, len(completions[place].tokens))
            own = more * completions[place].log_likelihood
            return own + WEIGHT * of_rule[rules[place]]

        return max(places, key=worth)


def find_channel(channel: str | None, writer: Writer) -> AdapterInfo | None:
    """Return the adapter of a channel by path or name.

    Args:
        channel: the adapter; `None` or `none` for none, `default` for the one that what writes
            the rules names in its `p4ir.json`, if it does.
        writer: what writes the rules.

    Raises:
        ModelError: it is missing, damaged or no channel.
    """
    if channel in (None, "none"):
        return None
    if channel != "default":
        return _checked(find_adapter(channel))
    named = writer.said.get("channel")
    if named is None:
        return None
    try:
        return _checked(find_adapter(str(named)))
    except ModelError as error:
        name = writer.info.name if writer.info else writer.base
        raise ModelError(
            f"{name} names the channel {named!r} in its p4ir.json: {error}; give --channel none, "
            "or another"
        ) from None


def _checked(info: AdapterInfo) -> AdapterInfo:
    if not info.is_channel:
        raise ModelError(
            f"adapter {info.name} is no channel: it writes rules, not clauses; p4ir train sft "
            "sft/channel makes one"
        )
    return info


def _log_likelihoods(scores: torch.Tensor, wanted: Sequence[int]) -> list[float]:
    """Return what the log-probabilities of the wanted tokens sum to, for each text."""
    import torch

    tokens = torch.tensor(wanted, device=scores.device)
    of_texts = scores.view(-1, len(wanted), scores.shape[-1])
    picked = of_texts.gather(2, tokens[None, :, None].expand(len(of_texts), -1, 1)).squeeze(2)
    return (picked - of_texts.logsumexp(-1)).sum(1).tolist()  # type: ignore[no-any-return]
