"""IFC models: read as facts (docs/ifc.md). Needs the extra `ifc`."""

from p4ir.check.ifc.mapping import IfcMapping, default_mapping, read_mapping
from p4ir.check.ifc.model import is_ifc
from p4ir.check.ifc.reading import read_ifc

__all__ = ["IfcMapping", "default_mapping", "is_ifc", "read_ifc", "read_mapping"]
