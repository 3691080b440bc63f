"""Source documents: TXT, CSV, XLSX, DOCX and PDF, read and cut into clauses."""

from p4ir.documents.document import Clause, Document, Kind
from p4ir.documents.reading import ENDINGS, MAX_BYTES, read_document, segment_text

__all__ = ["ENDINGS", "MAX_BYTES", "Clause", "Document", "Kind", "read_document", "segment_text"]
