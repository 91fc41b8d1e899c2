"""What a source said of a trace itself, merged key by key over all that it ever said."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from spanglass.entities import Json, TraceFacts, Unset
from spanglass.store.json_text import clean, encode
from spanglass.store.rows import integer

NAMES = tuple(entry.name for entry in fields(TraceFacts) if entry.name not in ("trace_id", "tags", "metadata"))
_JSON = ("request", "response")
_INTEGERS = ("start_time_ns", "end_time_ns", "input_tokens", "output_tokens")
_NEVER_NONE = ("experiment_id", "name", "status", "start_time_ns", "dialect")


@dataclass(slots=True)
class Facts:
    """``said`` holds the facts by name, request and response as JSON texts; ``tags`` and ``metadata`` the maps."""

    said: dict[str, Json] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)

    def merge(self, given: TraceFacts, experiments: Mapping[str, str]) -> None:
        """Take in what a batch says; ``experiments`` translates its experiment ids."""
        for name in NAMES:
            value: Any = getattr(given, name)
            if isinstance(value, Unset) or (value is None and name in _NEVER_NONE):
                continue
            self.said[name] = experiments[value] if name == "experiment_id" else _stored(name, value)
        _merge_texts(self.tags, given.tags)
        _merge_texts(self.metadata, given.metadata)


def _stored(name: str, value: Any) -> Json:
    if value is None:
        return None
    if name in _JSON:
        return encode(value)
    if name in _INTEGERS:
        return integer(value)
    if name == "cost":
        return float(value) if math.isfinite(value) else None
    return clean(str(value))


def _merge_texts(into: dict[str, str], given: Mapping[str, Any]) -> None:
    for key, value in given.items():
        if value is None:
            into.pop(clean(key), None)
        else:
            into[clean(key)] = clean(value) if isinstance(value, str) else encode(value)
