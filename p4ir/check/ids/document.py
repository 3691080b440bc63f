"""Write rules as one document of IDS 1.0, and say of each other rule why it is not in it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from p4ir import __version__
from p4ir.check.ids.claims import Claim, Claims, Words, read_claims
from p4ir.check.ids.facets import Classes, Facets, classes_of, entity, schemas_with
from p4ir.check.ids.refusals import Refusal, RefusedError
from p4ir.check.ifc.mapping import IfcMapping, default_mapping
from p4ir.check.kinds import ANYTHING
from p4ir.errors import ExtraError
from p4ir.rules.entry import Entry
from p4ir.rules.notation import format_rule
from p4ir.rules.tree import NOT_TEXT

if TYPE_CHECKING:
    from ifctester.ids import Specification

TITLE = "Requirements of a building code"


class Refused(NamedTuple):
    """A rule that is not in the document."""

    number: int
    """Its place among the rules or in their file, from 1."""
    entry: Entry
    refusal: Refusal

    def as_json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "rule": self.number,
            "id": self.entry.id,
            "code": self.refusal.code,
            "about": self.refusal.about,
            "reason": str(self.refusal),
        }


class Partly(NamedTuple):
    """A rule that is in the document, but not for every kind of element that it means."""

    number: int
    entry: Entry
    kind: str
    """The kind that is left out, as the mapping names it."""
    refusal: Refusal


class IdsExport(NamedTuple):
    """A document of IDS and what is not in it."""

    text: str
    """The document; empty if no rule can be written."""
    written: tuple[int, ...]
    """Places of the rules that are in it, from 1."""
    partly: tuple[Partly, ...]
    refused: tuple[Refused, ...]


def export_ids(
    entries: Iterable[Entry],
    mapping: IfcMapping | None = None,
    title: str = TITLE,
    places: Iterable[int] | None = None,
) -> IdsExport:
    """Write as IDS every rule that IDS can express exactly.

    Args:
        entries: the rules.
        mapping: how they are said in IFC; the one that comes with p4ir if not given.
        title: of the document.
        places: where in its file each rule stands, from 1; one after the other if not given.

    Raises:
        ExtraError: ifctester is not installed.
    """
    ids = _ifctester()
    mapping = mapping or default_mapping()
    document = ids.Ids(title=title)
    written: list[int] = []
    partly: list[Partly] = []
    refused: list[Refused] = []
    for number, entry in zip(places or count(1), entries, strict=False):
        try:
            if entry.status == "rejected":
                raise RefusedError("rejected")
            specifications, left_out = _specifications(number, entry, mapping)
        except RefusedError as error:
            refused.append(Refused(number, entry, error.refusal))
            continue
        document.specifications.extend(specifications)
        written.append(number)
        partly.extend(left_out)
    if not written:
        return IdsExport("", (), (), tuple(refused))
    document.info["description"] = (
        f"Written by p4ir {__version__}: {len(written)} of {len(written) + len(refused)} rules; "
        "IDS cannot express the others. Drafts for expert review."
    )
    text = '<?xml version="1.0" encoding="UTF-8"?>\n' + document.to_string() + "\n"
    ids.get_schema().validate(text)
    return IdsExport(text, tuple(written), tuple(partly), tuple(refused))


def _specifications(
    number: int, entry: Entry, mapping: IfcMapping
) -> tuple[list[Specification], list[Partly]]:
    claims = read_claims(entry.rule)
    found: list[Specification] = []
    left_out: list[Partly] = []
    for case in claims.cases:
        for position, (classes, said) in enumerate(_kinds(claims, case, mapping)):
            try:
                found += _of_classes(number, entry, classes, said, Facets(mapping, classes.kind))
            except RefusedError as error:
                if position == 0:
                    raise
                left_out.append(Partly(number, entry, classes.kind, error.refusal))
    return found, left_out


class _Said(NamedTuple):
    """What is said of the elements of some classes."""

    condition: tuple[Claim, ...]
    duties: tuple[Claim, ...]


def _kinds(
    claims: Claims, case: tuple[Claim, ...], mapping: IfcMapping
) -> Iterable[tuple[Classes, _Said]]:
    """Yield the classes that a case is about, those that rules name outright first."""
    words: tuple[str, ...] = (claims.subject,)
    if claims.subject == ANYTHING:
        named = [claim for claim in case if isinstance(claim, Words) and claim.property == "type"]
        if len(named) != 1:
            raise RefusedError("no-thing")
        words = named[0].words
        case = tuple(claim for claim in case if claim is not named[0])
    if not claims.duties:
        raise RefusedError("no-duty")
    lists = [classes_of(word, mapping) for word in words]
    for position in range(max(map(len, lists))):
        for classes in lists:
            if position < len(classes):
                yield classes[position], _Said(case, claims.duties)


def _of_classes(
    number: int, entry: Entry, classes: Classes, said: _Said, facets: Facets
) -> list[Specification]:
    chosen = [facets.applicability(claim) for claim in said.condition]
    found = []
    if said.condition:
        # Without it, an element of which the model does not say whether the rule applies
        # would be passed over in silence.
        known = _specification(entry, number, classes, "what its condition reads")
        known.requirements = [facets.known(claim) for claim in said.condition]
        found.append(known)
    asked = _specification(entry, number, classes, "")
    asked.applicability += chosen
    asked.requirements = [facets.requirement(claim) for claim in said.duties]
    return [asked, *found]


def _specification(entry: Entry, number: int, classes: Classes, part: str) -> Specification:
    from ifctester import ids

    name = entry.id or f"{entry.document} {entry.number}".strip() or f"rule {number}"
    made = ids.Specification(
        name=_clean(f"{name}: {part}" if part else name),
        ifcVersion=schemas_with(classes),
        identifier=_clean(entry.id) or None,
        description=_clean(entry.clause) or None,
        instructions=_clean(_provenance(entry)),
    )
    made.applicability = [entity(classes)]
    return made


def _provenance(entry: Entry) -> str:
    about = {
        "document": f"{entry.document} {entry.number}".strip(),
        "written by": " with ".join(filter(None, (entry.model, entry.adapter))),
        "review": entry.status,
        "in plain English": entry.paraphrase,
        "rule": format_rule(entry.rule),
    }
    return "; ".join(f"{name}: {value}" for name, value in about.items() if value)


def _clean(text: str) -> str:
    """Put a space for what XML cannot hold, and for line breaks."""
    return NOT_TEXT.sub(" ", text)


def _ifctester() -> ModuleType:
    try:
        from ifctester import ids
    except ImportError:
        raise ExtraError("writing IDS needs ifctester: pip install 'p4ir[ifc]'") from None
    return ids  # type: ignore[no-any-return]
