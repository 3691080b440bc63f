"""The classes of IFC, of all schemas that are read."""

from __future__ import annotations

from functools import lru_cache

from p4ir.check.ifc.templates import SCHEMAS


@lru_cache(maxsize=1)
def class_names() -> frozenset[str]:
    """Return the names of all classes; of none where ifcopenshell is not installed."""
    try:
        from ifcopenshell import ifcopenshell_wrapper as wrapper
    except ImportError:
        return frozenset()
    schemas = map(wrapper.schema_by_name, SCHEMAS.values())
    return frozenset(one.name() for schema in schemas for one in schema.entities())
