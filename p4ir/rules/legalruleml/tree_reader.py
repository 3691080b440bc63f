"""From the elements of a LegalRuleML rule back to the tree.

Reads what `tree_writer` writes and, beyond that, any rule that says nothing more than a
tree can hold. What a rule of ours has no counterpart for is refused by name, never
passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from p4ir.rules.builder import RuleBuilder
from p4ir.rules.legalruleml.names import (
    DEONTIC_TAGS,
    LOGIC_TAGS,
    STYLE_SEVERAL,
    XS,
    XSI,
    Name,
    name_of,
    short,
    tag_of,
)
from p4ir.rules.legalruleml.parsing import Fault
from p4ir.rules.legalruleml.tree_writer import NUMBER, QUANTITY
from p4ir.rules.tree import Rule, is_label

_COMMENT = tag_of("lrml:Comment")
_TYPE = f"{{{XSI}}}type"
_CONNECTIVES = {tag: label for label, tag in (LOGIC_TAGS | DEONTIC_TAGS).items()}
_NUMERIC = frozenset("decimal integer int long short double float nonNegativeInteger".split())
_XML = "{http://www.w3.org/XML/1998/namespace}"
_HARMLESS = frozenset({"key", _XML + "id", _XML + "lang", _XML + "space"})
_WRAPPED = re.compile(r"[ \t\r\n]*[\t\r\n][ \t\r\n]*")


class NoRuleError(Exception):
    """An element that is no part of a rule of ours."""

    def __init__(self, element: etree._Element, expected: str, found: str = "") -> None:
        self.fault = Fault(element, found or f"<{short(element.tag)}>", expected)
        super().__init__()


class RuleReader:
    """Reads `ruleml:Rule` elements of a document with these CURIE prefixes."""

    def __init__(self, prefixes: dict[str, str]) -> None:
        self._prefixes = prefixes
        self._build = RuleBuilder()
        self._formulas: dict[str, Callable[[etree._Element], None]] = {
            tag_of("ruleml:Atom"): self._read_atom,
            tag_of("ruleml:Forall"): self._read_forall,
            **dict.fromkeys(_CONNECTIVES, self._read_connective),
        }
        self._leaves: dict[str, Callable[[etree._Element], str]] = {
            tag_of("ruleml:Var"): _text,
            tag_of("ruleml:Ind"): _text,
            tag_of("ruleml:Data"): _data,
        }

    def read(self, rule: etree._Element) -> Rule:
        """Read a rule.

        Raises:
            NoRuleError: it says what no rule of ours can say.
            RuleError: it is too large or too deep.
        """
        self._build = RuleBuilder()
        headers = (_COMMENT, tag_of("lrml:Paraphrase"))
        parts = [child for child in rule if child.tag not in headers]
        for label, place in (("if", 0), ("then", 1)):
            tag = tag_of(f"ruleml:{label}")
            if len(parts) <= place or parts[place].tag != tag:
                raise NoRuleError(parts[place] if len(parts) > place else rule, f"<{short(tag)}>")
            self._read_part(label, parts[place])
        if len(parts) > 2:
            raise NoRuleError(parts[2], "the end of the rule")
        _check_attributes(rule)
        return self._build.build()

    def _read_part(self, label: str, part: etree._Element) -> None:
        _check_attributes(part)
        formulas = _children(part)
        if len(formulas) == 1 and formulas[0].get("style") == STYLE_SEVERAL:
            _check_attributes(formulas[0], "style")
            formulas = _children(formulas[0])
        elif len(formulas) > 1:
            raise NoRuleError(formulas[1], f"one formula in <{short(part.tag)}>")
        if not formulas:
            raise NoRuleError(part, "a formula", f"<{short(part.tag)}> without one")
        self._build.open(label)
        for formula in formulas:
            self._read_formula(formula)
        self._build.close()

    def _read_formula(self, element: etree._Element) -> None:
        read = self._formulas.get(element.tag)
        if read is None:
            raise NoRuleError(element, "Atom, And, Or, Neg, Forall or a deontic operator")
        _check_attributes(element)
        read(element)

    def _read_connective(self, element: etree._Element) -> None:
        label = _CONNECTIVES[element.tag]
        children = _children(element)
        if not children or (len(children) > 1 and label not in ("and", "or")):
            found = f"<{short(element.tag)}> with {len(children)} formulas"
            raise NoRuleError(element, "at least one" if not children else "one", found)
        self._build.open(label)
        for child in children:
            self._read_formula(child)
        self._build.close()

    def _read_forall(self, element: etree._Element) -> None:
        children = _children(element)
        if len(children) != 2 or children[0].tag != tag_of("ruleml:Var"):
            raise NoRuleError(element, "one Var and one formula", "<ruleml:Forall> with others")
        self._build.open("loop").open("forEach").leaf(_text(children[0])).close()
        self._read_formula(children[1])
        self._build.close()

    def _read_atom(self, element: etree._Element) -> None:
        children = _children(element)
        if not children or children[0].tag != tag_of("ruleml:Rel"):
            raise NoRuleError(element, "Rel first", "<ruleml:Atom> without it")
        label = self._functor(children[0])
        if len(children) == 1:
            self._build.leaf(label)
            return
        self._build.open(label)
        for child in children[1:]:
            self._read_term(child)
        self._build.close()

    def _functor(self, element: etree._Element) -> str:
        if "iri" not in element.attrib:
            return _text(element)
        name = self._name(element)
        if name.vocabulary != "function":
            raise NoRuleError(element, "a functor, with the prefix fn", f"iri={element.get('iri')}")
        return name.label

    def _name(self, element: etree._Element) -> Name:
        """Return what a Rel's or a Fun's IRI names."""
        _check_attributes(element, "iri")
        iri = element.get("iri", "")
        found = f"iri={iri!r}" if iri else f"<{short(element.tag)}> without iri"
        try:
            name = name_of(iri, self._prefixes)
        except UnicodeDecodeError:
            raise NoRuleError(element, "percent-encoded UTF-8", found) from None
        if name is None:
            raise NoRuleError(element, "a name in a vocabulary of p4ir", found)
        if not is_label(name.label):
            raise NoRuleError(element, "a name", found)
        if (element.text or "").strip():
            raise NoRuleError(element, "an iri alone", f"{found} with a text")
        return name

    def _read_term(self, element: etree._Element) -> None:
        if element.tag in self._leaves:
            self._build.leaf(self._leaves[element.tag](element))
            return
        if element.tag != tag_of("ruleml:Expr"):
            raise NoRuleError(element, "Var, Ind, Data or Expr")
        _check_attributes(element)
        fun, *arguments = _children(element) or [element]
        if fun.tag != tag_of("ruleml:Fun"):
            raise NoRuleError(element, "Fun first", "<ruleml:Expr> without it")
        name = self._name(fun) if "iri" in fun.attrib else Name("function", _text(fun))
        if name.vocabulary != "function":
            self._build.leaf(self._composite(element, name, arguments))
            return
        if not arguments:
            raise NoRuleError(element, "an argument", f"{name.label!r} without one")
        self._build.open(name.label)
        for argument in arguments:
            self._read_term(argument)
        self._build.close()

    def _composite(
        self, element: etree._Element, name: Name, arguments: list[etree._Element]
    ) -> str:
        """Return the label of a property, a quantity, a ratio or a range."""
        for argument in arguments:
            if argument.tag not in self._leaves:
                raise NoRuleError(argument, f"Var, Ind or Data for a name in {name.vocabulary}#")
        tags = [short(argument.tag).removeprefix("ruleml:") for argument in arguments]
        texts = [self._leaves[argument.tag](argument) for argument in arguments]
        label = _compose(name, tags, texts)
        if label is None or not is_label(label):
            found = f"<ruleml:Expr> of {name.vocabulary}:{name.label} with {', '.join(tags)}"
            raise NoRuleError(element, "a property, a quantity, a ratio or a range", found)
        return label


def _compose(name: Name, tags: list[str], texts: list[str]) -> str | None:
    match name.vocabulary, tags:
        case "entity", ["Var"]:
            return f"{texts[0]}.{name.label}"
        case "unit", ["Data"] if NUMBER.fullmatch(texts[0]):
            return f"{texts[0]} {name.label}"
        case "unit", ["Data", "Ind"]:
            # The second says how the quantity was written, and has to say the same.
            match = QUANTITY.fullmatch(texts[1])
            return texts[1] if match and (match[1], match[3]) == (texts[0], name.label) else None
        case "term", ["Data", "Data"] if name.label == "ratio":
            return "/".join(texts)
        case "term", ["Ind", "Ind"] if name.label == "range":
            return " to ".join(texts)
    return None


def _data(element: etree._Element) -> str:
    written = element.get(_TYPE)
    if written is None:
        return _text(element)
    prefix, _, name = written.strip().rpartition(":")
    is_xs = element.nsmap.get(prefix or None) == XS
    if is_xs and name == "string" and not len(element):
        # Not trimmed: white space within the quotation marks is the rule's own.
        _check_attributes(element, _TYPE)
        return _checked(element, f"'{element.text or ''}'")
    if not is_xs or name not in _NUMERIC:
        raise NoRuleError(element, "a number or a string", f"<ruleml:Data> of type {written}")
    return _text(element)


def _text(element: etree._Element) -> str:
    _check_attributes(element, "iri", _TYPE)
    if len(element):
        raise NoRuleError(element[0], f"text in <{short(element.tag)}>")
    # Labels have no line breaks: those come from a program that wraps lines.
    return _checked(element, _WRAPPED.sub(" ", element.text or "").strip())


def _checked(element: etree._Element, label: str) -> str:
    if not is_label(label):
        found = repr(label[:40]) if label else "nothing"
        raise NoRuleError(element, f"a name or a value in <{short(element.tag)}>", found)
    return label


def _children(element: etree._Element) -> list[etree._Element]:
    texts = [element.text, *(child.tail for child in element)]
    if any(text and text.strip() for text in texts):
        raise NoRuleError(element, "elements only", f"text in <{short(element.tag)}>")
    return [child for child in element if child.tag != _COMMENT]


def _check_attributes(element: etree._Element, *known: str) -> None:
    for name, value in element.attrib.items():
        is_default = (name, value) == ("closure", "universal")
        if name not in known and name not in _HARMLESS and not is_default:
            found = f"{short(str(name))} of <{short(element.tag)}>"
            raise NoRuleError(element, "no attribute that a rule cannot hold", found)
