"""Rules as IDS, the standard for what a model must say (docs/ifc.md). Needs the extra `ifc`."""

from p4ir.check.ids.document import IdsExport, Partly, Refused, export_ids
from p4ir.check.ids.refusals import CODES, Refusal

__all__ = ["CODES", "IdsExport", "Partly", "Refusal", "Refused", "export_ids"]
