"""Read XML that nobody vouches for: no DTD, no entities, no network, no giants."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from typing import Any, NamedTuple
from xml.parsers import expat

from lxml import etree

from p4ir.errors import RuleError, RuleSyntaxError
from p4ir.rules.entry import MAX_BYTES

_DOCTYPE = re.compile(rb"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
_MAX_SOURCELINE = 65_535  # libxml2 keeps the line of an element in 16 bits


class Problem(NamedTuple):
    """Something wrong with a document."""

    line: int
    """Counted from 1."""
    found: str
    expected: str

    def __str__(self) -> str:
        return f"line {self.line}: found {self.found}, expected {self.expected}"


class Fault(NamedTuple):
    """A problem whose place is still an element."""

    element: etree._Element
    found: str
    expected: str


class Document(NamedTuple):
    """A parsed document, with the bytes that it was parsed from."""

    root: etree._Element
    data: bytes
    encoding: str | None
    """The encoding of the bytes if it is not the document's to say."""

    def locate(self, faults: Iterable[Fault]) -> list[Problem]:
        """Return faults as problems, in the order of the document."""
        faults = list(faults)
        lines = self._lines([fault.element for fault in faults])
        problems = [Problem(line, f[1], f[2]) for f, line in zip(faults, lines, strict=True)]
        return sorted(problems, key=lambda problem: problem.line)

    def _lines(self, elements: list[etree._Element]) -> list[int]:
        lines = [line_of(element) for element in elements]
        if not any(line >= _MAX_SOURCELINE for line in lines):
            return lines
        wanted = set(elements)
        found = {
            element: line
            for element, line in zip(self.root.iter("*"), self._all_lines(), strict=True)
            if element in wanted
        }
        return [found[element] for element in elements]

    def _all_lines(self) -> list[int]:
        """Return the line of each element, in the order of the document."""
        lines: list[int] = []
        parser = expat.ParserCreate(self.encoding)
        parser.StartElementHandler = lambda *_: lines.append(parser.CurrentLineNumber)
        parser.Parse(self.data, True)
        return lines


def line_of(element: etree._Element) -> int:
    """Return the line of an element; exact up to 65 534."""
    line: Any = element.sourceline
    return int(line or 1)


def parse_xml(source: str | bytes) -> Document:
    """Parse a document of any origin.

    Raises:
        RuleSyntaxError: it is no well-formed XML, or has a document type declaration.
        RuleError: it is larger than `MAX_BYTES`.
    """
    if len(source) > MAX_BYTES:
        raise RuleError(f"the document has more than {MAX_BYTES // 2**20} MB; split it")
    encoding = "utf-8" if isinstance(source, str) else None
    data = source.encode(errors="replace") if isinstance(source, str) else source
    data = data.removeprefix(codecs.BOM_UTF8)
    # Before anything is parsed: entities in attributes would be expanded regardless.
    if match := _DOCTYPE.match(data):
        raise _no_doctype(data[: match.end()].count(b"\n") + 1)
    parser = etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        # Some positions that libxml2 gives lie beyond the line or the text.
        lines = data.decode(errors="replace").split("\n")
        line = min(max(line, 1), len(lines))
        column = min(max(column, 1), len(lines[line - 1]) + 1)
        found = " ".join(str(error.msg).split())[:160]
        # libxml2 advises programmers here, and has no user's way out.
        found = "elements nested too deep" if "XML_PARSE_HUGE" in found else found
        raise RuleSyntaxError(line=line, column=column, found=found, expected="XML") from None
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype:  # in an encoding that the pattern did not see
        raise _no_doctype(1)
    return Document(root, data, encoding)


def _no_doctype(line: int) -> RuleSyntaxError:
    return RuleSyntaxError(
        line=line, column=1, found="a document type declaration", expected="none, nor any entity"
    )
