"""What a dialect reads from a span's attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from spanglass.entities import Json, Span
from spanglass.formats.values import decoded, text_of


@dataclass(slots=True)
class Reading:
    """What one dialect says of one span; None, or empty, where it says nothing.

    The fields up to ``cost`` describe the span, the others its trace.
    """

    span_type: str | None = None
    name: str | None = None
    status: str | None = None
    status_message: str | None = None
    inputs: Json = None
    outputs: Json = None
    model: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    trace_name: str | None = None
    request: Json = None
    response: Json = None
    session_id: str | None = None
    user_id: str | None = None
    tags: dict[str, str | None] = field(default_factory=dict)
    metadata: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way of writing attributes.

    ``families`` are the first words (up to the first dot) of the keys that it knows; it is asked only about spans
    that have such a key. ``version`` goes up when it reads differently, so that what it read can be read again.
    """

    name: str
    families: frozenset[str]
    read: Callable[[Span], Reading | None]
    version: int = 1

    @property
    def stamp(self) -> str:
        """What a span that was read by this dialect says of it."""
        return f"{self.name}/{self.version}"


def text(value: Json) -> str | None:
    """``value`` if it is a text that says something, or the text of a number; None otherwise."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return None


def first_text(attributes: Mapping[str, Json], *keys: str) -> str | None:
    """The first of these attributes that is a text which says something."""
    for key in keys:
        value = attributes.get(key)
        if value is not None:
            found = text(value)
            if found is not None:
                return found
    return None


def texts(value: Json) -> dict[str, str | None]:
    """An object (or the JSON of one) as metadata: every value as text, without those that are null."""
    value = decoded(value)
    if not isinstance(value, Mapping):
        return {}
    return {key: text_of(item) for key, item in value.items() if item is not None}


def tags_of(value: Json) -> dict[str, str | None]:
    """Tags from a list of words (each is then a tag "true"), from an object, or from the JSON of either.

    >>> tags_of(["prod", "eu"])
    {'prod': 'true', 'eu': 'true'}
    """
    value = decoded(value)
    if isinstance(value, Mapping):
        return texts(value)
    if isinstance(value, str) and value:
        value = [value]
    if not isinstance(value, list):
        return {}
    return {text_of(item): "true" for item in value if item not in (None, "")}


def starting_with(attributes: Mapping[str, Json], prefix: str) -> dict[str, str | None]:
    """The attributes whose keys begin with ``prefix``, without it, as metadata."""
    return {
        key[len(prefix) :]: text_of(decoded(value))
        for key, value in attributes.items()
        if key.startswith(prefix) and value is not None and len(key) > len(prefix)
    }
