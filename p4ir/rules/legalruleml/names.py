"""Namespaces of LegalRuleML, and how a label becomes part of an IRI.

A name of a rule's own stands in one of four vocabularies, each with a prefix: `fn` for
functors, `entity` for properties, `unit` for units, and `term` for the few names that
this mapping itself needs. A vocabulary is recognised by the end of its IRI, so that
an office may publish its own below its own address.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, unquote

from lxml import etree

LRML = "http://docs.oasis-open.org/legalruleml/ns/v1.0/"
RULEML = "http://ruleml.org/spec"
XS = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
BASE = "https://github.com/p4ir/p4ir/"
PROVENANCE = BASE + "provenance#"

NAMESPACES = {
    None: BASE + "document#",
    "lrml": LRML,
    "ruleml": RULEML,
    "xs": XS,
    "xsi": XSI,
    "p4ir": PROVENANCE,
}
"""XML prefix: namespace. The default one is what the CURIEs that begin with `:` name."""

VOCABULARIES = {
    "fn": BASE + "function#",
    "entity": BASE + "entity#",
    "unit": BASE + "unit#",
    "term": BASE + "term#",
}
"""CURIE prefix: vocabulary, as `lrml:Prefix` declares them."""

DEONTIC_TAGS = {
    "obligation": f"{{{LRML}}}Obligation",
    "permission": f"{{{LRML}}}Permission",
    "prohibition": f"{{{LRML}}}Prohibition",
}
LOGIC_TAGS = {"and": f"{{{RULEML}}}And", "or": f"{{{RULEML}}}Or", "not": f"{{{RULEML}}}Neg"}

KEY_OF_NAMELESS = re.compile(r"rule-[0-9]+")
"""The key of a statement whose rule has no id of its own."""

STYLE_SEVERAL = "term:several"
"""`style` of an `And` that only bundles several conditions or conclusions."""

_VOCABULARY = re.compile(r".*/p4ir/(function|entity|unit|term)#(.*)", re.DOTALL)
_UNSAFE = re.compile(r"[^\w.+/-]|^/")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Name(NamedTuple):
    """What an IRI names."""

    vocabulary: str
    """`function`, `entity`, `unit` or `term`."""
    label: str


def tag_of(name: str) -> str:
    """Return a tag as lxml writes it for a name with one of our XML prefixes.

    >>> tag_of("ruleml:Atom")
    '{http://ruleml.org/spec}Atom'
    """
    prefix, _, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def short(tag: str) -> str:
    """Return a tag or an attribute's name with its usual prefix, for messages."""
    for prefix, namespace in NAMESPACES.items():
        if prefix:
            tag = tag.replace(f"{{{namespace}}}", f"{prefix}:")
    return tag.replace("{http://www.w3.org/XML/1998/namespace}", "xml:")


def curie(prefix: str, label: str) -> str:
    """Return the CURIE of a label, with the characters that no IRI holds percent-encoded.

    >>> curie("unit", "kg/m2"), curie("fn", "a b")
    ('unit:kg/m2', 'fn:a%20b')
    """
    return f"{prefix}:{_UNSAFE.sub(_percent, label)}"


def prefixes_of(root: etree._Element) -> dict[str, str]:
    """Return the CURIE prefixes that a document declares, with what they stand for."""
    declared = {
        prefix.get("pre", ""): prefix.get("refID", "")
        for prefix in root.iter(tag_of("lrml:Prefix"))
    }
    return {prefix or "": iri for prefix, iri in root.nsmap.items()} | declared


def name_of(iri: str, prefixes: dict[str, str]) -> Name | None:
    """Return what an IRI or a CURIE names; `None` if it is in no vocabulary of ours.

    Raises:
        UnicodeDecodeError: its percent-encoding is no UTF-8.
    """
    prefix, colon, local = iri.partition(":")
    if colon and prefix in prefixes:
        iri = prefixes[prefix] + local
    match = _VOCABULARY.fullmatch(iri)
    return Name(match[1], unquote(match[2], errors="strict")) if match else None


def as_xml_text(text: str) -> str:
    """Return free text with the characters that XML cannot hold replaced by U+FFFD."""
    return _NOT_XML.sub("\ufffd", text)


def _percent(match: re.Match[str]) -> str:
    return quote(match[0], safe="")
