"""Files of rules: read one in any notation, write one in any other.

Where a notation is one line, a file holds a rule a line; outlines and skeletons follow
each other; JSON is an array or JSON lines, of trees or of objects with a rule in them;
LegalRuleML is one document. A rule that cannot be read is reported with its line.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from p4ir.errors import CorpusError, NotationError, RuleError, RuleSyntaxError
from p4ir.rules.entry import MAX_BYTES, Entry
from p4ir.rules.guessing import guess_notation
from p4ir.rules.json_entries import format_entry, read_entries
from p4ir.rules.notation import format_rule, parse_rule

_ENDINGS = {".xml": "legalruleml", ".py": "skeleton", ".json": "json", ".jsonl": "json"}
_HEADS = {"outline": re.compile(r"if(?=[:\s]|$)"), "skeleton": re.compile(r"def\b")}
_OTHER_ENCODINGS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


LINES = "JSON lines with id, clause and rule"
"""The files of rules that keep most."""


class BadRule(NamedTuple):
    """A part of a file that is no rule."""

    line: int
    """Line of the file, from 1."""
    reason: str


class RuleFile(NamedTuple):
    """What a file of rules holds."""

    entries: list[Entry]
    bad: list[BadRule]
    ignored: tuple[str, ...] = ()
    """Keys of its JSON objects for which an entry has no place."""
    places: tuple[int, ...] = ()
    """Which of the file's parts each entry is, from 1; those that are no rule count too,
    but in LegalRuleML, where what cannot be read is seldom a rule as a whole."""


def notation_of(data: bytes, ending: str = "") -> str:
    """Return the notation of a file by the ending of its name or by how it begins.

    Raises:
        NotationError: neither says.

    >>> notation_of(b"if(exist(door)),then(has(door,handle))")
    'lrml'
    """
    if ending.lower() in _ENDINGS:
        return _ENDINGS[ending.lower()]
    if data.startswith(_OTHER_ENCODINGS):
        return "legalruleml"  # of all notations only XML says its encoding
    return guess_notation(_decode(data))


def tell_notation(name: str, data: bytes, advice: str) -> str:
    """Return the notation of a file of rules by its name or its beginning.

    Args:
        name: of the file.
        data: what it holds.
        advice: what to do where neither says.

    Raises:
        CorpusError: it is empty, a table or no text, or neither says.
    """
    ending = Path(name).suffix.lower()
    if not data.strip():
        raise CorpusError(f"{name}: is empty")
    if ending in (".csv", ".tsv"):
        raise CorpusError(f"{name}: is a table, and rules are not read from CSV; give {LINES}")
    try:
        return notation_of(data, ending)
    except NotationError as error:
        untold = f"the notation cannot be told from how the text begins; {advice}"
        raise CorpusError(f"{name}: {untold if _is_utf8(data) else error}") from None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def read_rules(data: bytes, notation: str, schema: str | Path | None = None) -> RuleFile:
    """Read a file of rules.

    Args:
        data: the file's content.
        notation: how it is written.
        schema: the schema of LegalRuleML, which a document is checked against if given.

    Raises:
        NotationError: there is no such notation, the file is no text, or no schema is there.
        RuleSyntaxError: it should be LegalRuleML and is not, or is unsafe to read.
        RuleError: it is too large.
    """
    if len(data) > MAX_BYTES:
        raise RuleError(f"the file has more than {MAX_BYTES // 2**20} MB; split it")
    if notation == "legalruleml":
        return _read_legalruleml(data, schema)
    text = _decode(data)
    entries: list[Entry] = []
    bad: list[BadRule] = []
    places: list[int] = []
    if notation == "json":
        ignored: set[str] = set()
        for place, (line, entry) in enumerate(read_entries(text, ignored), 1):
            if isinstance(entry, Entry):
                entries.append(entry)
                places.append(place)
            else:
                bad.append(BadRule(line, entry))
        return RuleFile(entries, bad, tuple(sorted(ignored)), tuple(places))
    for place, (line, part) in enumerate(_parts(text, notation), 1):
        try:
            entries.append(Entry(rule=parse_rule(part, notation)))
            places.append(place)
        except RuleSyntaxError as error:
            reason = f"column {error.column}: found {error.found}, expected {error.expected}"
            bad.append(BadRule(line + error.line - 1, reason))
        except RuleError as error:
            bad.append(BadRule(line, str(error)))
    return RuleFile(entries, bad, places=tuple(places))


def format_rules(entries: Iterable[Entry], notation: str) -> str:
    """Write a file of rules, with a line break at its end.

    Raises:
        NotationError: there is no such notation.
        RuleError: a rule is not `if(…),then(…)` and the notation needs that.
    """
    if notation == "legalruleml":
        from p4ir.rules.legalruleml import format_document

        return format_document(entries)
    if notation == "json":
        return "".join(format_entry(entry) + "\n" for entry in entries)
    between = "\n\n" if notation in _HEADS else "\n"
    return between.join(format_rule(entry.rule, notation) for entry in entries) + "\n"


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise NotationError(f"line {line} is no text in UTF-8; save it as UTF-8") from None


def _parts(text: str, notation: str) -> Iterator[tuple[int, str]]:
    """Yield the parts of a text that should be one rule each, with their first lines."""
    lines = text.split("\n")
    if notation in _HEADS:
        heads = [number for number, line in enumerate(lines) if _HEADS[notation].match(line)]
        # What comes before the first head goes with the first rule, and is refused there.
        for start, end in pairwise([0, *heads[1:], len(lines)]):
            if (part := "\n".join(lines[start:end])).strip():
                yield start + 1, part
    elif _is_one_rule(text, notation):
        yield 1, text
    else:
        yield from ((number, line) for number, line in enumerate(lines, 1) if line.strip())


def _is_one_rule(text: str, notation: str) -> bool:
    try:
        parse_rule(text, notation)
    except (RuleSyntaxError, RuleError):
        return False
    return True


def _read_legalruleml(data: bytes, schema: str | Path | None) -> RuleFile:
    from p4ir.rules.legalruleml import parse_xml, read_document, validate

    document = parse_xml(data)
    entries, problems = read_document(document)
    lines = {problem.line for problem in problems}
    # Both name an element that is no part of a rule; once is enough.
    problems += [found for found in validate(document, schema) if found.line not in lines]
    bad = [BadRule(p.line, f"found {p.found}, expected {p.expected}") for p in sorted(problems)]
    return RuleFile(entries, bad, places=tuple(range(1, len(entries) + 1)))
