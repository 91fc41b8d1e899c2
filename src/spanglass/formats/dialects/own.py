"""What ``spanglass.trace`` and ``spanglass.start_span`` record."""

from __future__ import annotations

from spanglass.entities import Span
from spanglass.formats.dialects.reading import Dialect, Reading
from spanglass.formats.values import encoded_once

SPAN_TYPE = "spanglass.span_type"
INPUTS = "spanglass.inputs"  # as JSON text
OUTPUTS = "spanglass.outputs"  # as JSON text


def read(span: Span) -> Reading | None:
    """Type, inputs and outputs."""
    attributes = span.attributes
    return Reading(
        span_type=attributes.get(SPAN_TYPE),
        inputs=encoded_once(attributes.get(INPUTS)),
        outputs=encoded_once(attributes.get(OUTPUTS)),
    )


DIALECT = Dialect("spanglass", frozenset({"spanglass"}), read)
