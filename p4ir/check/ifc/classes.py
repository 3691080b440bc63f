"""The classes of IFC, of all schemas that are read."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

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


def declared(schema: str, name: str) -> Any:
    """Return the declaration of a class in a schema of `SCHEMAS`; `None` if it has none."""
    from ifcopenshell import ifcopenshell_wrapper as wrapper

    try:
        return wrapper.schema_by_name(SCHEMAS[schema]).declaration_by_name(name)
    except RuntimeError:
        return None


@lru_cache(maxsize=1024)
def is_below(name: str, general: str) -> bool:
    """Say whether a class is a more general one, or a subclass of it, in any schema."""
    for schema in SCHEMAS:
        above = declared(schema, name)
        while above is not None:
            if above.name() == general:
                return True
            above = above.as_entity().supertype()
    return False
