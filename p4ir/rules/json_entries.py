"""Entries as JSON: a tree alone, or an object with the rule and what is known about it.

An object's `rule` is a tree or a text in any notation, named by `notation` or told from
the text, so that what `p4ir batch` writes and what corpora hold can be read as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from p4ir.errors import P4irError, RuleError, RuleSyntaxError
from p4ir.rules import json_tree
from p4ir.rules.entry import ABOUT, Entry
from p4ir.rules.guessing import guess_notation
from p4ir.rules.notation import NOTATIONS, parse_rule
from p4ir.rules.tree import MAX_DEPTH, Rule

_FIELD_OF = {name: name for name in ABOUT} | {"text": "clause", "file": "document"}
_RULE_KEYS = ("rule", "lrml")
_HALF = re.compile("[\ud800-\udfff]")
"""Half of a pair of surrogates, with which no file can be written."""
_SPACE = re.compile(r"\s*")
_NEXT_LINE = re.compile(r"\n(?=[\[{\"])")


def format_entry(entry: Entry) -> str:
    """Write an entry as JSON on one line: the bare tree if nothing else is known."""
    about = {name: getattr(entry, name) for name in ABOUT if getattr(entry, name)}
    tree = json_tree.to_object(entry.rule)
    return json.dumps({**about, "rule": tree} if about else tree, ensure_ascii=False)


def read_entries(text: str, ignored: set[str]) -> Iterator[tuple[int, Entry | str]]:
    """Yield the line and the entry of each rule of JSON; a reason where it is none.

    Args:
        text: an array, JSON lines, or one value.
        ignored: takes the keys of objects for which an entry has no place.
    """
    for line, value, reason in _values(text):
        try:
            yield line, reason or parse_entry(value, ignored)
        except P4irError as error:
            yield line, str(error)


def parse_entry(value: object, ignored: set[str]) -> Entry:
    """Make an entry of a JSON value: a rule as text, its tree, or an object with the rule.

    Args:
        value: what JSON was read as.
        ignored: takes the keys of an object for which an entry has no place.

    Raises:
        P4irError: it is none.
    """
    if isinstance(value, str):
        return Entry(rule=_rule(value, None))
    if not isinstance(value, dict) or "if" in value:
        return Entry(rule=json_tree.from_object(value))
    keys = [key for key in _RULE_KEYS if value.get(key)]
    if not keys:
        raise RuleError("an object without a rule")
    fields = {_FIELD_OF[k]: str(v) for k, v in value.items() if k in _FIELD_OF and v is not None}
    for name, text in fields.items():
        if _HALF.search(text):
            raise RuleError(f"half of a character in {name!r}")
    ignored.update(value.keys() - _FIELD_OF.keys() - {*_RULE_KEYS, "notation"})
    return Entry(rule=_rule(value[keys[0]], value.get("notation")), **fields)


def _rule(written: object, notation: object) -> Rule:
    if not isinstance(written, str):
        return json_tree.from_object(written)
    is_named = isinstance(notation, str) and notation in NOTATIONS
    return parse_rule(written, str(notation) if is_named else guess_notation(written))


def _values(text: str) -> Iterator[tuple[int, Any, str]]:
    """Yield line, value and reason: the reason is empty, or why there is no value."""
    scan = _Scan(text)
    in_array = scan.take("[")
    while not scan.is_at_end:
        line = scan.line
        if in_array and scan.take("]"):
            in_array = False
            if not scan.is_at_end:
                yield scan.line, None, "found more after the end of the array"
            return
        begin = scan.place
        value, reason = scan.value()
        yield line, value, reason
        if scan.place == begin and (in_array or not scan.go_to_next_line()):
            return
        if in_array and not (scan.take(",") or scan.sees("]")):
            yield scan.line, None, "expected ',' or ']' in the array"
            return
    if in_array:
        yield scan.line, None, "the array never ends"


class _Scan:
    """A place in a text of JSON values."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._decoder = json.JSONDecoder(object_pairs_hook=self._object, parse_int=self._integer)
        self._wrong = ""
        """What is first wrong with the value read last, though it is JSON."""
        self._counted, self._line = 0, 1
        self._place = 0
        self._skip_space()

    @property
    def place(self) -> int:
        """Offset in the text."""
        return self._place

    @property
    def is_at_end(self) -> bool:
        return self._place == len(self._text)

    @property
    def line(self) -> int:
        """Line of the place, from 1."""
        self._line += self._text.count("\n", self._counted, self._place)
        self._counted = self._place
        return self._line

    def sees(self, mark: str) -> bool:
        return self._text.startswith(mark, self._place)

    def take(self, mark: str) -> bool:
        """Step over a mark, if it is there."""
        found = self.sees(mark)
        if found:
            self._place += len(mark)
            self._skip_space()
        return found

    def value(self) -> tuple[Any, str]:
        """Step over a value and return it, or what is wrong; if there is no value, stay."""
        self._wrong = ""
        try:
            value, self._place = self._decoder.raw_decode(self._text, self._place)
        except json.JSONDecodeError as error:
            return None, f"column {error.colno}: {error.msg}, expected JSON"
        except RecursionError:
            return None, f"the rule is nested more than {MAX_DEPTH} deep"
        self._skip_space()
        return value, self._wrong

    def go_to_next_line(self) -> bool:
        """Go to the next line that begins with a value, if there is one."""
        match = _NEXT_LINE.search(self._text, self._place)
        self._place = match.end() if match else self._place
        return match is not None

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        try:
            return json_tree.object_of(pairs)
        except RuleSyntaxError as error:
            self._wrong = self._wrong or f"found {error.found}, expected {error.expected}"
            return {}

    def _integer(self, digits: str) -> int:
        try:
            return int(digits)
        except ValueError:  # Python reads no number of thousands of digits
            self._wrong = self._wrong or "found a number of thousands of digits"
            return 0

    def _skip_space(self) -> None:
        match = _SPACE.match(self._text, self._place)
        self._place = match.end() if match else self._place
