"""`Interpretation`: what a model made of a clause, with each thing there is to doubt about it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol

from p4ir.errors import NotationError, RuleError, RuleSyntaxError
from p4ir.inference.refusal import why_no_rule, writable
from p4ir.models import AdapterLabel
from p4ir.rules import Repaired, Rule, format_rule, repair_rule
from p4ir.rules.draft import blank_draft
from p4ir.rules.grounding import GroundedNode, ground
from p4ir.rules.lint import Warning, lint
from p4ir.rules.mismatches import mismatches, misstates
from p4ir.rules.repeats import without_repeats

if TYPE_CHECKING:
    from p4ir.inference.generation import Completion

_PASSED = "a likelier rule was passed over, which misstates a number of the clause"
_ENDS = {
    "length": "the completion reached its length limit",
    "loop": "cut what the model repeated",
}


@dataclass(frozen=True, kw_only=True)
class Interpretation:
    """What a model made of a clause."""

    clause: str
    """The clause as given."""
    rule: Rule | None
    """The rule; `None` if none could be made out."""
    valid: bool
    """Whether the completion was a rule as it stood, with nothing to mend."""
    repairs: tuple[str, ...] = ()
    """What had to be mended in the completion."""
    problem: str = ""
    """Why there is no rule or it is not valid, that it ended early or that a likelier one was not
    taken; else empty."""
    confidence: float | None = None
    """Geometric mean of the probabilities of the completion's tokens, 0 to 1; `None` where these
    are not known: no model was asked, or its server does not tell.

    Of a rule chosen by consensus, its agreement with the other samples: their mean similarity.
    """
    node_confidence: tuple[float, ...] = ()
    """The same for each node's label, in preorder; the root's is 1. Empty where it is not known."""
    lint: tuple[Warning, ...] = ()
    """What looks wrong with the rule."""
    ungrounded: tuple[GroundedNode, ...] = ()
    """Nodes of the rule that no word of the clause supports."""
    mismatches: tuple[str, ...] = ()
    """Where rule and clause say different things: numbers, units, references and bounds."""
    completion: str = ""
    """What the model wrote, in its own notation."""
    seconds: float = 0.0
    """Share of the batch's time, in seconds."""

    @property
    def repaired(self) -> bool:
        """Whether the completion had to be mended."""
        return bool(self.repairs)


def refused(clause: str, problem: str) -> Interpretation:
    """Make an interpretation without a rule."""
    return Interpretation(clause=writable(clause), rule=None, valid=False, problem=problem)


def read_completion(
    clause: str, completion: Completion, notation: str, seconds: float = 0.0
) -> Interpretation:
    """Make an interpretation of what a model wrote, without what it says twice."""
    is_measured = bool(completion.logprobs)
    common: dict[str, Any] = {
        "clause": clause,
        "completion": completion.text,
        "confidence": _mean_probability(completion.logprobs) if is_measured else None,
        "seconds": seconds,
    }
    try:
        read = repair_rule(blank_draft(completion.text), notation)
    except (RuleSyntaxError, RuleError) as error:
        problem = why_no_rule(completion.text, error)
        return Interpretation(rule=None, valid=False, problem=problem, **common)
    rule, nodes = without_repeats(read.rule)
    confidence = _node_confidence(read, completion)
    ended = () if completion.end == "finished" else (_ENDS[completion.end],)
    repairs = read.repairs if completion.is_closed else (*read.repairs, *ended)
    return Interpretation(
        rule=rule,
        valid=not repairs,
        repairs=repairs,
        problem="; ".join((*read.repairs, *ended)),
        node_confidence=tuple(confidence[node] for node in nodes) if is_measured else (),
        **doubts(rule, clause),
        **common,
    )


def doubts(rule: Rule, clause: str) -> dict[str, Any]:
    """Return the fields of an interpretation that follow from rule and clause."""
    grounding = ground(rule, clause)
    return {
        "lint": tuple(lint(rule)),
        "ungrounded": grounding.ungrounded,
        "mismatches": mismatches(rule, clause, grounding),
    }


def choose_faithful(candidates: Iterator[Interpretation]) -> Interpretation:
    """Return the first that states the clause's amounts and bounds; the first rule if none does.

    That a likelier one is passed over is a reason to doubt, and said as its `problem`.
    """
    first = next(candidates)
    for each in chain([first], candidates):
        if each.rule is not None and not misstates(each.rule, each.clause):
            if first.rule is None or each is first:
                return each
            return replace(each, problem="; ".join(filter(None, (each.problem, _PASSED))))
        first = each if first.rule is None else first
    return first


def write_as(result: Interpretation, notation: str) -> tuple[Interpretation, str]:
    """Write a rule in a notation; where that is impossible, return a result that says so."""
    if result.rule is None:
        return result, ""
    try:
        return result, format_rule(result.rule, notation)
    except (NotationError, RuleError) as error:
        return replace(result, rule=None, valid=False, problem=str(error)), ""


class Maker(Protocol):
    """What makes rules, as results name it."""

    @property
    def model(self) -> str | None:
        """The base model."""

    @property
    def info(self) -> AdapterLabel | None:
        """The adapter, if there is one."""

    @property
    def constrained(self) -> bool:
        """Whether the model is held to its notation."""

    @property
    def beams(self) -> int:
        """Beginnings of a rule that are followed side by side."""

    @property
    def consensus(self) -> int:
        """Rules written for each clause, of which one is taken."""


def to_json_object(
    result: Interpretation, identifier: str, maker: Maker, to: str = "lrml"
) -> dict[str, Any]:
    """Return the object that `p4ir interpret --json` and `p4ir batch` write for a clause."""
    result, text = write_as(result, to)
    return {
        "id": identifier,
        "clause": result.clause,
        "rule": text,
        "valid": result.valid,
        "repaired": result.repaired,
        "confidence": None if result.confidence is None else round(result.confidence, 4),
        "lint": [warning.message for warning in result.lint],
        "ungrounded": [node.label for node in result.ungrounded],
        "mismatches": list(result.mismatches),
        "problem": result.problem,
        "model": maker.model,
        "adapter": maker.info.name if maker.info else None,
        "notation": to,
        "constrained": maker.constrained,
        "beams": maker.beams,
        "consensus": maker.consensus,
    }


def _mean_probability(logprobs: Sequence[float]) -> float:
    mean = sum(logprobs) / len(logprobs) if logprobs else -math.inf
    return math.exp(mean) if mean > -math.inf else 0.0  # also where the model's numbers are none


def _node_confidence(read: Repaired, completion: Completion) -> tuple[float, ...]:
    """Return for each node the mean probability of the tokens that touch its label."""
    values = [1.0]
    tokens = list(zip(completion.logprobs, completion.spans, strict=True))
    for start, end in read.spans[1:]:
        touching = [logprob for logprob, (first, last) in tokens if first < end and last > start]
        values.append(_mean_probability(touching))
    return tuple(values)
