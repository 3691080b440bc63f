"""`Interpreter`: clauses in, rules out, each with what there is to doubt about it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Any, Protocol

from p4ir.corpus.prompts import ClauseNumber, make_prompt
from p4ir.errors import NotationError, RuleError, RuleSyntaxError
from p4ir.inference.choosing import choose_writer
from p4ir.inference.consensus import agree
from p4ir.inference.generation import Completion, sample, search, source_of_draws
from p4ir.inference.refusal import why_no_rule, why_refused, writable
from p4ir.inference.rows import BEAMS
from p4ir.inference.runtime import Runtime, load_to_write
from p4ir.models import AdapterLabel
from p4ir.rules import Repaired, Rule, format_rule, repair_rule
from p4ir.rules.draft import blank_draft
from p4ir.rules.grammar import WITH_GRAMMAR
from p4ir.rules.grounding import GroundedNode, ground
from p4ir.rules.lint import Warning, lint
from p4ir.rules.mismatches import mismatches, misstates
from p4ir.rules.repeats import without_repeats

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
    """Why there is no rule, why it is not valid, or that it ended before its time; else empty."""
    confidence: float = 0.0
    """Geometric mean of the probabilities of the completion's tokens, 0 to 1.

    Of a rule chosen by consensus, its agreement with the other samples: their mean similarity.
    """
    node_confidence: tuple[float, ...] = ()
    """The same for each node's label, in preorder; the root's is 1."""
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


@dataclass
class Interpreter:
    """A model that turns clauses into rules.

    Args:
        model: Base model: a name, a hub id or a path. The adapter's own if absent.
        adapter: Adapter by path or name, or the path of a model that was trained whole;
            `default` is the best that is shipped for the base, `None` or `none` the base
            alone.
        batch_size: Rules written together.
        max_new_tokens: Longest completion, in tokens.
        constrained: Whether the model is held to its notation, so that every completion is
            a rule. Notations without a grammar and models that note drafts are never held.
        beams: Beginnings of a rule that are followed side by side in looking for the likeliest;
            1 takes the likeliest token each time, in a fifth of the time.
        consensus: Rules drawn for each clause, of which the one is taken that is nearest to
            the others; more than 1 leaves no room for beams.
        temperature: Of the draws for a consensus.
        seed: Of the draws for a consensus. They depend on it and on the clause alone.
        runtime: What does the arithmetic, `torch` or `openvino`; `auto` takes OpenVINO if it
            is installed, the processor is an x86, there is no GPU and the model is of a kind
            that it runs.

    Raises:
        ModelError: model or adapter is missing, damaged or does not fit the other or the
            runtime.
    """

    model: str | None = None
    adapter: str | None = "default"
    batch_size: int = 16
    max_new_tokens: int = 512
    constrained: bool = True
    beams: int = BEAMS
    consensus: int = 1
    temperature: float = 0.8
    seed: int = 0
    runtime: Runtime = "auto"
    notation: str = field(init=False, default="outline")
    """Notation that the model writes."""
    clause_number: ClauseNumber = field(init=False, default="keep")
    """Whether the model sees the number at the head of a clause."""

    def __post_init__(self) -> None:
        self.beams = self.beams if self.consensus == 1 else 1
        writer = choose_writer(self.model, self.adapter)
        self.model, self.info, said = writer.model, writer.info, writer.said
        self.notation = said.get("notation") or self.notation
        self.clause_number = said.get("clause_number") or self.clause_number
        self.constrained &= self.notation in WITH_GRAMMAR and not said.get("drafts")
        self._model, self._tokenizer = load_to_write(writer.base, self.info, self.runtime)

    def interpret(
        self, clauses: str | Sequence[str], on_batch: Callable[[int], None] = lambda done: None
    ) -> list[Interpretation]:
        """Turn clauses into rules, in the order given; one clause may be a plain string.

        A clause that is empty, too long or no text gives an interpretation without a
        rule that says so; it never stops the others.
        """
        clauses = [clauses] if isinstance(clauses, str) else list(clauses)
        results = {n: why for n, clause in enumerate(clauses) if (why := self._refuse(clause))}
        good = [n for n in range(len(clauses)) if n not in results]
        on_batch(len(results))
        started = time.perf_counter()
        for place, chosen in self._write([clauses[n] for n in good]):
            results[good[place]] = chosen
            on_batch(1)
        seconds = (time.perf_counter() - started) / max(1, len(good))
        for n in good:
            results[n] = replace(results[n], seconds=seconds)
        return [results[n] for n in range(len(clauses))]

    def stream(self, clauses: Sequence[str], chunk: int | None = None) -> Iterator[Interpretation]:
        """Yield interpretations in order as they become ready, `chunk` clauses at a time."""
        chunk = chunk or self.batch_size
        for start in range(0, len(clauses), chunk):
            yield from self.interpret(clauses[start : start + chunk])

    def _write(self, clauses: Sequence[str]) -> Iterator[tuple[int, Interpretation]]:
        """Yield each clause's place and its rule, in no given order."""
        prompts = [make_prompt(clause, self.clause_number) for clause in clauses]
        options: dict[str, Any] = {
            "notation": self.notation if self.constrained else None,
            "max_new_tokens": self.max_new_tokens,
            "batch_size": self.batch_size,
        }
        if self.consensus > 1:
            found = sample(
                self._model,
                self._tokenizer,
                prompts,
                samples=self.consensus,
                rngs=[source_of_draws(self.seed, prompt) for prompt in prompts],
                temperature=self.temperature,
                with_greedy=True,
                **options,
            )
        else:
            found = search(self._model, self._tokenizer, prompts, beams=self.beams, **options)
        for place, completions in found:
            read = partial(read_completion, clauses[place], notation=self.notation)
            if self.consensus > 1:
                yield place, agree([*map(read, completions)])
                continue
            # What the model did not end itself is only looked at where there is nothing else.
            ended = [each for each in completions if each.end == "finished"] or completions[:1]
            yield place, choose_faithful(map(read, ended))

    def _refuse(self, clause: str) -> Interpretation | None:
        problem = why_refused(clause) or self._why_too_long(clause)
        return refused(clause, problem) if problem else None

    def _why_too_long(self, clause: str) -> str:
        """Say by how much a clause exceeds what the model takes in; empty if it does not."""
        window = getattr(self._model.config, "max_position_embeddings", None)
        room = (window or math.inf) - self.max_new_tokens
        # No token is shorter than a byte.
        if len(clause.encode(errors="replace")) < room:
            return ""
        size = len(self._tokenizer(make_prompt(clause, self.clause_number))["input_ids"])
        if size <= room:
            return ""
        return (
            f"the clause has {size} tokens, the model takes at most {room}: "
            "split the text into clauses"
        )


