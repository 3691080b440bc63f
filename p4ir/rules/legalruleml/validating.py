"""Is a LegalRuleML document valid? The checks that the schema leaves out, and the schema.

The schema is the user's, by its path: the OASIS files, unmodified, which this package
does not carry. Nothing is fetched. What it imports from w3.org is answered from here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree

from p4ir.errors import NotationError
from p4ir.rules.legalruleml.names import LRML, RULEML, prefixes_of, short, tag_of
from p4ir.rules.legalruleml.parsing import Document, Fault, Problem, parse_xml

_SCHEMA_FILES = ("compact/lrml-compact.xsd", "lrml-compact.xsd")
_XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
_FROM_W3C = {
    "http://www.w3.org/2009/01/xml.xsd": f"""
        <xs:schema {_XS} targetNamespace="http://www.w3.org/XML/1998/namespace">
          <xs:attribute name="base" type="xs:anyURI"/>
          <xs:attribute name="id" type="xs:ID"/>
          <xs:attribute name="lang" type="xs:language"/>
          <xs:attribute name="space" type="xs:NCName"/>
        </xs:schema>""",
    "http://www.w3.org/2001/XMLSchema-datatypes": f"""
        <xs:schema {_XS} targetNamespace="http://www.w3.org/2001/XMLSchema-datatypes"/>""",
}
_IDENTIFIERS = ("key", "refersTo")
_NEVER_EMPTY = {
    tag_of(name): "something in it"
    for name in (
        "lrml:LegalRuleML lrml:Statements lrml:LegalReferences lrml:References lrml:Associations "
        "lrml:Obligation lrml:Permission lrml:Prohibition lrml:Right ruleml:Or ruleml:then"
    ).split()
}


def validate(source: str | bytes | Document, schema: str | Path | None = None) -> list[Problem]:
    """Return what is wrong with a document, in the order of its lines.

    Args:
        source: the document.
        schema: `lrml-compact.xsd` of the standard, or the folder that holds it; without
            it, only the checks that no schema makes.

    Raises:
        RuleSyntaxError: it is no XML that is safe to read.
        RuleError: it is larger than `MAX_BYTES`.
        NotationError: there is no schema at that place, or it cannot be loaded.
    """
    document = source if isinstance(source, Document) else parse_xml(source)
    faults = list(_structural_faults(document.root))
    if schema is not None:
        faults.extend(_schema_faults(document.root, _schema_file(Path(schema))))
    return document.locate(faults)


def _structural_faults(root: etree._Element) -> Iterator[Fault]:
    keys = Counter(key for _, key in _identifiers(root))
    repeated = {key for key, count in keys.items() if count > 1}
    for element, key in _identifiers(root):
        if key in repeated:
            yield Fault(element, f"key {key!r} {keys[key]} times", "keys that are unique")
    prefixes = set(prefixes_of(root))
    for element in root.iter(f"{{{LRML}}}*", f"{{{RULEML}}}*"):
        yield from _content_faults(element)
        keyref = element.get("keyref")
        if keyref is not None and keyref.lstrip("#:") not in keys:
            yield Fault(element, f"keyref {keyref!r}", "the key of an element of this document")
        iri = element.get("iri", "")
        if " " in iri:
            yield Fault(element, f"iri {iri!r}", "no space; %20 stands for one")
        prefix, colon, local = iri.partition(":")
        if colon and prefix not in prefixes and not _is_scheme(prefix, local):
            yield Fault(element, f"prefix {prefix!r} of {iri!r}", "a prefix that is declared")


def _identifiers(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    for element in root.iter(f"{{{LRML}}}*", f"{{{RULEML}}}*"):
        for name in _IDENTIFIERS:
            if key := element.get(name):
                yield element, key.lstrip(":")


def _is_scheme(prefix: str, local: str) -> bool:
    return local.startswith("//") or prefix in ("urn", "tag", "mailto", "info", "doi")


def _content_faults(element: etree._Element) -> Iterator[Fault]:
    name = f"<{short(element.tag)}>"
    tags = [child.tag for child in element if child.tag != tag_of("lrml:Comment")]
    if not tags and element.tag in _NEVER_EMPTY and "keyref" not in element.attrib:
        yield Fault(element, f"{name} without content", _NEVER_EMPTY[element.tag])
    if element.tag == tag_of("lrml:Association") and tag_of("lrml:toTarget") not in tags:
        yield Fault(element, f"{name} without <lrml:toTarget>", "what the source applies to")
    if element.tag == tag_of("ruleml:Rule") and tag_of("ruleml:if") not in tags:
        yield Fault(element, f"{name} without <ruleml:if>", "a condition, if only <ruleml:And/>")


def _schema_faults(root: etree._Element, path: Path) -> Iterator[Fault]:
    schema = _load_schema(path, path.stat().st_mtime_ns)
    if schema.validate(root):
        return
    named = {prefix: iri for prefix, iri in root.nsmap.items() if prefix}
    errors: Any = schema.error_log
    for error in errors:
        # By its path, since the log keeps lines in 16 bits.
        found: Any = error.path and root.getroottree().xpath(error.path, namespaces=named)
        yield Fault(found[0] if found else root, short(error.message), "what the schema allows")


def _schema_file(path: Path) -> Path:
    candidates = [path / name for name in _SCHEMA_FILES] if path.is_dir() else [path]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise NotationError(f"{path}: no schema there; give lrml-compact.xsd of LegalRuleML 1.0")


@lru_cache(maxsize=2)
def _load_schema(path: Path, changed: int) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Resolver())
    try:
        return etree.XMLSchema(etree.parse(str(path), parser))
    except (etree.XMLSyntaxError, etree.XMLSchemaParseError, OSError) as error:
        raise NotationError(f"{path}: no schema that can be loaded: {error}") from None


class _Resolver(etree.Resolver):
    """Answers what the schema imports from w3.org."""

    def resolve(self, system_url: str, public_id: str, context: Any = None) -> Any:
        """Return a schema for a known address, nothing for a file beside the schema."""
        text = _FROM_W3C.get(system_url)
        answer: Any = self.resolve_string
        return None if text is None else answer(text.strip(), context)
