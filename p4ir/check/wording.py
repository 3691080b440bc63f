"""Findings in words: the last step, from what a machine reads to what a person does."""

from __future__ import annotations

from collections.abc import Callable

from p4ir.check.findings import Code, Fact, Finding, Missing, Verdict

TITLES: dict[Verdict, str] = {
    "fail": "Fail",
    "unknown": "Unknown",
    "review": "Review",
    "pass": "Pass",
    "not applicable": "Not applicable",
}

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
    "incomparable": lambda m: f"{m.name}: {m.detail} cannot be compared",
    "not-a-number": lambda m: f"{m.name}{_of(m.element)} is no number{_in_brackets(m.detail)}",
    "division-by-zero": lambda m: f"{m.name} divides by zero{_in_brackets(m.detail)}",
    "cycle": lambda m: f"{m.name} is defined by itself",
    "undefined-variable": lambda m: f"{m.name} is not defined",
    "ambiguous": lambda m: f"which “{m.name}” is meant is not clear{_in_brackets(m.detail)}",
    "not-understood": lambda m: f"{m.name} has no meaning that can be checked",
    "too-much": lambda m: f"too much to try: {m.name}",
    "none-in-building": lambda m: f"there is no {m.name}",
    "none-listed": lambda m: f"no {m.name} is listed, nor that there is none",
    "kind-unknown": lambda m: f"whether {m.element or m.detail} is a {m.name} is not stated",
}


def explain(finding: Finding) -> str:
    """Say why a verdict is what it is, in one or two sentences."""
    reason = finding.reason
    if reason.code in _SILENT:
        return _SILENT[reason.code]
    said = [f"{one.left} {one.operator} {one.right}{_mark(one.holds)}"
            for one in reason.comparisons]  # fmt: skip
    read = [_fact(fact) for fact in reason.facts if not _is_compared(fact, " ".join(said))]
    lacking = [_missing(missing) for missing in reason.missing]
    parts = ["; ".join(one) for one in (read, said, lacking) if one]
    text = ". ".join(part[0].upper() + part[1:] for part in parts)
    return f"{text}." if text else "Nothing had to be read."


def element_name(finding: Finding) -> str:
    """Return what a person calls the element of a finding."""
    element = finding.element
    return "the building" if element is None else element.name or element.id


def _fact(fact: Fact) -> str:
    return f"{fact.name}{_of(fact.element)}: {fact.value}"


def _missing(missing: Missing) -> str:
    write = _MISSING.get(missing.code)
    return write(missing) if write else f"{missing.name}{_of(missing.element)}"


def _is_compared(fact: Fact, said: str) -> bool:
    """Say whether a comparison shows a fact already."""
    return f"({fact.value})" in said


def _of(element: str) -> str:
    return f" of {element}" if element else ""


def _in_brackets(detail: str) -> str:
    return f" ({detail})" if detail else ""


def _mark(holds: bool) -> str:
    return "" if holds else " does not hold"