def refused(clause: str, problem: str) -> Interpretation:
    """Make an interpretation without a rule."""
    return Interpretation(clause=writable(clause), rule=None, valid=False, problem=problem)


def read_completion(
    clause: str, completion: Completion, notation: str, seconds: float = 0.0
) -> Interpretation:
    """Make an interpretation of what a model wrote, without what it says twice."""
    common: dict[str, Any] = {
        "clause": clause,
        "completion": completion.text,
        "confidence": _mean_probability(completion.logprobs),
        "seconds": seconds,
    }
    try:
        read = repair_rule(blank_draft(completion.text), notation)
    except (RuleSyntaxError, RuleError) as error:
        problem = why_no_rule(completion.text, error)
        return Interpretation(rule=None, valid=False, problem=problem, **common)
    rule, nodes = without_repeats(read.rule)
    confidence = _node_confidence(read, completion)
    grounding = ground(rule, clause)
    ended = () if completion.end == "finished" else (_ENDS[completion.end],)
    repairs = read.repairs if completion.is_closed else (*read.repairs, *ended)
    return Interpretation(
        rule=rule,
        valid=not repairs,
        repairs=repairs,
        problem="; ".join((*read.repairs, *ended)),
        node_confidence=tuple(confidence[node] for node in nodes),
        lint=tuple(lint(rule)),
        ungrounded=grounding.ungrounded,
        mismatches=mismatches(rule, clause, grounding),
        **common,
    )


def choose_faithful(candidates: Iterator[Interpretation]) -> Interpretation:
    """Return the first that states the clause's amounts and bounds; the first rule if none does."""
    first = next(candidates)
    for each in chain([first], candidates):
        if each.rule is not None and not misstates(each.rule, each.clause):
            return each
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
        "confidence": round(result.confidence, 4),
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
