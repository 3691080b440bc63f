"""What the standard properties and quantities measure.

After the templates of buildingSMART that ifcopenshell ships, one set for each schema.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from p4ir.check.ifc.mapping import Source

SCHEMAS = {"IFC4": "IFC4", "IFC4X3": "IFC4X3_ADD2", "IFC2X3": "IFC2X3"}
"""A schema as ifcopenshell names it, and as IDS does."""


@lru_cache(maxsize=4096)
def type_of(source: Source) -> str | None:
    """Return the type of a standard property or quantity; `None` if it is no standard one."""
    for schema in SCHEMAS:
        template = _templates(schema).get_by_name(source.set)
        for prop in template.HasPropertyTemplates if template else ():
            if prop.Name == source.name:
                return str(_value_type(prop))
    return None


def _value_type(prop: Any) -> str | None:
    if prop.TemplateType is not None and prop.TemplateType.startswith("Q_"):
        return str(prop.TemplateType)
    return prop.PrimaryMeasureType  # type: ignore[no-any-return]


@lru_cache(maxsize=len(SCHEMAS))
def _templates(schema: str) -> Any:
    from ifcopenshell.util.pset import PsetQto

    return PsetQto(schema)
