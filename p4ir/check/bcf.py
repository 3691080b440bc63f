"""Findings as BCF 2.1, the format in which BIM programs exchange issues.

A topic for each element that fails, with all that it fails in, so that a reviewer goes
from element to element and not from message to message; a topic for each rule that could
not be decided, or that a person must judge, with all its elements; a topic for what was
not checked against, if there is any, so that silence is not taken for approval. Topics keep their
identity from one check to the next, so that a program that reads both files updates what
it has. There is no camera: without geometry nobody knows where to look from, and programs
zoom to the elements that are selected.

Source: github.com/buildingSMART/BCF-XML, release 2.1.
"""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from p4ir.check.facts import Building, Element
from p4ir.check.findings import Finding, Verdict
from p4ir.check.wording import explain
from p4ir.rules.tree import NOT_TEXT

if TYPE_CHECKING:
    from lxml.etree import _Element

AUTHOR = "p4ir"
MAX_SELECTED = 1000
"""Elements that a topic selects at most."""
MAX_TITLE = 200
_IFC_GUID = re.compile(r"[0-3][0-9A-Za-z_$]{21}")
"""What an IFC model calls an element: 128 bits in 64 characters of its own choice."""

_NAMESPACE = uuid.UUID("2c0d43a5-5b7c-4f5e-9f3e-4d0f2f3a9f61")
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of the files in the archive: the same findings give the same bytes."""
_TYPES: dict[Verdict, str] = {"fail": "Error", "unknown": "Request", "review": "Inquiry"}
_NOT_CHECKED = "Remark"
"""The type of the topic of what was not checked against."""
_VERSION = b"""<?xml version="1.0" encoding="UTF-8"?>
<Version VersionId="2.1"><DetailedVersion>2.1</DetailedVersion></Version>
"""


class Topic(NamedTuple):
    """An issue: findings that are dealt with together."""

    key: str
    """What tells it from the other topics of a building."""
    type: str
    """Its type as BCF has it."""
    title: str
    description: str
    findings: tuple[Finding, ...] = ()

    def elements_in(self, building: Building) -> tuple[Element, ...]:
        """Return what a BIM program can find of its findings, and of what they lack, each once."""
        found: dict[str, Element] = {}
        for finding in self.findings:
            lacking = (building.by_id.get(one.element) for one in finding.reason.missing)
            for element in (finding.element, *lacking):
                if element is not None and _IFC_GUID.fullmatch(element.global_id):
                    found.setdefault(element.id, element)
        return tuple(found.values())


def write_bcf(
    findings: Iterable[Finding],
    building: Building,
    left_out: Sequence[str] = (),
    *,
    at: datetime | None = None,
) -> bytes:
    """Write what is to be dealt with of some findings as a BCF archive.

    Args:
        findings: the findings; what passes or does not apply is left out.
        building: the building that was checked.
        left_out: what was not checked against, in a few words each.
        at: when it was checked; now if not given.
    """
    at = at or datetime.now(UTC)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
        _add(files, "bcf.version", _VERSION)
        _add(files, "project.bcfp", _project(building))
        for number, topic in enumerate(topics_of(findings, building, left_out), 1):
            guid = _guid(building, topic.key)
            selected = topic.elements_in(building)[:MAX_SELECTED]
            markup = _markup(topic, number, building, at, has_view=bool(selected))
            _add(files, f"{guid}/markup.bcf", markup)
            if selected:
                _add(files, f"{guid}/viewpoint.bcfv", _viewpoint(topic, building, selected))
    return archive.getvalue()


def topics_of(
    findings: Iterable[Finding], building: Building, left_out: Sequence[str] = ()
) -> Iterator[Topic]:
    """Gather findings into topics: failures first, by element, then the others by rule.

    What was not checked against is one topic, the last.
    """
    failed: defaultdict[str, list[Finding]] = defaultdict(list)
    open_: defaultdict[tuple[Verdict, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.verdict == "fail":
            failed[finding.element.id if finding.element else ""].append(finding)
        elif finding.verdict in _TYPES:
            open_[finding.verdict, finding.rule_id].append(finding)
    guids = Counter(element.global_id for element in building.elements)
    for id_, group in failed.items():
        element = group[0].element
        name = " ".join((*element.types[:1], element.name or element.id)) if element else "building"
        rules = ", ".join(dict.fromkeys(_rule_name(finding) for finding in group))
        guid = element.global_id if element else ""
        # What another element is called by too does not tell them apart.
        key = guid if guid and guids[guid] == 1 and guid not in building.by_id else id_
        yield _topic(f"fail {key}", "fail", f"{name} fails {rules}", group)
    for (verdict, rule_id), group in open_.items():
        what = "cannot be decided" if verdict == "unknown" else "needs a person's judgement"
        title = f"{_rule_name(group[0])} {what} ({len(group)})"
        yield _topic(f"{verdict} {rule_id}", verdict, title, group)
    if left_out:
        title = "Not checked against all rules; the description says what is left out"
        yield Topic("not checked", _NOT_CHECKED, title, "\n".join(left_out))


def _topic(key: str, verdict: Verdict, title: str, findings: list[Finding]) -> Topic:
    return Topic(key, _TYPES[verdict], title, _description(verdict, findings), tuple(findings))


def _rule_name(finding: Finding) -> str:
    entry = finding.entry
    return f"{entry.document} {entry.number}".strip() or finding.rule_id


def _description(verdict: Verdict, findings: list[Finding]) -> str:
    """Say what is to be dealt with, rule by rule."""
    lines: list[str] = []
    clause = ""
    for finding in findings:
        if finding.entry.clause != clause or verdict == "fail":
            clause = finding.entry.clause
            status = f" [{finding.entry.status}]" if finding.entry.status else ""
            lines.append(f"Rule {finding.rule_id}{status}: {clause}".rstrip(": "))
        element = finding.element
        who = f"{element.name or element.id}: " if element and verdict != "fail" else ""
        lines.append(f"  {who}{explain(finding)}")
    lines.append("Found by p4ir from a draft rule for expert review.")
    return "\n".join(lines)


def _project(building: Building) -> bytes:
    root = etree.Element("ProjectExtension")
    project = etree.SubElement(root, "Project", ProjectId=_guid(building, "project"))
    _text(project, "Name", building.name or building.source or "building")
    etree.SubElement(root, "ExtensionSchema")
    return _bytes(root)


def _markup(
    topic: Topic, number: int, building: Building, at: datetime, *, has_view: bool
) -> bytes:
    guid = _guid(building, topic.key)
    root = etree.Element("Markup")
    if building.source:
        header = etree.SubElement(root, "Header")
        _text(etree.SubElement(header, "File", isExternal="true"), "Filename", building.source)
    made = etree.SubElement(root, "Topic", Guid=guid, TopicType=topic.type, TopicStatus="Open")
    _text(made, "Title", topic.title[:MAX_TITLE])
    _text(made, "Index", str(number))
    _text(made, "CreationDate", at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _text(made, "CreationAuthor", AUTHOR)
    _text(made, "Description", topic.description)
    if has_view:
        viewpoints = etree.SubElement(root, "Viewpoints", Guid=_guid(building, f"{topic.key} view"))
        _text(viewpoints, "Viewpoint", "viewpoint.bcfv")
    return _bytes(root)


def _viewpoint(topic: Topic, building: Building, selected: Iterable[Element]) -> bytes:
    root = etree.Element("VisualizationInfo", Guid=_guid(building, f"{topic.key} view"))
    components = etree.SubElement(root, "Components")
    selection = etree.SubElement(components, "Selection")
    for element in selected:
        etree.SubElement(selection, "Component", IfcGuid=element.global_id)
    etree.SubElement(components, "Visibility", DefaultVisibility="true")
    return _bytes(root)


def _guid(building: Building, key: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{building.name}\n{key}"))


def _text(parent: _Element, name: str, text: str) -> None:
    # Line breaks stay; what XML cannot hold is no part of a sentence.
    etree.SubElement(parent, name).text = "\n".join(
        NOT_TEXT.sub("�", line) for line in text.split("\n")
    )


def _bytes(root: _Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _add(files: zipfile.ZipFile, name: str, data: bytes) -> None:
    files.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
