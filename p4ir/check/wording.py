"""Findings in words: the last step, from what a machine reads to what a person does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from p4ir.check.findings import Code, Comparison, Fact, Finding, Missing, Verdict
from p4ir.corpus.english import article
from p4ir.rules.vocabulary import ARITIES
from p4ir.rules.words import in_words

TITLES: dict[Verdict, str] = {
    "fail": "Fail",
    "unknown": "Unknown",
    "review": "Review",
    "pass": "Pass",
    "not applicable": "Not applicable",
}

Item = TypeVar("Item", Fact, Missing)

_RELATIONS = frozenset(in_words(functor).partition(" ")[0] for functor in ARITIES) - {"is"}
"""First words of what facts call relations."""

_SILENT: dict[str, str] = {
    "permission": "The rule permits something and demands nothing.",
    "definition": "The rule defines something or says what a document applies to.",
    "no-deontic": "The rule states something without demanding it: a person has to say how it "
    "is meant.",
    "no-requirement": "The clause holds no requirement.",
}

_MISSING: dict[Code, Callable[[Missing], str]] = {
    "fact-missing": lambda m: f"{m.name} of {m.element} is not stated",
    "list-open": lambda m: (
        f"not all there is of “{m.name}” of {m.element or 'the building'} is "
        f"known{_in_brackets(m.detail)}"
    ),
    "reference": lambda m: f"{m.name} refers to {m.detail}",
    "no-case": lambda m: f"none of the rule's {m.name} holds, and it does not say what then",
    "relief": lambda m: "what is demanded is not met, but the rule permits what may relieve of it",
    "no-deontic": lambda m: (
        f"{m.name} stands beside what is demanded without being demanded: a person has to say "
        "how it is meant"
    ),
    "incomparable": lambda m: f"{m.name}: {m.detail} cannot be compared",
    "not-a-quantity": lambda m: (
        f"{m.name}: “{m.detail}” is no quantity: write a number and a unit, as in 0.84 m"
    ),
    "not-a-number": lambda m: f"{m.name}{_of(m.element)} is no number{_in_brackets(m.detail)}",
    "division-by-zero": lambda m: f"{m.name} divides by zero{_in_brackets(m.detail)}",
    "cycle": lambda m: f"{m.name} is defined by itself",
    "undefined-variable": lambda m: f"{m.name} is not defined",
    "ambiguous": lambda m: f"which “{m.name}” is meant is not clear{_in_brackets(m.detail)}",
    "not-understood": lambda m: f"{m.name} has no meaning that can be checked",
    "too-much": lambda m: f"too much to try: {m.name}",
    "contradiction": lambda m: (
        f"the facts contradict each other about “{m.name}” of {m.element}{_in_brackets(m.detail)}"
    ),
    "none-in-building": lambda m: f"there is no {m.name}",
    "none-listed": lambda m: f"no {m.name} is listed, nor that there is none",
    "kind-unknown": lambda m: (
        f"whether {m.element or m.detail} is {article(m.name)} {m.name} is not stated"
    ),
}


def explain(finding: Finding) -> str:
    """Say why a verdict is what it is, in one or two sentences."""
    reason = finding.reason
    if reason.code in _SILENT and not reason.missing:
        return _SILENT[reason.code]
    element = finding.element
    names = {element.id: element.name} if element is not None and element.name else {}
    said = list(map(_comparison, reason.comparisons))
    read = [_fact(_named(fact, names)) for fact in reason.facts if not _is_said(fact, said)]
    lacking = [_missing(_named(missing, names)) for missing in reason.missing]
    parts = ["; ".join(read), "; ".join(said), _as_sentence("; ".join(lacking))]
    parts = [part for part in parts if part]
    return f"{'. '.join(parts)}." if parts else "Nothing had to be read."


def element_name(finding: Finding) -> str:
    """Return what a person calls the element of a finding."""
    element = finding.element
    return "the building" if element is None else element.name or element.id


def _fact(fact: Fact) -> str:
    name = fact.name.removeprefix("is ")
    if name.partition(" ")[0] in _RELATIONS:
        return f"{fact.element} {name}: {fact.value}"
    return f"{name}{_of(fact.element)}: {fact.value}"


def _comparison(comparison: Comparison) -> str:
    left, operator, right, holds = comparison
    negated = "is not" if operator == "is" else f"is not {operator}"
    return f"{left} {operator if holds else negated} {right}"


def _as_sentence(text: str) -> str:
    """Begin a text with a capital, unless it begins with a name of the rule or of the facts."""
    word = text.partition(" ")[0]
    return text[:1].upper() + text[1:] if word.isalpha() and word.islower() else text


def _named(item: Item, names: dict[str, str]) -> Item:
    """Call an element what people call it, where that is known."""
    return item._replace(element=names.get(item.element, item.element))


def _missing(missing: Missing) -> str:
    write = _MISSING.get(missing.code)
    return write(missing) if write else f"{missing.name}{_of(missing.element)}"


def _is_said(fact: Fact, comparisons: list[str]) -> bool:
    """Say whether a comparison shows a fact already."""
    return any(f"({fact.value})" in comparison for comparison in comparisons)


def _of(element: str) -> str:
    return f" of {element}" if element else ""


def _in_brackets(detail: str) -> str:
    return f" ({detail})" if detail else ""
