"""Conversations that show a general model what a rule is: a guide, examples, the clause."""

from __future__ import annotations

import re
from collections.abc import Sequence

from p4ir.corpus.records import Record
from p4ir.endpoint.completions import Message, trim
from p4ir.inference.generation import Completion
from p4ir.rules import format_rule

GUIDE = """\
You turn clauses of building codes into rules in compact LRML. Answer with the rule alone, on \
one line, without explanation.

A rule is if(CONDITION),then(CONCLUSION). Both are expressions of functors with arguments in \
round brackets, separated by commas without spaces. CONDITION says what the clause is about and \
when it applies, CONCLUSION what is then required, allowed or forbidden: obligation(…), \
permission(…) or prohibition(…).
Logic: and(…), or(…), not(…). Relations: is, has, exist, include, within, for, to, from, and \
comparisons: equal, lessThan, lessThanEqual, greaterThan, greaterThanEqual.
Entities and properties are the clause's own words in camelCase, a property after a full stop: \
stair.width. Quantities keep their unit: 900 mm. Text that stays as it is stands in quotes.
The examples are authoritative for names and structure: use their words wherever they fit."""

_FENCED = re.compile(r"```[a-zA-Z]*\n?(.*?)(?:```|\Z)", re.DOTALL)
_LABEL = re.compile(r"\s*(?:rule|lrml|answer)\s*:\s*", re.IGNORECASE)


def few_shot_messages(clause: str, examples: Sequence[Record]) -> list[Message]:
    """Return a conversation that gives examples, the nearest last, and asks for a rule."""
    messages = [{"role": "system", "content": GUIDE}]
    for example in reversed(examples):
        assert example.rule is not None
        messages.append({"role": "user", "content": _line(example.clause)})
        messages.append({"role": "assistant", "content": format_rule(example.rule)})
    return [*messages, {"role": "user", "content": _line(clause)}]


def read_answer(completion: Completion) -> Completion:
    """Return the rule of an answer: without fences, a label, or what is said after it."""
    fenced = _FENCED.search(completion.text)
    start, end = fenced.span(1) if fenced else (0, len(completion.text))
    label = _LABEL.match(completion.text, start, end)
    start = label.end() if label else start
    inner = completion.text[start:end]
    start += len(inner) - len(inner.lstrip())
    # A rule of several lines has its brackets open at the end of a line.
    depth = 0
    for place in range(start, end):
        char = completion.text[place]
        depth += (char == "(") - (char == ")")
        if char == "\n" and depth <= 0:
            end = place
            break
    end = start + len(completion.text[start:end].rstrip())
    return trim(completion, start, end)


def _line(text: str) -> str:
    return " ".join(text.split())
