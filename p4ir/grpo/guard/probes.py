"""The probe set: questions that are never trained on, with a right answer and wrong ones.

Six buckets, all written for this project: clauses, sentences without a requirement,
clauses that contradict themselves, ambiguous questions about people, the like of them to be
answered by a rule, and plain general knowledge. A question of kind `rule` is put as a clause
is, and answered in the notation of the run; one of kind `text` stands as it is.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from p4ir.corpus.prompts import ClauseNumber, make_prompt
from p4ir.rules import format_rule, parse_rule

Bucket = Literal["clauses", "no_requirement", "contradictory", "people", "people_rules", "general"]
_FILE = "probes.jsonl"


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A question and its answers."""

    id: str
    bucket: Bucket
    kind: Literal["rule", "text"]
    """Whether it is answered by a rule or in words."""
    prompt: str
    """A clause, or a question."""
    right: str
    """The right answer: compact LRML, or words."""
    wrong: tuple[str, ...]
    """Wrong answers that a damaged policy would prefer."""

    def pairs(self, notation: str, clause_number: ClauseNumber) -> list[tuple[str, str]]:
        """Return prompt and answer, as a policy sees them: the right one, then the wrong ones."""
        answers = (self.right, *self.wrong)
        if self.kind == "text":
            return [(self.prompt, answer) for answer in answers]
        prompt = make_prompt(self.prompt, clause_number)
        return [(prompt, _write(each, notation)) for each in answers]


@cache
def _write(rule: str, notation: str) -> str:
    return format_rule(parse_rule(rule), notation)


def load_probes() -> list[Probe]:
    """Return the probe set."""
    rows = map(json.loads, _source().splitlines())
    return [Probe(**{**row, "wrong": tuple(row["wrong"])}) for row in rows]


def probes_digest() -> str:
    """Return the SHA-256 of the probe set."""
    return hashlib.sha256(_source().encode()).hexdigest()


def _source() -> str:
    return (files("p4ir.grpo.guard") / _FILE).read_text(encoding="utf-8")
