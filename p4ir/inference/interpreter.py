"""`Interpreter`: clauses in, rules out, each with what there is to doubt about it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from p4ir.corpus.prompts import ClauseNumber, make_prompt
from p4ir.inference.choosing import choose_writer
from p4ir.inference.consensus import agree
from p4ir.inference.generation import sample, search, source_of_draws
from p4ir.inference.interpretation import (
    Interpretation,
    choose_faithful,
    read_completion,
    refused,
)
from p4ir.inference.refusal import list_clauses, why_refused
from p4ir.inference.rows import BEAMS
from p4ir.inference.runtime import Runtime, load_to_write
from p4ir.rules.grammar import WITH_GRAMMAR


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

        Raises:
            TypeError: a clause is no string.
        """
        clauses = list_clauses(clauses)
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

    def stream(
        self, clauses: str | Sequence[str], chunk: int | None = None
    ) -> Iterator[Interpretation]:
        """Yield interpretations in order as they become ready, `chunk` clauses at a time.

        Raises:
            TypeError: a clause is no string.
        """
        clauses, chunk = list_clauses(clauses), chunk or self.batch_size
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
