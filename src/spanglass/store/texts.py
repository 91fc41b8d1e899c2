"""The text of spans and traces: what a search for words looks at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

from spanglass.entities.content import repeats_content


def leaf_texts(value: Any) -> list[str]:
    """The keys and text leaves of a JSON value, in reading order."""
    found: list[str] = []
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, dict):
            for key, inner in reversed(item.items()):
                stack.append(inner)
                stack.append(key)
        elif isinstance(item, list):
            stack.extend(reversed(item))
    return found


_ESCAPE = re.compile(rb"\\(?:u....|.)")


def json_strings(text: bytes) -> list[bytes]:
    """The keys and text leaves of a JSON text of ours as they stand in it, with a space for each character that is
    escaped: a quote, a backslash or a control character, none of which is part of a word.

    Of more than one JSON text, those of all of them. Reading the JSON takes five times as long.

    >>> json_strings(rb'{"said": "one\\ntwo", "n": 3}')
    [b'said', b'one two', b'n']
    """
    return (_ESCAPE.sub(b" ", text) if b"\\" in text else text).split(b'"')[1::2]


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
    inputs: str | bytes | None,
    outputs: str | bytes | None,
    attributes: str | bytes | None,
    events: str | bytes | None,
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
        lines.extend(_event_texts(events))
    return "\n".join(lines)


def _event_texts(events: str | bytes) -> Iterator[str]:
    for event in orjson.loads(events):
        yield event["name"]
        yield from leaf_texts(event["attributes"])


def span_strings(
    name: bytes | None,
    message: bytes | None,
    inputs: bytes | None,
    outputs: bytes | None,
    attributes: bytes | None,
    events: bytes | None,
) -> list[bytes]:
    """The words of ``span_text``, in pieces and quicker: what ``json_strings`` says of its JSON."""
    texts = [value for value in (inputs, outputs) if value is not None]
    if attributes is not None:
        known = orjson.loads(attributes)
        kept = {key: value for key, value in known.items() if not repeats_content(key)}
        texts.append(attributes if len(kept) == len(known) else orjson.dumps(kept))
    strings = json_strings(b" ".join(texts))
    strings += [text for text in (name, message) if text]
    if events is not None:
        strings += [text.encode() for text in _event_texts(events)]
    return strings
