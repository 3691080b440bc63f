"""The entries of a LegalRuleML document.

A statement that is no rule of ours is a problem with its line and its element; the
others are read all the same, and whoever asked decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lxml import etree

from p4ir.errors import RuleError, RuleSyntaxError
from p4ir.rules.entry import Entry
from p4ir.rules.legalruleml.names import KEY_OF_NAMELESS, LRML, prefixes_of, short, tag_of
from p4ir.rules.legalruleml.parsing import Document, Fault, Problem, line_of, parse_xml
from p4ir.rules.legalruleml.tree_reader import NoRuleError, RuleReader

_STATEMENTS = (tag_of("lrml:PrescriptiveStatement"), tag_of("lrml:ConstitutiveStatement"))
_COMMENT, _RULE = tag_of("lrml:Comment"), tag_of("ruleml:Rule")

Sources = dict[str, list[tuple[str, str]]]
"""Key of a statement: document and number of each clause that it comes from."""


class Entries(NamedTuple):
    """What a document holds."""

    entries: list[Entry]
    problems: list[Problem]
    """The statements that are no rules of ours, and why."""


def read_document(source: str | bytes | Document) -> Entries:
    """Read the rules of a LegalRuleML document.

    Raises:
        RuleSyntaxError: it is no LegalRuleML, or no XML that is safe to read.
        RuleError: it is larger than `MAX_BYTES`.
    """
    document = source if isinstance(source, Document) else parse_xml(source)
    root = document.root
    if root.tag != tag_of("lrml:LegalRuleML"):
        raise RuleSyntaxError(
            line=line_of(root),
            column=1,
            found=f"<{short(root.tag)}>",
            expected=f"<lrml:LegalRuleML> of {LRML}",
        )
    reader, sources = RuleReader(prefixes_of(root)), _sources(root)
    entries, faults = [], []
    for statement in root.iter(f"{{{LRML}}}*"):
        if not statement.tag.endswith("Statement"):
            continue
        try:
            entries.append(_read_statement(statement, reader, sources))
        except NoRuleError as error:
            faults.append(error.fault)
        except RuleError as error:
            faults.append(Fault(statement, str(error), "a smaller rule"))
    return Entries(entries, document.locate(faults))


def _read_statement(statement: etree._Element, reader: RuleReader, sources: Sources) -> Entry:
    if statement.tag not in _STATEMENTS:
        raise NoRuleError(statement, "a prescriptive or a constitutive statement")
    content = [child for child in statement if child.tag != _COMMENT]
    if len(content) != 1 or content[0].tag != _RULE:
        wrong = next((child for child in content if child.tag != _RULE), statement)
        raise NoRuleError(wrong, f"one <ruleml:Rule> in <{short(statement.tag)}>")
    key = statement.get("key", "")
    comment = statement.find(_COMMENT)
    provenance = None if comment is None else comment.find(tag_of("p4ir:provenance"))
    about = {} if provenance is None else {str(k): str(v) for k, v in provenance.items()}
    clauses = sources.get(key, [])
    return Entry(
        rule=reader.read(content[0]),
        id=about.get("id", "" if KEY_OF_NAMELESS.fullmatch(key) else key),
        clause="" if comment is None else comment.findtext(tag_of("p4ir:clause"), ""),
        document=_joined(document for document, _ in clauses),
        number=_joined(number for _, number in clauses),
        paraphrase=content[0].findtext(tag_of("lrml:Paraphrase"), ""),
        model=about.get("model", ""),
        adapter=about.get("adapter", ""),
        status=about.get("status", ""),
    )


def _sources(root: etree._Element) -> Sources:
    clauses = {
        reference.get("refersTo", ""): (
            reference.get("refIDSystemName", ""),
            reference.get("refID", ""),
        )
        for reference in root.iter(tag_of("lrml:LegalReference"))
    }
    sources: Sources = {}
    for association in root.iter(tag_of("lrml:Association")):
        applied = association.findall(tag_of("lrml:appliesSource"))
        found = [clauses[key] for a in applied if (key := a.get("keyref", "")[1:]) in clauses]
        for target in association.iter(tag_of("lrml:toTarget")):
            sources.setdefault(target.get("keyref", "")[1:], []).extend(found)
    return sources


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))
