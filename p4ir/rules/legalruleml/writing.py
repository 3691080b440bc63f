"""A LegalRuleML document of rules, from entries.

Each rule is a statement: prescriptive if its conclusion obliges, permits or prohibits,
constitutive if not. Clauses of the law are `LegalReferences`, joined to statements by
`Associations`; the documents that rules themselves refer to are `References`. What a
rule was made from, and by what, stands in the statement's `Comment`; the rule in plain
English in the rule's `Paraphrase`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from p4ir import __version__
from p4ir.errors import RuleError
from p4ir.rules.entry import Entry
from p4ir.rules.legalruleml.names import (
    KEY_OF_NAMELESS,
    NAMESPACES,
    VOCABULARIES,
    as_xml_text,
    tag_of,
)
from p4ir.rules.legalruleml.tree_writer import TreeWriter
from p4ir.rules.tree import Node
from p4ir.rules.vocabulary import DEONTICS

_NO_KEY = re.compile(r"[^A-Za-z0-9_.-]+")


def format_document(entries: Iterable[Entry]) -> str:
    """Write rules as one document, in compact serialisation.

    Raises:
        RuleError: a rule is not `if(…),then(…)`.
    """
    entries = list(entries)
    keys = _Keys()
    root = etree.Element(tag_of("lrml:LegalRuleML"), nsmap=NAMESPACES)  # type: ignore[arg-type]
    etree.SubElement(root, tag_of("lrml:Comment")).text = f"Written by p4ir {__version__}."
    for prefix, vocabulary in VOCABULARIES.items():
        etree.SubElement(root, tag_of("lrml:Prefix"), pre=prefix, refID=vocabulary)
    statement_keys = _statement_keys(entries, keys)
    references = _References(keys)
    statements = etree.Element(tag_of("lrml:Statements"))
    writer = TreeWriter(references.key_of)
    for entry, key in zip(entries, statement_keys, strict=True):
        _add_statement(statements, entry, key, writer)
    legal_references, associations = _link_sources(entries, statement_keys, keys)
    # The order is the schema's; it wants no category empty.
    parts = (legal_references, references.element, associations, statements)
    root.extend(part for part in parts if len(part))
    etree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{etree.tostring(root, encoding="unicode")}\n'


class _Keys:
    """Gives out keys that are XML names, each once."""

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._last: dict[str, int] = {}

    def new(self, wanted: str) -> str:
        """Return a key that is `wanted`, or like it."""
        stem = _NO_KEY.sub("-", wanted)
        if not (stem[0].isalpha() or stem[0] == "_"):
            stem = f"k-{stem.strip('-')}"
        key = stem
        while key in self._used:
            self._last[stem] = self._last.get(stem, 1) + 1
            key = f"{stem}-{self._last[stem]}"
        self._used.add(key)
        return key

    def is_used(self, key: str) -> bool:
        """Say whether a key was given out."""
        return key in self._used


def _statement_keys(entries: list[Entry], keys: _Keys) -> list[str]:
    """Return the key of each rule: its id or, where it has none, its number or one that is free.

    The ids go first: a number with something behind it would come back as an id.
    """
    given = [keys.new(entry.id) if entry.id else "" for entry in entries]
    for place, key in enumerate(given):
        number = place + 1
        while not key and keys.is_used(f"rule-{number}"):
            number += len(entries)
        given[place] = key or keys.new(f"rule-{number}")
    return given


class _References:
    """The documents that rules refer to."""

    def __init__(self, keys: _Keys) -> None:
        self.element = etree.Element(tag_of("lrml:References"))
        self._keys = keys
        self._key_of: dict[str, str] = {}

    def key_of(self, document: str) -> str:
        """Return the key of a document, which is listed from then on."""
        if document not in self._key_of:
            key = self._key_of[document] = self._keys.new(f"ref-{document}")
            attributes = {"refersTo": key, "refID": document}
            etree.SubElement(self.element, tag_of("lrml:Reference"), attributes)
        return self._key_of[document]


def _link_sources(
    entries: list[Entry], statement_keys: list[str], keys: _Keys
) -> tuple[etree._Element, etree._Element]:
    """Return the clauses that rules come from, and which rule comes from which."""
    targets: dict[tuple[str, str], list[str]] = {}
    for entry, key in zip(entries, statement_keys, strict=True):
        if entry.document or entry.number:
            targets.setdefault((entry.document, entry.number), []).append(key)
    references = etree.Element(tag_of("lrml:LegalReferences"))
    associations = etree.Element(tag_of("lrml:Associations"))
    for (document, number), statements in targets.items():
        source = keys.new(f"src-{document}-{number}")
        named = {"refID": as_xml_text(number), "refIDSystemName": as_xml_text(document)}
        attributes = {"refersTo": source} | {name: text for name, text in named.items() if text}
        etree.SubElement(references, tag_of("lrml:LegalReference"), attributes)
        association = etree.SubElement(associations, tag_of("lrml:Association"))
        etree.SubElement(association, tag_of("lrml:appliesSource"), keyref=f"#{source}")
        for statement in statements:
            etree.SubElement(association, tag_of("lrml:toTarget"), keyref=f"#{statement}")
    return references, associations


def _add_statement(statements: etree._Element, entry: Entry, key: str, writer: TreeWriter) -> None:
    if not entry.rule.is_complete:
        raise RuleError("only a rule of the form if(…),then(…) can be written as LegalRuleML")
    condition, conclusion = entry.rule.root.children
    kind = "Prescriptive" if _is_deontic(conclusion) else "Constitutive"
    statement = etree.SubElement(statements, tag_of(f"lrml:{kind}Statement"), key=key)
    _add_comment(statement, entry, key)
    rule = etree.SubElement(statement, tag_of("ruleml:Rule"), closure="universal")
    if entry.paraphrase:
        etree.SubElement(rule, tag_of("lrml:Paraphrase")).text = as_xml_text(entry.paraphrase)
    for part in (condition, conclusion):
        element = etree.SubElement(rule, tag_of(f"ruleml:{part.label}"))
        writer.write_part(element, part.children)


def _is_deontic(conclusion: Node) -> bool:
    """Say whether anything is obliged, permitted or prohibited below a node."""
    tree = conclusion.tree
    return any(
        tree.labels[number] in DEONTICS and tree.arities[number]
        for number in range(conclusion.number, conclusion.end)
    )


def _add_comment(statement: etree._Element, entry: Entry, key: str) -> None:
    """Say where the rule comes from, in an element of our own, which a comment may hold."""
    about = {name: getattr(entry, name) for name in ("id", "model", "adapter", "status")}
    if entry.id == key and not KEY_OF_NAMELESS.fullmatch(key):
        del about["id"]
    attributes = {name: as_xml_text(text) for name, text in about.items() if text}
    if not attributes and not entry.clause:
        return
    comment = etree.SubElement(statement, tag_of("lrml:Comment"))
    if attributes:
        etree.SubElement(comment, tag_of("p4ir:provenance"), attributes)
    if entry.clause:
        etree.SubElement(comment, tag_of("p4ir:clause")).text = as_xml_text(entry.clause)
