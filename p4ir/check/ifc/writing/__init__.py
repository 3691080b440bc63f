"""The facts of a building written as an IFC model.

What the mapping has a place for stands there: classes, property sets, quantities,
materials, the spatial structure. For what IFC has none, there is the property set `P4ir`
and there are assignments with the name of a relation, which reading knows too
(docs/ifc.md). There is no geometry. What is read back is what was written, and the same
facts give the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from p4ir.check.facts import Building
from p4ir.check.ifc.mapping import IfcMapping, default_mapping
from p4ir.check.ifc.writing.writer import Writer

if TYPE_CHECKING:
    from ifcopenshell import file


def write_ifc(building: Building, schema: str = "IFC4", mapping: IfcMapping | None = None) -> file:
    """Return the facts of a building as a model of one of `SCHEMAS`.

    Raises:
        ExtraError: ifcopenshell is not installed.
    """
    return Writer(building, schema, mapping or default_mapping()).write()
