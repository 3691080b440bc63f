"""Where rules and facts come from: the files, and the databases, that a check reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from p4ir.check.facts import Building
from p4ir.check.facts_json import FORMAT, read_building
from p4ir.counting import counted
from p4ir.errors import CorpusError, FactsError, P4irError, ReviewError
from p4ir.rules.entry import MAX_BYTES, Entry
from p4ir.rules.files import BadRule, read_rules, tell_notation

if TYPE_CHECKING:
    from p4ir.review import ReviewStore

IFC_ENDINGS = frozenset({".ifc", ".ifczip", ".ifcxml"})


class Rules(NamedTuple):
    """Rules to check against, and what of their source is no rule."""

    entries: list[Entry]
    bad: list[BadRule]
    left_out: tuple[str, ...] = ()
    """What of the source is not checked against, and why, in a few words each."""


def read_rule_source(where: str, notation: str | None = None, *, advice: str = "name it") -> Rules:
    """Read a file of rules in any notation, or the approved rules of a review database.

    Args:
        where: path of a file or of an SQLite database, or a database's URL.
        notation: how the file is written; told from it if not given.
        advice: what to do where it cannot be told.

    Raises:
        CorpusError: the file cannot be read, is a building, or there is no rule in it.
        ReviewError: no rule of the database is approved.
        StoreError: the database cannot be read.
    """
    from p4ir.review import ReviewStore, is_store

    if is_store(where):
        with ReviewStore(where, read_only=True) as store:
            rules = approved_rules(store)
            if not rules.entries:
                raise ReviewError(f"{store.name}: none of its {store.count()} rules is approved")
        return rules
    path = Path(where)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)  # one more, to be refused for its size
    except OSError as error:
        raise CorpusError(f"{where}: cannot be read: {error.strerror}") from None
    return rules_of_file(data, where, notation, advice=advice)


def approved_rules(store: ReviewStore) -> Rules:
    """Return the approved rules of an open review database."""
    from p4ir.review import to_entry

    entries = [to_entry(reviewed) for reviewed in store.approved()]
    waiting = store.count() - len(entries)
    said = f"{counted(waiting, 'rule')} of the review, not approved"
    return Rules(entries, [], (said,) if waiting else ())


def rules_of_file(
    data: bytes, name: str, notation: str | None = None, *, advice: str = "name it"
) -> Rules:
    """Return the rules of a file in any notation; one without an id goes by its place in it.

    Args:
        data: the file's content.
        name: what the file is called, for messages; its ending may tell the notation.
        notation: how the file is written; told from it if not given.
        advice: what to do where it cannot be told.

    Raises:
        CorpusError: it cannot be read, is a building, or no rule to check against is in it.
    """
    ending = Path(name).suffix.lower()
    if ending in IFC_ENDINGS or f'"{FORMAT}"'.encode() in data:
        sign = ending if ending in IFC_ENDINGS else f'"format": "{FORMAT}"'
        raise CorpusError(f"{name}: is a building ({sign}), where rules are expected")
    notation = notation or tell_notation(name, data, advice)
    try:
        read = read_rules(data, notation)
    except P4irError as error:
        raise CorpusError(f"{name}: {error}") from None
    if not read.entries and not read.bad:
        raise CorpusError(f"{name}: no rule in it")
    entries = [
        entry if entry.id else replace(entry, id=str(place))
        for place, entry in zip(read.places, read.entries, strict=True)
        if entry.status != "rejected"
    ]
    left_out = [f"line {line}: {reason}" for line, reason in read.bad]
    if len(entries) < len(read.entries):
        rejected = counted(len(read.entries) - len(entries), "rule")
        left_out.insert(0, f"{rejected}, rejected by a reviewer")
        if not entries and not read.bad:
            raise CorpusError(f"{name}: {rejected}, all rejected by a reviewer")
    return Rules(entries, read.bad, tuple(left_out))


def read_facts(where: str, mapping: str | None = None) -> Building:
    """Read the facts of a building: an IFC model by the ending of its name, or else JSON.

    Args:
        where: path of the file.
        mapping: path of a mapping from IFC to facts, on top of the one that comes with p4ir.

    Raises:
        FactsError: it cannot be read, or a mapping is given for JSON.
        ExtraError: it is an IFC model and ifcopenshell is not installed.
    """
    if Path(where).suffix.lower() in IFC_ENDINGS:
        from p4ir.check.ifc import read_ifc, read_mapping

        return read_ifc(where, read_mapping(mapping) if mapping else None)
    if mapping is not None:
        raise FactsError(f"--mapping is for IFC models, and {where} is none")
    return read_building(where)
