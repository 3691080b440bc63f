"""Mend the text of a skeleton as a language model breaks it, so that `ast` can parse it.

The text is read as tokens. Each is kept, mended or dropped by what may follow what: an
operand, an operator, a comma or a bracket. What comes out is the function anew, with
the place of each token in the text that came in.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from p4ir.counting import counted
from p4ir.errors import RuleSyntaxError
from p4ir.rules.notation import Repairs
from p4ir.rules.tree import is_label

_TOKEN = re.compile(
    r"""(?P<operand>"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|-?\d+(?:\.\d+)?)
    |(?P<operator>(?:and|or)\b|[<>]=?|==)
    |(?P<not>not\b)
    |(?P<word>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
    |(?P<mark>[(),:])
    |(?P<line>\n[ \t]*)
    |(?P<comment>\#[^\n]*)
    |(?P<junk>\S)""",
    re.VERBOSE,
)
_NEVER = re.compile(r"[(),\t]")
_HEAD = re.compile(r"^([ \t]*)def\s+\w+\s*\(\s*\)\s*:\s*(?=if\b)", re.MULTILINE)
_IF = re.compile(r"^([ \t]*)if\b", re.MULTILINE)


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    """Offset in the text that came in."""
    length: int


class Mended(NamedTuple):
    """A skeleton that Python can parse."""

    text: str
    repairs: tuple[str, ...]
    places: dict[int, tuple[int, int]]
    """Offset of a token in `text`: where it starts and ends in the text that came in."""

    def original_spans(self, spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        """Return where in the text that came in these tokens stood."""
        found = []
        for start, end in spans:
            first, last = self.places.get(start, (0, 0))
            found.append((first, last if end > start else first))
        return tuple(found)


def mend(text: str) -> Mended:
    """Mend a skeleton.

    Raises:
        RuleSyntaxError: there is no `if`, no condition or no conclusion.
    """
    head = _HEAD.search(text)
    match = head or _IF.search(text)
    if match is None:
        raise RuleSyntaxError(line=1, column=1, found=repr(text[:40]), expected="'def rule():'")
    repairs = Repairs()
    repairs.note_if(bool(text[: match.start()].strip()), "cut text before the rule")
    repairs.note_if(head is None, "added 'def rule():'")
    start = match.end() if head else match.end() - len("if")
    mender = _Mender(repairs, len(match[1]))
    for token in _scan(text, start + len("if")):
        if mender.is_done(token):
            repairs.note("cut text after the rule")
            break
        mender.read(token)
    mender.end_statement()
    return _assemble(text, start, mender.statements, repairs)


def _assemble(text: str, start: int, statements: list[list[_Token]], repairs: Repairs) -> Mended:
    if len(statements) < 2:
        line = text.count("\n") + 1
        expected = "a conclusion" if statements else "a condition"
        raise RuleSyntaxError(line=line, column=1, found="the end of the text", expected=expected)
    out = "def rule():\n    "
    places = {len(out): (start, start + len("if"))}
    out += "if"
    for number, statement in enumerate(statements):
        out += "\n       " if number else ""
        for token in statement:
            out += " "
            places[len(out)] = (token.start, token.start + token.length)
            out += token.text
        out += "" if number else ":"
    return Mended(out, repairs.found or ("mended the layout",), places)


class _Mender:
    """Takes tokens after `if` and gathers the condition and the statements."""

    def __init__(self, repairs: Repairs, indent: int) -> None:
        self.statements: list[list[_Token]] = []
        """The condition, then the statements that were ended so far."""
        self._repairs = repairs
        self._indent = indent
        self._out: list[_Token] = []
        self._open: list[int] = []  # place in `_out` of each open bracket
        self._wants_operand = True
        self._line_indent: int | None = None  # of the line that begins here

    def is_done(self, token: _Token) -> bool:
        """Say whether a token stands after the rule."""
        if self._line_indent is None or token.kind == "line" or not self.statements:
            return False
        is_statement = keyword.iskeyword(token.text) and token.kind == "word"
        is_outside = self._line_indent <= self._indent
        goes_on = bool(self._open) and token.kind in ("mark", "operator")
        return (is_outside or is_statement) and not goes_on

    def read(self, token: _Token) -> None:
        if token.kind == "line":
            self._line_indent = len(token.text) - 1
            return
        is_empty = token.kind == "operand" and not token.text.strip("\"' ")
        is_operand = token.kind in ("operand", "word", "not") and not is_empty
        follows = self._line_indent is not None and not self._open and not self._wants_operand
        if follows and (is_operand or token.text == "("):
            self._repairs.note_if(not self.statements, "added a colon")
            self.end_statement()
        if is_operand:
            self._read_operand(token)
        elif token.kind == "operator" or token.text == ",":
            self._read_separator(token)
        elif token.text == "(":
            self._open_bracket(token)
        elif token.text == ")":
            self._close_bracket(token)
        elif token.text == ":" and not self.statements:
            self.end_statement()
        elif token.kind != "comment":
            self._repairs.note("dropped what is no name")
        if token.kind != "comment":
            self._line_indent = None

    def _read_operand(self, token: _Token) -> None:
        if not self._wants_operand and self._open and self._line_indent is None:
            self._repairs.note("added a comma")
            self._out.append(_Token("mark", ",", token.start, 0))
        elif not self._wants_operand:
            self._repairs.note("added a line break" if self.statements else "added a colon")
            self.end_statement()
        self._out.append(self._mended(token))
        self._wants_operand = token.kind == "not"

    def _mended(self, token: _Token) -> _Token:
        if token.kind == "word":
            parts = token.text.split(".")
            text = ".".join(f"{p}_" if keyword.iskeyword(p) else p for p in parts)
            self._repairs.note_if(text != token.text, f"wrote '{text}' for '{token.text}'")
            return token._replace(text=text)
        text = _mend_string(token.text)
        self._repairs.note_if(text != token.text, "mended a string")
        return token._replace(text=text)

    def _read_separator(self, token: _Token) -> None:
        if self._wants_operand:
            self._repairs.note("dropped what had no operand")
            return
        self._out.append(token)
        self._wants_operand = True

    def _open_bracket(self, token: _Token) -> None:
        is_call = bool(self._out) and self._out[-1].kind in ("word", "operand")
        if not is_call and not self._wants_operand:
            self._repairs.note("dropped a bracket without a name")
            return
        self._open.append(len(self._out))
        self._out.append(token)
        self._wants_operand = True

    def _close_bracket(self, token: _Token) -> None:
        if not self._open:
            self._repairs.note("dropped a closing bracket")
            return
        self._close(token)

    def _close(self, token: _Token) -> bool:
        """Close the innermost bracket; one around nothing is dropped, with its name."""
        start = self._open.pop()
        if len(self._out) > start + 1 and self._out[-1].text == ",":
            self._out.pop()  # Python lets the last argument have one
            self._wants_operand = False
        self._drop_separators(start + 1)
        if len(self._out) > start + 1:
            self._out.append(token)
            return True
        self._out.pop()
        if self._out and self._out[-1].kind in ("word", "operand"):
            self._repairs.note(f"dropped '{self._out.pop().text}' without arguments")
        self._wants_operand = True
        return False

    def _drop_separators(self, start: int) -> None:
        """Drop what still wants an operand at the end of what was read."""
        while self._wants_operand and len(self._out) > start:
            self._repairs.note("dropped what had no operand")
            self._out.pop()
            last = self._out[-1] if len(self._out) > start else None
            self._wants_operand = (
                last is None or last.kind in ("operator", "not") or (last.text == ",")
            )

    def end_statement(self) -> None:
        """Close what is open, and begin anew."""
        closed = 0
        while self._open:
            closed += self._close(_Token("mark", ")", 0, 0))
        self._repairs.note_if(closed > 0, f"closed {counted(closed, 'bracket')}")
        self._drop_separators(0)
        if self._out:
            self.statements.append(self._out)
        self._out, self._wants_operand = [], True


def _scan(text: str, start: int) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text, start):
        yield _Token(str(match.lastgroup), match[0], match.start(), len(match[0]))


def _mend_string(text: str) -> str:
    """Close a string literal, and take out what no label holds; a number stays as it is."""
    quote = text[0]
    if quote not in "\"'":
        return text
    is_closed = len(text) > 1 and text[-1] == quote
    label = text[1:-1] if is_closed else text[1:].rstrip("\\")
    if "\\" not in label and not is_label(label):
        is_quoted = label.lstrip().startswith("'")
        label = "'" + label.replace("'", "") + "'" if is_quoted else _NEVER.sub(" ", label)
    return f"{quote}{label.strip()}{quote}"
