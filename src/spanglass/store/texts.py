"""The text of spans and traces: what a search for words looks at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from spanglass.entities.content import repeats_content


def leaf_texts(value: Any) -> Iterator[str]:
    """The keys and text leaves of a JSON value, in reading order."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            stack.extend(reversed(item))
        elif isinstance(item, dict):
            for key, inner in reversed(item.items()):
                stack.append(inner)
                stack.append(key)


def json_text(name: str | None, *values: str | None) -> str:
    """A name and the keys and text leaves of JSON texts, one a line: the text of a trace without spans."""
    lines = [name or ""]
    for value in values:
        if value is not None:
            lines.extend(leaf_texts(orjson.loads(value)))
    return "\n".join(lines)


def span_text(
    name: str | None,
    message: str | None,
    inputs: str | None,
    outputs: str | None,
    attributes: str | None,
    events: str | None,
) -> str:
    """All of a span's text, one piece a line, without the attributes that only repeat inputs and outputs.

    The word index is made of this text. Where more becomes part of it, the index of older files has to be begun
    anew (``words.begin_anew``), by a migration.
    """
    lines = [name or "", *([message] if message else [])]
    for value in (inputs, outputs):
        if value is not None:
            lines.extend(leaf_texts(orjson.loads(value)))
    if attributes is not None:
        for key, value in orjson.loads(attributes).items():
            if not repeats_content(key):
                lines.append(key)
                lines.extend(leaf_texts(value))
    if events is not None:
        for event in orjson.loads(events):
            lines.append(event["name"])
            lines.extend(leaf_texts(event["attributes"]))
    return "\n".join(lines)
