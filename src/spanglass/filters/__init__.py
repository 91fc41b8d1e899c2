"""Text → meaning: the filter language. Knows no SQL.

``resolve`` reads a filter and gives an ``algebra.Query`` that every engine answers; ``resolve_column`` does so for
a column, ``check`` says what is wrong or surprising about a text. The editing functions change a text so that it
says more, and leave the rest of it as it was written.
"""

from spanglass.filters.advice import Vocabulary
from spanglass.filters.completion import Completion, complete
from spanglass.filters.context import Context, context_at
from spanglass.filters.diagnostics import Diagnostic, FilterError, FilterWarning, Fix
from spanglass.filters.edit import conjoin, conjoin_span, field_text, quote_name, quote_value, set_order
from spanglass.filters.gloss import gloss
from spanglass.filters.names import Item
from spanglass.filters.parser import parse
from spanglass.filters.printer import unparse
from spanglass.filters.resolve import check, check_column, depends_on_zone, resolve, resolve_column

__all__ = [
    "Completion",
    "Context",
    "Diagnostic",
    "FilterError",
    "FilterWarning",
    "Fix",
    "Item",
    "Vocabulary",
    "check",
    "check_column",
    "complete",
    "conjoin",
    "conjoin_span",
    "context_at",
    "depends_on_zone",
    "field_text",
    "gloss",
    "parse",
    "quote_name",
    "quote_value",
    "resolve",
    "resolve_column",
    "set_order",
    "unparse",
]
