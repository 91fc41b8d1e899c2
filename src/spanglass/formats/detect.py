"""Which format a document is in, and what something looks like that is in none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from spanglass.entities import Batch, Json
from spanglass.formats import (
    context_spans,
    inspect_ai,
    jaeger,
    langfuse,
    langsmith,
    mlflow,
    openai_agents,
    otlp,
    own,
)
from spanglass.formats.notes import IngestError, Notes, shown


@dataclass(frozen=True, slots=True)
class Format:
    """A way of writing traces as JSON documents."""

    name: str
    looks_like: Callable[[Json], bool]
    read: Callable[[Iterable[Json], Notes], Iterator[Batch]]


FORMATS: tuple[Format, ...] = (
    Format("spanglass", own.looks_like, own.read_documents),
    Format("otlp", otlp.looks_like, otlp.read),
    Format("mlflow", mlflow.looks_like, mlflow.read),
    Format("inspect", inspect_ai.looks_like, inspect_ai.read),
    Format("openai agents", openai_agents.looks_like, openai_agents.read),
    Format("langsmith", langsmith.looks_like, langsmith.read),
    Format("context spans", context_spans.looks_like, context_spans.read),
    Format("jaeger", jaeger.looks_like, jaeger.read),
    Format("langfuse", langfuse.looks_like, langfuse.read),
)
"""In the order in which they are tried: the more telling signs first."""

_MAGIC = (  # what files that hold no traces begin with
    (b"PAR1", "a Parquet file; read it with pandas and give the DataFrame"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"%PDF", "a PDF document"),
    (b"\x28\xb5\x2f\xfd", "a file compressed with zstd; unpack it first"),
    (b"BZh", "a file compressed with bzip2; unpack it first"),
    (b"\xfd7zXZ", "a file compressed with xz; unpack it first"),
)


def format_named(name: str) -> Format:
    """The format with this name. Raises IngestError if there is none."""
    for format in FORMATS:
        if format.name == name:
            return format
    known = ", ".join(repr(format.name) for format in FORMATS)
    raise IngestError(f"there is no format {name!r}; there are {known}")


def detect(document: Json) -> Format | None:
    """The format of a decoded JSON document, None if it is in no known one.

    >>> detect({"resourceSpans": []}).name
    'otlp'
    """
    return next((format for format in FORMATS if format.looks_like(document)), None)


def describe(document: Json) -> str:
    """What a JSON document of no known format looks like, for an error.

    >>> describe({"cells": [], "nbformat": 4})
    'a Jupyter notebook'
    """
    if isinstance(document, Mapping):
        if "nbformat" in document and "cells" in document:
            return "a Jupyter notebook"
        if "resourceMetrics" in document:
            return "an OTLP export of metrics, not of traces"
        keys = ", ".join(shown(key) for key in list(document)[:6])
        more = ", …" if len(document) > 6 else ""
        return f"a JSON object with the keys {keys}{more}" if document else "an empty JSON object"
    if isinstance(document, list):
        return "a JSON array of " + (shown(document[0]) if document else "nothing")
    return f"the JSON value {shown(document)}"


def describe_bytes(data: bytes) -> str:
    """What the beginning of a file that is not JSON looks like, for an error."""
    for magic, meaning in _MAGIC:
        if data.startswith(magic):
            return meaning
    start = data.lstrip()[:2000]
    if not start:
        return "an empty file"
    if start[:1] == b"<":
        return "an HTML or XML file"
    try:
        text = start.decode()
    except UnicodeDecodeError as error:
        if error.start < len(start) - 4 or error.reason != "unexpected end of data":
            return "a binary file"
        text = start[: error.start].decode()
    if start[:1] in b"{[":
        return f"JSON that is damaged or cut off: {shown(text[:80])}"
    first = text.splitlines()[0]
    if first.count(",") >= 2:
        return "a CSV file; read it with pandas and give the DataFrame"
    return f"a text that begins with {shown(first)}"
