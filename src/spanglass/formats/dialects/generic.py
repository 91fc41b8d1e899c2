"""What any instrumentation may say: OpenTelemetry's own names for session and user."""

from __future__ import annotations

from spanglass.entities import Span
from spanglass.formats.dialects.reading import Dialect, Reading, first_text


def read(span: Span) -> Reading | None:
    """Session and user."""
    attributes = span.attributes
    session = first_text(attributes, "session.id")
    user = first_text(attributes, "user.id", "enduser.id")
    if session is None and user is None:
        return None
    return Reading(session_id=session, user_id=user)


DIALECT = Dialect("generic", frozenset({"session", "user", "enduser"}), read)
