"""From files to spans: one module a format, a package of attribute dialects, and ``ingest`` over all of them."""

from spanglass.formats.dialects import Hoisted, Hoists, normalise
from spanglass.formats.ingest import ingest
from spanglass.formats.notes import IngestError
from spanglass.formats.report import FileReport, IngestReport

__all__ = ["FileReport", "Hoisted", "Hoists", "IngestError", "IngestReport", "ingest", "normalise"]
